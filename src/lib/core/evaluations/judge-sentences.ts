import type { JudgeSummary } from './judging.ts';
import { fewestShared } from './judging.ts';
import { many, points, range } from './words.ts';

type Sides = { a: string; b: string };

const percent = (part: number, of: number) => `${Math.round((100 * part) / of)} %`;
const decimal = (x: number) =>
	x
		.toFixed(2)
		.replace(/^(-?)0\./, '$1.')
		.replace('-', '−');

/** What it says itself: `Prefers v3: better in 24, worse in 9, no difference in 7 of 40 pairs.` */
export const ownSentence = ({ judged, wins, losses, ties, netPreference }: JudgeSummary, { a, b }: Sides): string => {
	if (netPreference === null) return 'None of its replies could be read, so it says nothing.';
	const head = wins === losses ? 'Prefers neither' : `Prefers ${wins > losses ? a : b}`;
	return `${head}: ${a} better in ${wins}, ${b} in ${losses}, no difference in ${ties} of ${many(judged, 'pair')}, ${points(netPreference)} points.`;
};

/** How many pairs it has not judged; null where it has judged all. */
export const notJudgedSentence = ({ notJudged }: JudgeSummary): string | null =>
	notJudged === 0
		? null
		: `${many(notJudged, 'pair')} ${notJudged === 1 ? 'is' : 'are'} not judged: what it replied could not be read.`;

/** Whether it goes with people. */
export const agreementSentence = ({ agreement }: JudgeSummary): string => {
	const { overlap, same, ac, label, clear, sameClear } = agreement;
	if (ac === null || label === null)
		return `Not shown yet: people and the model have both judged ${many(overlap, 'pair')}, and it takes ${fewestShared}.`;
	const winners =
		clear === 0 ? '' : ` Where both see a winner (${many(clear, 'pair')}) it is the same one in ${sameClear}.`;
	return `Says the same as people in ${same} of ${many(overlap, 'pair')} (${percent(same, overlap)}): ${label}, AC1 ${decimal(ac)}.${winners}`;
};

/** Whether it looks at the answers, or at where they stand. */
export const orderSentence = ({ judged, steady, alwaysFirst, alwaysSecond }: JudgeSummary): string => {
	if (judged === 0) return 'Nothing to compare.';
	if (steady === judged) return `Said the same in both orders, in all ${many(judged, 'pair')}.`;
	const places = [
		alwaysFirst > 0 && `whichever stood first in ${alwaysFirst}`,
		alwaysSecond > 0 && `whichever stood second in ${alwaysSecond}`
	].filter((part) => part !== false);
	const named = places.length > 0 ? `, named ${places.join(' and ')}` : '';
	return `Said the same in both orders in ${steady} of ${many(judged, 'pair')}${named}. Where the orders differ it counts as no difference.`;
};

/** Whether it likes what is longer, beside people. */
export const lengthSentence = ({ length: { model, people } }: JudgeSummary): string => {
	if (model.of === 0) return 'Not tested: it has no clear choice in the pairs that people judged.';
	const beside = people.of === 0 ? '' : `; people did in ${people.longer} of ${people.of}`;
	return `Chose the longer answer in ${model.longer} of ${many(model.of, 'clear choice')}${beside}.`;
};

/** What people and the model give together. */
export const calibratedSentence = ({ calibrated, judged, agreement }: JudgeSummary): string => {
	if (calibrated === null)
		return judged > agreement.overlap
			? `Not shown yet: it takes ${fewestShared} pairs that people have judged too, to know where the model differs from them.`
			: 'Nothing to add: people have judged the same pairs.';
	const { estimate, interval, weight, alone, labelled, others } = calibrated;
	if (others === 0) return `Nothing to add: people have judged all ${many(labelled, 'pair')} of the model.`;
	if (weight < 0.05)
		return `Nothing to add: it does not go with people, so its ${many(others, 'further pair')} are given no weight.`;
	return `${points(estimate)} points (${range(interval)}): ${many(labelled, 'pair')} that people judged, and ${others} more by the model, corrected by where it differs from people. People alone: ${points(alone.estimate)} (${range(alone.interval)}).`;
};
