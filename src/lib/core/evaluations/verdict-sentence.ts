import { whatMoreGives } from './assurance.ts';
import { barOf } from './plan.ts';
import { blockedBy, bothBadTooOften, chanceOf, intervalOf, isComplete, minimum, type VerdictKind } from './rules.ts';
import { netPreference } from './scores.ts';
import { countsOf, decisiveOf, judgedOf, type Tally } from './tally.ts';
import { chanceWords, eyesOf, many, points, range, timesIn } from './words.ts';

/** What the two sides really are: A is the one whose wins are counted. And who voted. */
export type Names = {
	a: string;
	b: string;
	people?: readonly string[];
	maxTokens?: number;
	/** B has a prompt of its own: that it is more than the plain model belongs into the sentence. */
	prompted?: boolean;
	/** Those of whom nobody here knows what they have learnt from: the models of connections. */
	untold?: readonly string[];
	/** The titles of earlier comparisons of the same two; null of one that nobody revealed. */
	earlier?: readonly (string | null)[];
};

export const verdictTitles: Record<VerdictKind, string> = {
	blocked: 'BLOCKED',
	'dont-ship': "DON'T SHIP",
	'ship-it': 'SHIP IT',
	'too-close': 'TOO CLOSE TO CALL',
	promising: 'PROMISING — need more data',
	'need-more-data': 'NEED MORE DATA'
};

/** `+30 points (6 to 50)`. */
const estimate = (t: Tally) => `${points(netPreference(t.scores)!)} points (${range(intervalOf(t))})`;

/** `Better in 18, worse in 6, no difference in 16 of 40`. */
const score = (t: Tally, { b, prompted }: Names) => {
	const { wins, losses, ties, bothBad } = countsOf(t);
	return `Better ${prompted ? `than ${b} ` : ''}in ${wins}, worse in ${losses}, no difference in ${ties + bothBad} of ${judgedOf(t)}`;
};

const blocked = (t: Tally, { a, b, maxTokens }: Names) => {
	const reason = blockedBy(t);
	if (reason === 'leak')
		return `Not a fair test: ${t.leaked} of its prompts ${t.leaked === 1 ? 'was' : 'were'} in training.`;
	if (reason === 'both bad') return `Not a fair test: both answers were bad in ${t.bothBad} of ${judgedOf(t)}.`;
	const [more, name] = t.broken.a > t.broken.b ? [t.broken.a, a] : [t.broken.b, b];
	const at = maxTokens === undefined ? '' : ` at ${maxTokens.toLocaleString('en')} tokens`;
	return `Not a fair test: ${more} of the answers of ${name} ${more === 1 ? 'was' : 'were'} cut off${at} or empty, and ${Math.min(t.broken.a, t.broken.b)} of the other’s.`;
};

const shipIt = (t: Tally, names: Names) => {
	// one-sided, because it speaks of one direction; at any time the evidence is that already
	const chance = isComplete(t) ? chanceOf(t) / 2 : chanceOf(t);
	const less = intervalOf(t)[1] < t.plan.delta / 100 ? `, less than the ${t.plan.delta} you asked for` : '';
	return `${score(t, names)}${eyesOf(names.people ?? [])}: ${estimate(t)}${less}. Equal models would do this ${timesIn(chance)}.`;
};

const tooClose = (t: Tally) => {
	const [low, high] = intervalOf(t);
	const m = points(netPreference(t.scores)!);
	return `No difference that matters to you: ${m} points, between ${points(low)} and ${points(high)}, and you asked for ${t.plan.delta}.`;
};

/** What more prompts would do for a lead, or for being behind. */
const outlook = (t: Tally) => {
	const { some, likely } = whatMoreGives(t);
	if (likely !== null && likely <= some.more) return `With ${likely} more prompts a verdict is likely.`;
	const first = `With ${some.more} more prompts there is ${chanceWords(some.chance)} chance of a verdict`;
	return likely === null
		? `${first}; a difference this small takes very many.`
		: `${first}; ${likely} more would make it likely.`;
};

const bothBad = (t: Tally) => `Both answers were bad in ${t.bothBad} of ${judgedOf(t)}; at most 20 % allow SHIP IT.`;

const promising = (t: Tally) => {
	const { wins, losses } = countsOf(t);
	const lead = `Leading ${wins}–${losses}`;
	if (bothBadTooOften(t)) return `${lead}, but: ${bothBad(t).toLowerCase().replace('ship it', 'SHIP IT')}`;
	return `${lead}. ${outlook(t)}`;
};

const needMoreData = (t: Tally) => {
	const { wins, losses } = countsOf(t);
	const decisive = decisiveOf(t);
	if (judgedOf(t) === 0 && t.skipped > 0 && t.skipped === t.plan.prompts)
		return `All ${many(t.skipped, 'prompt')} were skipped, so there is nothing to judge by.`;
	if (judgedOf(t) === 0)
		return `Nothing is judged yet; ${minimum.toShip} prompts with a clear winner are the minimum to ship.`;
	if (bothBadTooOften(t)) return bothBad(t);
	const isBehind = losses > wins;
	if (decisive < (isBehind ? minimum.toReject : minimum.toShip)) {
		const only = decisive === 0 ? 'No prompt' : `Only ${many(decisive, 'prompt')}`;
		return isBehind
			? `${only} with a clear winner, ${wins}–${losses}; ${minimum.toReject} is the minimum to say worse.`
			: `${only} with a clear winner; ${minimum.toShip} is the minimum to ship.`;
	}
	if (wins === losses) return `${wins}–${losses}: no lead yet. ${outlook(t)}`;
	return isBehind
		? `Behind ${wins}–${losses}: not enough to say worse. ${outlook(t)}`
		: `Leading ${wins}–${losses}: not enough to say better. ${outlook(t)}`;
};

/** The one sentence under the title, with the numbers filled in. */
export const verdictSentence = (kind: VerdictKind, t: Tally, names: Names): string => {
	switch (kind) {
		case 'blocked':
			return blocked(t, names);
		case 'dont-ship':
			return `Worse than ${names.b}${eyesOf(names.people ?? [])}: ${estimate(t)}.`;
		case 'ship-it':
			return shipIt(t, names);
		case 'too-close':
			return tooClose(t);
		case 'promising':
			return promising(t);
		case 'need-more-data':
			return needMoreData(t);
	}
};

const ordinal = (n: number) => {
	const rest = n % 100;
	const end = rest > 10 && rest < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
	return `${n}${end}`;
};

const outcomeWords = (title: string | null) => {
	if (title === null) return 'was not revealed';
	return title === verdictTitles['ship-it'] || title === verdictTitles['dont-ship']
		? `said ${title}`
		: 'gave no verdict';
};

/** What the bar was, and why: for whoever compares the same two again. */
export const attemptSentence = (attempt: number, { a, b, earlier = [] }: Names): string => {
	if (attempt === 1) return `First comparison of ${a} with ${b}.`;
	const before = earlier.map((title, i) => `the ${ordinal(i + 1)} ${outcomeWords(title)}`).join(', ');
	const bar = `the bar is ${attempt ** 2} times as high (p below ${Number(barOf(attempt).p.toPrecision(3))})`;
	return `${ordinal(attempt)} comparison of ${a} with ${b}${before && `; ${before}`}: ${bar}.`;
};
