import { signTest, wilson } from '../math/binomial.ts';
import { positionCheck } from './checks.ts';
import { decisiveVotesFor, isSettled, minimum } from './power.ts';
import { decisiveOf, judgedOf, type Tally } from './tally.ts';

export const verdictKinds = ['blocked', 'dont-ship', 'ship-it', 'too-close', 'promising', 'need-more-data'] as const;
export type VerdictKind = (typeof verdictKinds)[number];

/** What the two sides really are. A is the one whose wins are counted. */
export type Names = { a: string; b: string };

export const verdictTitles: Record<VerdictKind, string> = {
	blocked: 'BLOCKED',
	'dont-ship': "DON'T SHIP",
	'ship-it': 'SHIP IT',
	'too-close': 'TOO CLOSE TO CALL',
	promising: 'PROMISING — need more data',
	'need-more-data': 'NEED MORE DATA'
};

/** Asked only where there are decisive votes. */
const intervalOf = (t: Tally) => wilson(t.wins, decisiveOf(t))!;

const percents = (t: Tally) => {
	const [low, high] = intervalOf(t);
	return `${Math.round(100 * low)}–${Math.round(100 * high)} %`;
};

const coin = (p: number) => {
	const [times, of] = p >= 0.005 ? [100 * p, '100'] : [1000 * p, '1,000'];
	return times < 0.5 ? `less than once in ${of} times` : `${Math.round(times)} in ${of} times`;
};

/** What still stands between a clear lead, in either direction, and its verdict. */
const obstacle = (t: Tally) => {
	const isLeading = t.wins > t.losses;
	const judged = judgedOf(t);
	if (isLeading && decisiveOf(t) < minimum.toShip) return `${minimum.toShip} decisive votes are the minimum to ship`;
	if (isLeading && t.bothBad * 5 > judged) return `both answers were bad in ${t.bothBad} of ${judged}`;
	if (isLeading && positionCheck(t).state !== 'ok') return 'the place on the screen swayed the votes';
	if (isSettled(t)) return `a coin would do this ${coin(signTest(t.wins, t.losses))}`;
	if (judged > t.planned) return `${judged} were judged where ${t.planned} were planned`;
	return `only ${judged} of the planned ${t.planned} are judged`;
};

const promising = (t: Tally) => {
	const d = decisiveOf(t);
	if (intervalOf(t)[0] > 0.5) return `Leading ${t.wins}–${t.losses} (${percents(t)}), but ${obstacle(t)}.`;
	const lead = `Leading ${t.wins}–${t.losses}, but ${percents(t)} is compatible with no gain.`;
	// 60 % or more were won, so there is a number; and it is larger than d, or the interval would not hold one half
	const more = decisiveVotesFor(t.wins / d)! - d;
	const rate = Math.round((100 * t.wins) / d);
	return `${lead} About ${more} more decisive comparisons would settle a lead this size (true ${rate} %).`;
};

const needMoreData = (t: Tally, a: string) => {
	const d = decisiveOf(t);
	if (d === 0) return `No decisive votes yet; ${minimum.toShip} is the minimum to ship.`;
	const score = `${t.wins}–${t.losses}`;
	const [low, high] = intervalOf(t);
	if (d >= minimum.toReject && low > 0.5) return `Leading ${score} (${percents(t)}), but ${obstacle(t)}.`;
	if (d >= minimum.toReject && high < 0.5) return `Behind ${score} (${percents(t)}), but ${obstacle(t)}.`;
	if (d < minimum.toShip)
		return `Only ${d} decisive ${d === 1 ? 'vote' : 'votes'}; ${minimum.toShip} is the minimum to ship.`;
	if (t.wins === t.losses) return `${d} decisive votes, ${score}: no lead yet.`;
	return `${d} decisive votes, ${score}: ${t.wins > t.losses ? 'no clear lead yet' : `${a} is not clearly behind`}.`;
};

const won = (t: Tally) => `${t.wins} of ${decisiveOf(t)}`;

/** The one sentence under the title, with the numbers filled in. */
export const verdictSentence = (kind: VerdictKind, t: Tally, { a, b }: Names): string => {
	switch (kind) {
		case 'blocked':
			return t.leaked > 0
				? `Not a fair test: ${t.leaked === 1 ? '1 item was' : `${t.leaked} items were`} in training.`
				: `Not a fair test: both answers were bad in ${t.bothBad} of ${judgedOf(t)}.`;
		case 'dont-ship':
			return `Worse than ${b}: won ${won(t)} (${percents(t)}).`;
		case 'ship-it':
			return `Won ${won(t)} decisive (${percents(t)}). A coin would do this ${coin(signTest(t.wins, t.losses))}.`;
		case 'too-close':
			return 'No practical difference.';
		case 'promising':
			return promising(t);
		case 'need-more-data':
			return needMoreData(t, a);
	}
};
