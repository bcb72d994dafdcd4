import type { Judged } from '../../contract/evaluation-results.ts';
import { flawOf } from '../../core/evaluations/answers.ts';
import type { AnswerFacts, PairFacts } from '../../core/evaluations/counted.ts';
import type { Names } from '../../core/evaluations/naming-words.ts';
import { mayName } from '../../core/evaluations/may-name.ts';
import type { PromptSource } from '../../core/evaluations/plan.ts';
import type { Remark } from '../../core/evaluations/remarks.ts';
import type { Outcome } from '../../core/evaluations/outcome.ts';
import { type Told, toldOf } from '../../core/evaluations/told.ts';
import type { Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { outputs } from '../platform/db/schema.ts';
import { numbersOf } from './asked.ts';
import type { JudgedPair } from './judged-pairs.ts';
import { type Texts, textsOf } from './texts.ts';
import type { Vote } from './votes.ts';

/** A pairing that counts, before its answers are looked through. `sum`: of the votes that count; `place`: among all prompts of the evaluation. */
export type Judgeable = Pick<JudgedPair, 'id' | 'askedId' | 'place' | 'outcome' | 'sum'>;

/** Whether there may be less to read in a text than its length says: it thinks aloud, or it is all blank. */
const mayBeLess = (text: string): boolean => /<\/?think/i.test(text) || text.trim().length < 20;

/**
 * A step: what is counted of the answers of these pairings. Each text is read closely only where it may name a model, or may say less than it is
 * long.
 */
export const factsOf = async <One extends Judgeable>(
	tx: Tx,
	judged: readonly One[],
	votes: number,
	names: Names
): Promise<(One & PairFacts)[]> => {
	const facts = new Map<string, AnswerFacts>();
	await lookThrough(
		tx,
		judged.map(({ id }) => id),
		names,
		facts
	);
	return judged.map((pair) => ({
		...pair,
		score: pair.sum / votes,
		a: facts.get(`${pair.id}a`)!,
		b: facts.get(`${pair.id}b`)!
	}));
};

/** Of so many pairings the texts are in memory at once. */
const atOnce = 200;

/** Writes down what is told of both answers of each pairing, by its id and the letter of who answered. */
const lookThrough = async (tx: Tx, pairingIds: string[], names: Names, facts: Map<string, AnswerFacts>) => {
	const isSuspect = mayName(names);
	for (let from = 0; from < pairingIds.length; from += atOnce) {
		const rows = await tx
			.select({
				pairingId: outputs.pairingId,
				contender: outputs.contender,
				text: outputs.text,
				finishReason: outputs.finishReason,
				told: outputs.told
			})
			.from(outputs)
			.where(among(outputs.pairingId, pairingIds.slice(from, from + atOnce)));
		for (const { pairingId, contender, text, finishReason, told } of rows)
			facts.set(
				pairingId + contender,
				told || isSuspect(text) || mayBeLess(text)
					? factsFrom(told ?? toldOf({ text, finishReason }, names))
					: {
							length: text.length, // without unusual signs each is one unit
							named: null,
							thought: false,
							complete: isComplete('some text', finishReason)
						}
			);
	}
};

const isComplete = (text: string, finishReason: string | null) => flawOf({ text, finishReason }) === null;

const factsFrom = ({ length, named, thought, complete }: Told): AnswerFacts => ({ length, named, thought, complete });

const asSeen = ({ choice, swapped, position, at }: Pick<Vote, 'choice' | 'swapped' | 'position' | 'at'>) => ({
	choice,
	first: swapped ? ('b' as const) : ('a' as const),
	order: position,
	at
});

const countSaid = (votes: readonly Vote[]): Record<Outcome, number> => {
	const said = { a: 0, b: 0, tie: 0, both_bad: 0 };
	for (const { outcome } of votes) said[outcome]++;
	return said;
};

/** A step: these pairings with everything that was hidden before the reveal, in the order they are given. */
export const withTexts = async (
	tx: Tx,
	judged: readonly JudgedPair[],
	{
		promptsFrom,
		votes,
		again,
		remarks,
		people,
		judged: byModel
	}: {
		promptsFrom: PromptSource;
		votes: readonly Vote[];
		/** What was said when a pair came once more, by the ballot of the vote. */
		again: ReadonlyMap<string, Vote>;
		remarks: ReadonlyMap<string, Remark>;
		people: ReadonlyMap<string, string>;
		/** What a model said that was asked to judge. */
		judged: ReadonlyMap<string, Judged['judge']>;
	}
): Promise<Judged[]> => {
	const texts = await textsOf(
		tx,
		judged.map(({ id }) => id)
	);
	const numbers = await numbersOf(
		tx,
		promptsFrom,
		[...texts.values()].map(({ askedId }) => askedId)
	);
	const given = Map.groupBy(votes, (vote) => vote.pairingId);
	const shown = ({ text, told }: Texts['a'], { length, named, complete }: AnswerFacts) => ({
		text: told ? null : text,
		...{ length, named, complete }
	});
	/** Nobody knows which pair comes again: what they note there is noted of the pair. */
	const noteOf = (ballotIds: (string | undefined)[]) =>
		ballotIds.flatMap((id) => (id !== undefined && remarks.get(id)?.note) || []).join('\n');
	return judged.map(({ id, place, outcome, score, ...facts }) => {
		const { askedId, prompt, reference, a, b } = texts.get(id)!;
		const own = given.get(id) ?? [];
		return {
			position: place,
			number: numbers.get(askedId)!,
			outcome,
			score,
			said: countSaid(own),
			votes: own.map(({ ballotId, personId, ...vote }) => ({
				voter: people.get(personId) ?? 'somebody',
				...asSeen(vote),
				again: again.has(ballotId) ? asSeen(again.get(ballotId)!) : null,
				scores: { a: remarks.get(ballotId)?.a ?? null, b: remarks.get(ballotId)?.b ?? null },
				note: noteOf([ballotId, again.get(ballotId)?.ballotId]) || null
			})),
			prompt,
			reference,
			judge: byModel.get(id) ?? null,
			a: shown(a, facts.a),
			b: shown(b, facts.b)
		};
	});
};
