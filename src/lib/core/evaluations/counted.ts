import { agreement } from './agreement.ts';
import type { GuestVotes } from './guests.ts';
import type { Outcome } from './outcome.ts';
import { type MeanScore, type Remark, meanScores } from './remarks.ts';
import { type Scores, scoresFrom } from './scores.ts';
import type { ScriptVotes } from './script-votes.ts';

/** An answer as it is counted; length in characters, without what the model thought aloud; `named`: the name by which it tells a model. */
export type AnswerFacts = { length: number; named: string | null; thought: boolean; complete: boolean };

/** A prompt that counts, as it is counted. `score`: −1 to +1, from the side of A. */
export type PairFacts = { score: number; a: AnswerFacts; b: AnswerFacts };

/** Which of the two answers is longer. */
export const longerOf = ({ a, b }: Pick<PairFacts, 'a' | 'b'>): 'longer' | 'shorter' | null =>
	a.length === b.length ? null : a.length > b.length ? 'longer' : 'shorter';

type Group = { n: number; mean: number; wins: number; decisive: number };
/** The pairs where A's answer is longer, and where it is shorter: how many, their mean score, those it won, those with a winner. */
export type Lengths = { longer: Group; shorter: Group };

/** A prompt that is out: how many have judged it, how many skipped it, and of how many nothing was heard. */
export type Skipped = { askedId: string; place: number; voted: number; skipped: number; left: number };

/** What one voter said of the pairs that count. */
export type CountedVoter = {
	id: string;
	votes: number;
	/** The middle of the times between two of them; null where there are too few. */
	paceMs: number | null;
	/** Of their clear choices those of whoever stood first. */
	clear: number;
	first: number;
	/** Of what came once more to them, how often they said the same. */
	repeats: number;
	same: number;
};

/**
 * All that the votes and the answers of a comparison come to, and the ones it continues: counted once, at the reveal, which ends the vote.
 * What people are called, and what may be learnt of a prompt later, is in none of it.
 */
export type Counted = {
	scores: Scores;
	bothBad: number;
	/** What has not got its votes, and what is out: examples, or prompts of the pool. */
	missing: string[];
	skipped: Skipped[];
	/** Of either side how many answers of pairs that count were cut off or say nothing, and how many thought aloud. */
	broken: Record<'a' | 'b', number>;
	thought: Record<'a' | 'b', number>;
	/** Pairs with an answer that names a model. */
	named: number;
	lengths: Lengths;
	voters: CountedVoter[];
	agreement: Agreed;
	means: { a: MeanScore; b: MeanScore } | null;
	scripts: ScriptVotes | null;
	guests: GuestVotes | null;
};

/** How far voters agree. */
export type Agreed = { overlap: number; label: 'reliable' | 'tentative' | 'unreliable' | null; sentence: string };

/** One vote that stands: whose, on what, and when it was given. */
export type Said = {
	pairingId: string;
	personId: string;
	choice: 'first' | 'tie' | 'second' | 'both_bad';
	outcome: Outcome;
	at: Date;
};

/** What a person said of a pair, and of the same pair with the sides changed. */
export type Repeated = { personId: string; before: Outcome; again: Outcome };

const fewestPaces = 5;

const medianPace = (votes: readonly Said[]): number | null => {
	const times = votes.map(({ at }) => at.getTime()).sort((one, two) => one - two);
	const gaps = times.slice(1).map((time, i) => time - times[i]!);
	if (gaps.length < fewestPaces) return null;
	return gaps.sort((one, two) => one - two)[Math.floor(gaps.length / 2)]!;
};

/** What one person said: their own votes, and what came again to them. */
export const voterFrom = (id: string, votes: readonly Said[], repeats: readonly Repeated[]): CountedVoter => {
	const clear = votes.filter(({ choice }) => choice === 'first' || choice === 'second');
	return {
		id,
		votes: votes.length,
		paceMs: medianPace(votes),
		clear: clear.length,
		first: clear.filter(({ choice }) => choice === 'first').length,
		repeats: repeats.length,
		same: repeats.filter(({ before, again }) => before === again).length
	};
};

const votersFrom = (votes: readonly Said[], repeats: readonly Repeated[]): CountedVoter[] => {
	const again = Map.groupBy(repeats, ({ personId }) => personId);
	return [...Map.groupBy(votes, ({ personId }) => personId)]
		.map(([id, own]) => voterFrom(id, own, again.get(id) ?? []))
		.sort((one, two) => (one.id < two.id ? -1 : 1));
};

/** The pairs where the answer of A is longer, and where it is shorter. */
export const lengthsOf = (pairs: readonly PairFacts[]): Lengths => {
	const groupOf = (which: 'longer' | 'shorter') => {
		const group = pairs.filter((pair) => longerOf(pair) === which);
		return {
			n: group.length,
			mean: group.reduce((sum, { score }) => sum + score, 0) / Math.max(1, group.length),
			wins: group.filter(({ score }) => score > 0).length,
			decisive: group.filter(({ score }) => score !== 0).length
		};
	};
	return { longer: groupOf('longer'), shorter: groupOf('shorter') };
};

/** Of either side how many of these answers are so. */
export const answersWith = (pairs: readonly PairFacts[], is: (answer: AnswerFacts) => boolean) => ({
	a: pairs.filter(({ a }) => is(a)).length,
	b: pairs.filter(({ b }) => is(b)).length
});

/** In how many of these an answer names a model. */
export const namingPairs = (pairs: readonly PairFacts[]): number =>
	pairs.filter(({ a, b }) => a.named !== null || b.named !== null).length;

const codes: Record<Outcome, number> = { a: 0, b: 1, tie: 2, both_bad: 3 };

/** Whether voters agree, where two or more of them judged the same pairs. */
export const agreedOf = (votes: readonly Said[]): Agreed => {
	const meant = votes.map(({ pairingId, personId, outcome }) => ({
		item: pairingId,
		rater: personId,
		value: codes[outcome]
	}));
	const { overlap, label, sentence } = agreement(meant, { level: 'nominal', categories: 4 });
	return { overlap, label, sentence };
};

/** What is counted of the pairs that count, of the votes on them, and of what came again and was added to these. */
export const countedFrom = (
	pairs: readonly (PairFacts & { outcome: Outcome; sum: number })[],
	votesPerPrompt: number,
	votes: readonly Said[],
	repeats: readonly Repeated[],
	remarks: readonly Remark[]
): Omit<Counted, 'missing' | 'skipped' | 'scripts' | 'guests'> => ({
	scores: scoresFrom(
		pairs.map(({ sum }) => sum),
		votesPerPrompt
	),
	bothBad: pairs.filter(({ outcome }) => outcome === 'both_bad').length,
	broken: answersWith(pairs, ({ complete }) => !complete),
	thought: answersWith(pairs, ({ thought }) => thought),
	named: namingPairs(pairs),
	lengths: lengthsOf(pairs),
	voters: votersFrom(votes, repeats),
	agreement: agreedOf(votes),
	means: meanScores(remarks)
});
