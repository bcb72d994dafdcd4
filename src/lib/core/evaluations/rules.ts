import { anytimeInterval, logEvidence } from './evidence.ts';
import { planInterval } from './plan-interval.ts';
import { barOf } from './plan.ts';
import { netPreference } from './scores.ts';
import { signFlip } from './sign-flip.ts';
import { decisiveOf, judgedOf, type Tally } from './tally.ts';

export const verdictKinds = ['blocked', 'dont-ship', 'ship-it', 'too-close', 'promising', 'need-more-data'] as const;
export type VerdictKind = (typeof verdictKinds)[number];

/** What it takes at least: decisive prompts to ship, to reject, to be promising; prompts to be too close to call. */
export const minimum = { toShip: 12, toReject: 8, toLead: 6, tooClose: 40, lead: 0.1 } as const;

/** Everything planned is judged, or skipped by all who could, and nobody had seen results before. */
export const isComplete = (t: Tally) => !t.continued && judgedOf(t) + t.skipped === t.plan.prompts;

/** The evidence is high enough to be believed at any time. */
export const isProven = (t: Tally) => logEvidence(t.scores) >= Math.log(barOf(t.plan.attempt).evidence);

/** How often equal models would look this different: by the exact test at the planned end, and by the evidence at any other time. */
export const chanceOf = (t: Tally): number =>
	isComplete(t) ? signFlip(t.scores) : Math.min(1, Math.exp(-logEvidence(t.scores)));

/** The 95 % interval of the net preference that is in force. */
export const intervalOf = (t: Tally): [low: number, high: number] =>
	isComplete(t) ? planInterval(t.scores) : anytimeInterval(t.scores, barOf(t.plan.attempt).evidence);

/** Whether so much is bad on both sides that neither can be shipped, or that nothing can be said. */
export const bothBadTooOften = (t: Tally) => t.bothBad * 5 > judgedOf(t);
const bothBadBlocks = (t: Tally) => judgedOf(t) > 0 && t.bothBad * 5 >= judgedOf(t) * 2;

/** Answers were cut off, or are empty, on one side in 10 points more of the prompts than on the other. */
export const isUneven = (t: Tally) =>
	t.broken.a !== t.broken.b && Math.abs(t.broken.a - t.broken.b) * 10 >= judgedOf(t);

/** What makes it no fair test. */
export const blockedBy = (t: Tally): 'leak' | 'both bad' | 'broken' | null => {
	if (t.leaked > 0) return 'leak';
	if (bothBadBlocks(t)) return 'both bad';
	return isUneven(t) ? 'broken' : null;
};

const isBelow = (level: number, t: Tally) => isComplete(t) && signFlip(t.scores) < level;

/** SHIP IT or DON'T SHIP, where the numbers carry one of them. */
export const decisionOf = (t: Tally): 'ship-it' | 'dont-ship' | null => {
	const lead = netPreference(t.scores) ?? 0;
	const decisive = decisiveOf(t);
	const bar = barOf(t.plan.attempt);
	if (lead < 0) return decisive >= minimum.toReject && (isBelow(bar.reject, t) || isProven(t)) ? 'dont-ship' : null;
	const mayShip = lead > 0 && decisive >= minimum.toShip && !bothBadTooOften(t);
	return mayShip && (isBelow(bar.p, t) || isProven(t)) ? 'ship-it' : null;
};

const isTooClose = (t: Tally): boolean => {
	if (judgedOf(t) < minimum.tooClose || !(isComplete(t) || t.continued)) return false;
	const [low, high] = intervalOf(t);
	return low > -t.plan.delta / 100 && high < t.plan.delta / 100;
};

/** The rule alone: the first row of the table in README.md that holds. */
export const verdictKind = (t: Tally): VerdictKind => {
	if (blockedBy(t)) return 'blocked';
	const decision = decisionOf(t);
	if (decision) return decision;
	if (isTooClose(t)) return 'too-close';
	const isLeading = (netPreference(t.scores) ?? 0) >= minimum.lead && decisiveOf(t) >= minimum.toLead;
	return isLeading ? 'promising' : 'need-more-data';
};
