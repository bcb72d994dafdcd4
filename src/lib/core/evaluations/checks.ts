// Long because it is every check under a verdict, one after the other, in the order in which they are read.
import { signTest } from '../math/binomial.ts';
import { agreement } from './agreement.ts';
import type { Flaw } from './answers.ts';
import { isSettled, level } from './power.ts';
import { type Outcome, type Tally, decisiveOf, judgedOf } from './tally.ts';

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

/** Whether the side of the screen decided: binomial p < .05 from 20 decisive votes on. */
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

/** Whether the planned end is reached, or the votes are clear enough to decide before it. */
export const progressCheck = (t: Tally): Check => {
	const judged = judgedOf(t);
	const share = `${judged} of ${t.planned} planned comparisons are judged`;
	if (judged === t.planned) return { name: 'progress', state: 'ok', sentence: `${share}.` };
	return isSettled(t)
		? { name: 'progress', state: 'ok', sentence: `${share}; the votes are clear enough to decide early.` }
		: {
				name: 'progress',
				state: 'warn',
				sentence: `${share}; before the end only very clear votes give a verdict.`
			};
};

/** How few changed votes would remove a verdict; `null`, and no check, for a verdict that none can. */
export const fragilityCheck = (fragility: number | null, title: string): Check[] => {
	if (fragility === null) return [];
	const votes = fragility === 1 ? '1 changed vote' : `${fragility} changed votes`;
	return [{ name: 'fragility', state: fragility === 1 ? 'warn' : 'ok', sentence: `${votes} would remove ${title}.` }];
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

/** What one person said of one pair. */
export type Said = { pairingId: string; personId: string; outcome: Outcome };

const codes: Record<Outcome, number> = { a: 0, b: 1, tie: 2, both_bad: 3 };

/** Whether the voters agree, where two or more of them judged the same pairs. */
export const agreementCheck = (votes: readonly Said[]): Check => {
	const meant = votes.map(({ pairingId, personId, outcome }) => ({
		item: pairingId,
		rater: personId,
		value: codes[outcome]
	}));
	const found = agreement(meant, { level: 'nominal' });
	return { name: 'agreement', state: found.label === 'unreliable' ? 'warn' : 'ok', sentence: found.sentence };
};

/** How many judged pairs have an answer that names a model. */
export const namedCheck = (named: number): Check => {
	if (named === 0) return { name: 'names', state: 'ok', sentence: 'No answer named a model.' };
	const answers = named === 1 ? '1 pair has an answer that names' : `${named} pairs have answers that name`;
	return {
		name: 'names',
		state: 'warn',
		sentence: `${answers} a model. The name was hidden from the voters; read these yourself.`
	};
};

const flaws: Record<Flaw, { name: string; words: string }> = {
	cut: { name: 'complete', words: 'that the provider cut off three times' },
	limit: {
		name: 'limit',
		words: 'that reached the longest length and may end in the middle. Compare again with longer answers'
	},
	empty: { name: 'empty', words: 'with nothing in it to read' }
};

/** How many judged pairs have an answer that is not complete in this way; no check when none has. */
export const incompleteCheck = (pairs: number, flaw: Flaw = 'cut'): Check[] => {
	if (pairs === 0) return [];
	const { name, words } = flaws[flaw];
	const answers = pairs === 1 ? '1 pair has an answer' : `${pairs} pairs have answers`;
	return [{ name, state: 'warn', sentence: `${answers} ${words}.` }];
};

/** Whether everything planned was judged when the identities were shown, which ended the vote; no check when it was. */
export const revealCheck = (planned: number, judged: number): Check[] =>
	judged >= planned
		? []
		: [
				{
					name: 'reveal',
					state: 'warn',
					sentence: `Revealed at ${judged} of ${planned}, which ended the vote. Compare again to judge more.`
				}
			];

/** An answer as the checks see it; length in characters, without what the model thought aloud. */
export type AnswerFacts = {
	length: number;
	named: boolean;
	complete: boolean;
	/** Why it is not complete, unless the provider broke off. */
	flaw?: Flaw;
};
/** A judged pair as the checks see it. */
export type PairFacts = { outcome: Outcome; a: AnswerFacts; b: AnswerFacts };

/** What the answers and the voters warn of, besides the checks that belong to the verdict. */
export const answerChecks = (judged: readonly PairFacts[], votes: readonly Said[]): Check[] => [
	lengthCheck(
		judged
			.filter(({ outcome }) => outcome === 'a' || outcome === 'b')
			.map(({ outcome, a, b }) => {
				const [chosen, other] = outcome === 'a' ? [a, b] : [b, a];
				return { chosen: chosen.length, other: other.length };
			})
	),
	agreementCheck(votes),
	namedCheck(judged.filter(({ a, b }) => a.named || b.named).length),
	...(['cut', 'limit', 'empty'] as const).flatMap((flaw) => {
		const has = (answer: AnswerFacts) => !answer.complete && (answer.flaw ?? 'cut') === flaw;
		return incompleteCheck(judged.filter(({ a, b }) => has(a) || has(b)).length, flaw);
	})
];
