import { type SQL, sql } from 'drizzle-orm';
import type { PgColumn } from 'drizzle-orm/pg-core';
import type { Judged } from '../../contract/evaluation-results.ts';
import { flawOf, spoken } from '../../core/evaluations/answers.ts';
import type { AnswerFacts, PairFacts } from '../../core/evaluations/checks.ts';
import { type Names, loosePattern, namesAModel } from '../../core/evaluations/masking.ts';
import type { PromptSource } from '../../core/evaluations/plan.ts';
import type { Remark } from '../../core/evaluations/remarks.ts';
import type { Outcome } from '../../core/evaluations/tally.ts';
import type { Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { outputs } from '../platform/db/schema.ts';
import { numbersOf } from './asked.ts';
import { textsOf } from './texts.ts';
import type { Vote } from './votes.ts';

/** A pairing that counts, without its texts. `sum`: of the votes that count; `place`: among all prompts of the evaluation. */
export type Counted = { id: string; askedId: string; place: number; outcome: Outcome; sum: number };
export type CountedPair = Counted & PairFacts;

/** Signs that may be letters of another width, or not be seen: such a text is read. Not the letters and dashes of every day. */
const unusual =
	'[^\\u0001-\\u007f\\u00a0\\u00a7\\u00ab\\u00b0\\u00bb\\u00c0-\\u00ff\\u2010-\\u2027\\u2030-\\u203a\\u20ac]';

/**
 * Whether a text may name a model: true for every text in which `namesAModel` finds a name, and for a few more. What case is
 * depends on a database's language; "C" folds plain letters only.
 */
const mayName = (text: PgColumn, names: Names): SQL<boolean> =>
	sql<boolean>`((${text} collate "C") ~* ${loosePattern(names)} or (${text} collate "C") ~ ${unusual})`;

/** Whether there may be less to read in a text than its length says: it thinks aloud, or it is all blank, as JavaScript sees it. */
const mayBeLess = (text: PgColumn): SQL<boolean> =>
	sql<boolean>`((${text} collate "C") ~* '</?think' or length(btrim(${text}, E' \\t\\r\\n')) < 20)`;

// An answer never changes, and what is told of it follows from it and from the names: so it is looked through once. By the id of an
// evaluation, which only its team can see, and the names; of the evaluations that were asked about last.
const kept = new Map<string, Map<string, AnswerFacts>>();
const mostKept = 20;

const keptOf = (evaluationId: string, names: Names): Map<string, AnswerFacts> => {
	const name = `${evaluationId} ${JSON.stringify(names)}`;
	const known = kept.get(name) ?? new Map<string, AnswerFacts>();
	kept.delete(name);
	kept.set(name, known);
	if (kept.size > mostKept) kept.delete(kept.keys().next().value!);
	return known;
};

/**
 * A step: what the checks need to know of the answers of judged pairings of an evaluation. The texts stay in the database, but for those
 * that may name a model, or may say less than they are long.
 */
export const factsOf = async (
	tx: Tx,
	evaluationId: string,
	judged: readonly Counted[],
	votes: number,
	names: Names
): Promise<CountedPair[]> => {
	const facts = keptOf(evaluationId, names);
	const unknown = judged.map(({ id }) => id).filter((id) => !facts.has(`${id}a`) || !facts.has(`${id}b`));
	if (unknown.length > 0) await lookThrough(tx, unknown, names, facts);
	return judged.map((pair) => ({
		...pair,
		score: pair.sum / votes,
		a: facts.get(`${pair.id}a`)!,
		b: facts.get(`${pair.id}b`)!
	}));
};

/** Writes down what is told of both answers of each pairing, by its id and the letter of who answered. */
const lookThrough = async (tx: Tx, pairingIds: string[], names: Names, facts: Map<string, AnswerFacts>) => {
	const rows = await tx
		.select({
			id: outputs.id,
			pairingId: outputs.pairingId,
			contender: outputs.contender,
			length: sql<number>`length(${outputs.text})`,
			finishReason: outputs.finishReason,
			suspect: sql<boolean>`${mayName(outputs.text, names)} or ${mayBeLess(outputs.text)}`
		})
		.from(outputs)
		.where(among(outputs.pairingId, pairingIds));
	const suspects = rows.filter(({ suspect }) => suspect).map(({ id }) => id);
	const read = await factsByReading(tx, suspects, names);
	for (const { id, pairingId, contender, length, finishReason } of rows)
		facts.set(
			pairingId + contender,
			read.get(id) ?? { length, named: false, thought: false, complete: isComplete('some text', finishReason) }
		);
};

const isComplete = (text: string, finishReason: string | null) => flawOf({ text, finishReason }) === null;

const factsByReading = async (tx: Tx, ids: string[], names: Names): Promise<Map<string, AnswerFacts>> => {
	if (ids.length === 0) return new Map();
	const rows = await tx
		.select({ id: outputs.id, text: outputs.text, finishReason: outputs.finishReason })
		.from(outputs)
		.where(among(outputs.id, ids));
	return new Map(
		rows.map(({ id, text, finishReason }) => {
			const said = spoken(text);
			const named = namesAModel(said, names) !== null;
			const thought = said !== text;
			return [id, { length: [...said].length, named, thought, complete: isComplete(text, finishReason) }];
		})
	);
};

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
	judged: readonly CountedPair[],
	{
		promptsFrom,
		votes,
		again,
		remarks,
		names,
		people,
		judged: byModel
	}: {
		promptsFrom: PromptSource;
		votes: readonly Vote[];
		/** What was said when a pair came once more, by the ballot of the vote. */
		again: ReadonlyMap<string, Vote>;
		remarks: ReadonlyMap<string, Remark>;
		names: Names;
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
	const shown = ({ text, finishReason }: { text: string; finishReason: string | null }) => ({
		text,
		named: namesAModel(spoken(text), names),
		complete: isComplete(text, finishReason)
	});
	/** Nobody knows which pair comes again: what they note there is noted of the pair. */
	const noteOf = (ballotIds: (string | undefined)[]) =>
		ballotIds.flatMap((id) => (id !== undefined && remarks.get(id)?.note) || []).join('\n');
	return judged.map(({ id, place, outcome, score }) => {
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
			a: shown(a),
			b: shown(b)
		};
	});
};
