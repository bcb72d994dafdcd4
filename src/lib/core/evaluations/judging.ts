import { gwet, labelOf } from './agreement.ts';
import { type Calibrated, calibrated } from './calibration.ts';
import type { JudgeChoice } from './judge-reply.ts';
import type { Outcome } from './outcome.ts';

export const judgingStatuses = ['judging', 'done', 'failed', 'cancelled'] as const;
export type JudgingStatus = (typeof judgingStatuses)[number];

const allowed = {
	cancel: ['judging'],
	retry: ['failed', 'cancelled']
} as const satisfies Record<string, readonly JudgingStatus[]>;

type Judging = { status: JudgingStatus };
const can =
	(states: readonly JudgingStatus[]) =>
	({ status }: Judging): boolean =>
		states.includes(status);
export const judgingCan = { cancel: can(allowed.cancel), retry: can(allowed.retry) };

/** What a judge said of one pair in both orders: with A first, and with B first. null: it could not be read. */
export type Sayings = { straight: JudgeChoice | null; swapped: JudgeChoice | null };

/** What counts of it. `place`: in both orders it named whoever stood there; the judge saw the place, not the answer. */
export type ModelOutcome = { outcome: 'a' | 'b' | 'tie'; steady: boolean; place: 'first' | 'second' | null };

const straightSide = { first: 'a', second: 'b', tie: 'tie' } as const;
const swappedSide = { first: 'b', second: 'a', tie: 'tie' } as const;

/** A or B only where both orders agree, else no difference. null: one of its replies could not be read, so the pair is not judged. */
export const settled = ({ straight, swapped }: Sayings): ModelOutcome | null => {
	if (straight === null || swapped === null) return null;
	const [one, other] = [straightSide[straight], swappedSide[swapped]];
	if (one === other) return { outcome: one, steady: true, place: null };
	return { outcome: 'tie', steady: false, place: straight === swapped && straight !== 'tie' ? straight : null };
};

/** A pair with what the judge said, and what people did; null where they have not judged it, or it does not count. */
export type JudgedPair = {
	model: ModelOutcome | null;
	people: { outcome: Outcome; score: number } | null;
	/** Whose answer is longer; null where neither is. */
	longer: 'a' | 'b' | null;
};

/** How often the longer answer was chosen, of the clear choices. */
type Longer = { longer: number; of: number };

export type JudgeSummary = {
	/** Pairs that were asked, and those whose replies could be read. */
	pairs: number;
	judged: number;
	notJudged: number;
	wins: number;
	losses: number;
	ties: number;
	/** The judge's own mean over all pairs it has judged, −1 to 1; null where there is none. */
	netPreference: number | null;
	/** In so many pairs both orders came out the same; in so many it named whoever stood first, or second, both times. */
	steady: number;
	alwaysFirst: number;
	alwaysSecond: number;
	/** With people, on the pairs that both judged. Both bad is no difference here. The numbers are null below 20 pairs. */
	agreement: {
		overlap: number;
		same: number;
		raw: number | null;
		ac: number | null;
		label: 'reliable' | 'tentative' | 'unreliable' | null;
		/** The pairs in which both see a winner, and in how many it is the same one. */
		clear: number;
		sameClear: number;
	};
	/** Of the pairs that people judged too, so that both speak of the same. */
	length: { model: Longer; people: Longer };
	calibrated: Calibrated | null;
};

/** From so many pairs of both on, agreement is shown. */
export const fewestShared = 20;

const worth = { a: 1, b: -1, tie: 0, both_bad: 0 } as const;

/** Whether two outcomes are the same for a judge, who cannot call both bad. */
export const isSame = (model: ModelOutcome, people: Outcome): boolean => worth[model.outcome] === worth[people];

/** What a judge comes to, beside what people said. None of it is in the verdict. */
export const judgeSummary = (list: readonly JudgedPair[]): JudgeSummary => {
	const judged = list.flatMap(({ model, ...pair }) => (model ? [{ ...pair, model }] : []));
	const shared = judged.flatMap(({ people, ...pair }) => (people ? [{ ...pair, people }] : []));
	const count = (outcome: ModelOutcome['outcome']) => judged.filter(({ model }) => model.outcome === outcome).length;
	const [wins, losses] = [count('a'), count('b')];
	const same = shared.filter(({ model, people }) => isSame(model, people.outcome)).length;
	const clear = shared.filter(({ model, people }) => worth[model.outcome] * worth[people.outcome] !== 0);
	const sayings = shared.flatMap(({ model, people }, at) => [
		{ item: String(at), rater: 'model', value: worth[model.outcome] },
		{ item: String(at), rater: 'people', value: worth[people.outcome] }
	]);
	const found = shared.length < fewestShared ? null : gwet(sayings, 3);
	const longerIn = (side: (pair: (typeof shared)[number]) => Outcome): Longer => {
		const chosen = shared.flatMap((pair) => {
			const one = side(pair);
			return pair.longer !== null && (one === 'a' || one === 'b') ? [one === pair.longer] : [];
		});
		return { longer: chosen.filter(Boolean).length, of: chosen.length };
	};
	const named = (place: 'first' | 'second') => judged.filter(({ model }) => model.place === place).length;
	return {
		pairs: list.length,
		judged: judged.length,
		notJudged: list.length - judged.length,
		wins,
		losses,
		ties: judged.length - wins - losses,
		netPreference: judged.length === 0 ? null : (wins - losses) / judged.length,
		steady: judged.filter(({ model }) => model.steady).length,
		alwaysFirst: named('first'),
		alwaysSecond: named('second'),
		agreement: {
			overlap: shared.length,
			same,
			raw: found?.raw ?? null,
			ac: found?.ac ?? null,
			label: found && labelOf(found.ac),
			clear: clear.length,
			sameClear: clear.filter(({ model, people }) => isSame(model, people.outcome)).length
		},
		length: { model: longerIn(({ model }) => model.outcome), people: longerIn(({ people }) => people.outcome) },
		calibrated: calibrated(
			shared.map(({ model, people }) => ({ person: people.score, model: worth[model.outcome] })),
			judged.filter(({ people }) => people === null).map(({ model }) => worth[model.outcome])
		)
	};
};
