import { evidence, signTest, wilson } from '../math/binomial.ts';
import { bothBadCheck, type Check, fragilityCheck, leakCheck, positionCheck, progressCheck } from './checks.ts';
import { isSettled, level, minimum } from './power.ts';
import { decisiveOf, judgedOf, type Tally } from './tally.ts';
import { verdictSentence, verdictTitles, type Names, type VerdictKind } from './verdict-sentence.ts';

export type Verdict = {
	kind: VerdictKind;
	title: string;
	sentence: string;
	/** Wins of the decisive votes and the Wilson 95 % interval, as fractions. `null` without decisive votes. */
	winRate: number | null;
	interval: [low: number, high: number] | null;
	/** Two-sided sign test. */
	p: number;
	/** The e-value; from 20 on it allows a verdict before the planned end. */
	evidence: number;
	decisive: number;
	judged: number;
	/** How many votes, changed in the same way, would remove SHIP IT or DON'T SHIP. `null` for the other verdicts. */
	fragility: number | null;
	checks: Check[];
};

// A little below .05: DON'T SHIP may be said from 8 votes on, and by the interval alone (or at .05) equal models would
// be told so in up to 4.2 % (3.7 %) of evaluations. The budget is 3.5 % in either direction (README.md).
const rejectLevel = 0.045;

/** The rule alone: the first row of the table in README.md that holds. */
export const verdictKind = (t: Tally, isFlagged = positionCheck(t).state !== 'ok'): VerdictKind => {
	const judged = judgedOf(t);
	const d = decisiveOf(t);
	if (leakCheck(t).state === 'block' || bothBadCheck(t).state === 'block') return 'blocked';
	const [low, high] = wilson(t.wins, d) ?? [0, 1];
	const p = signTest(t.wins, t.losses);
	if (d >= minimum.toReject && high < 0.5 && p < rejectLevel && isSettled(t)) return 'dont-ship';
	const isClean = t.bothBad * 5 <= judged && !isFlagged;
	if (d >= minimum.toShip && low > 0.5 && p < level && isClean && isSettled(t)) return 'ship-it';
	if (d >= 100 && low >= 0.4 && high <= 0.6) return 'too-close';
	return d > 5 && t.wins * 5 >= d * 3 ? 'promising' : 'need-more-data';
};

const sides = ['wins', 'losses', 'ties', 'bothBad'] as const;

const fragilityOf = (t: Tally, kind: VerdictKind): number | null => {
	if (kind !== 'ship-it' && kind !== 'dont-ship') return null;
	const falls = (k: number, from: (typeof sides)[number], to: (typeof sides)[number]) =>
		from !== to && t[from] >= k && verdictKind({ ...t, [from]: t[from] - k, [to]: t[to] + k }, false) !== kind;
	for (let k = 1; k <= judgedOf(t); k++) {
		if (sides.some((from) => sides.some((to) => falls(k, from, to)))) return k;
	}
	return null;
};

/** What the votes allow to be said, and no more. Pure and complete: the whole page of results is made from it. */
export const judge = (t: Tally, names: Names = { a: 'the new model', b: 'base' }): Verdict => {
	const kind = verdictKind(t);
	const d = decisiveOf(t);
	const fragility = fragilityOf(t, kind);
	const checks = [
		leakCheck(t),
		bothBadCheck(t),
		positionCheck(t),
		progressCheck(t),
		...fragilityCheck(fragility, verdictTitles[kind])
	];
	return {
		kind,
		title: verdictTitles[kind],
		sentence: verdictSentence(kind, t, names),
		winRate: d === 0 ? null : t.wins / d,
		interval: wilson(t.wins, d),
		p: signTest(t.wins, t.losses),
		evidence: evidence(t.wins, t.losses),
		decisive: d,
		judged: judgedOf(t),
		fragility,
		checks
	};
};
