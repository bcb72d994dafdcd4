import { signTest } from '../math/binomial.ts';
import { level } from './power.ts';
import { decisiveOf, judgedOf, type Tally } from './tally.ts';

/** One line of the list of checks under a verdict. `block`: there is no verdict; `warn`: read it with care. */
export type Check = { name: string; state: 'ok' | 'warn' | 'block'; sentence: string };

const items = (n: number) => (n === 1 ? '1 item' : `${n} items`);

/** An item that a contender trained on proves nothing. */
export const leakCheck = (t: Tally): Check =>
	t.leaked === 0
		? { name: 'leak', state: 'ok', sentence: 'No item of this evaluation was in the training data.' }
		: {
				name: 'leak',
				state: 'block',
				sentence: `${items(t.leaked)} of this evaluation ${t.leaked === 1 ? 'was' : 'were'} in the training data. Evaluate on items that were not.`
			};

/** Both bad in more than 20 % prevents SHIP IT, in 40 % any verdict. */
export const bothBadCheck = (t: Tally): Check => {
	const judged = judgedOf(t);
	const share = `Both answers were bad in ${t.bothBad} of ${judged}.`;
	if (judged > 0 && t.bothBad * 5 >= judged * 2) return { name: 'both bad', state: 'block', sentence: share };
	if (t.bothBad * 5 > judged)
		return { name: 'both bad', state: 'warn', sentence: `${share} At most 20 % allow SHIP IT.` };
	return { name: 'both bad', state: 'ok', sentence: share };
};

/** Whether the side of the screen decided: binomial p < .05 from 20 decisive votes on (statistics.md §5). */
export const positionCheck = (t: Tally): Check => {
	const votes = t.positionVotes ?? decisiveOf(t);
	const share = `The answer shown first was chosen ${t.positionFirst} of ${votes} times`;
	if (votes < 20) return { name: 'position', state: 'ok', sentence: `${share}; from 20 on this is tested.` };
	const p = signTest(t.positionFirst, votes - t.positionFirst);
	return p < level
		? {
				name: 'position',
				state: 'warn',
				sentence: `${share}: the place on the screen swayed the votes, so SHIP IT is withheld.`
			}
		: { name: 'position', state: 'ok', sentence: `${share}, as expected when the place does not matter.` };
};

/**
 * Whether length decided. One entry per decisive vote, lengths in characters. Warns when the longer answer won at
 * least 65 % of the time and half of the pairs differ by more than 1.3 times.
 */
export const lengthCheck = (decided: readonly { chosen: number; other: number }[]): Check => {
	const uneven = decided.filter((pair) => pair.chosen !== pair.other);
	if (uneven.length === 0)
		return { name: 'length', state: 'ok', sentence: 'No decisive vote between answers of different length yet.' };
	const longerWon = uneven.filter((pair) => pair.chosen > pair.other).length;
	const ratios = decided
		.map(({ chosen, other }) => Math.max(chosen, other, 1) / Math.max(1, Math.min(chosen, other)))
		.sort((one, two) => one - two);
	const middle = ratios.length / 2;
	const median = (ratios[Math.ceil(middle) - 1]! + ratios[Math.floor(middle)]!) / 2;
	const share = `The longer answer won ${longerWon} of ${uneven.length} times; typically it was ${median.toFixed(1)} times as long`;
	return longerWon * 20 >= uneven.length * 13 && median > 1.3
		? { name: 'length', state: 'warn', sentence: `${share}. The votes may have rewarded length, not quality.` }
		: { name: 'length', state: 'ok', sentence: `${share}.` };
};
