import { type SQL, sql } from 'drizzle-orm';
import { examples, playgroundPairs, runExamples, runPairs } from '../platform/db/schema.ts';
import type { Tx } from '../access/scope.ts';
import { hashList, learntAmong } from '../prompts/rows.ts';
import { readablePrompts, runById, textsOf } from '../runs/rows.ts';
import { namesOfAsked } from './asked.ts';
import { shownNames } from './few-shot.ts';
import type { Evaluation } from './evaluation.ts';
import { fewShotsOf, runsOf } from './sides.ts';
import { pairingsOf } from './votes.ts';

/** Which of these hashes are among those of a query's column `hash`. In parentheses they are a table in memory; a join may compare each with each. */
const amongThese = (tx: Tx, query: SQL, names: Iterable<string>) =>
	tx.execute<{ name: string }>(sql`
		select distinct encode(learnt.hash, 'hex') as name from (${query}) learnt
		where (learnt.hash in (select unnest(${hashList(names)}))) is true`);

/** What a run of an older version has learnt, as long as nobody has written down what its training file asks: by its file, and by its examples. */
const trainedUnhashed = async (tx: Tx, runId: string, names: ReadonlySet<string>): Promise<Set<string>> => {
	const found = new Set<string>();
	const learnt = sql`${runExamples} m join ${examples} e on e.id = m.example_id where m.run_id = ${runId} and m.kind = 'train'`;
	for (const query of [
		sql`select e.prompt_hash as hash from ${learnt}`,
		sql`select e.family as hash from ${learnt}`,
		// a preference of the playground is no example
		sql`select p.prompt_hash as hash from ${runPairs} m join ${playgroundPairs} p on p.id = m.pair_id where m.run_id = ${runId}`
	])
		for (const { name } of await amongThese(tx, query, names)) found.add(name);
	for await (const text of textsOf((work) => work(tx), runId, 'train'))
		for (const prompt of readablePrompts(text).hashes) if (names.has(prompt)) found.add(prompt);
	return found;
};

/**
 * A step: which of these hashes, of prompts and of families, a run has learnt from, by the bytes it was sent and by the examples it was made from:
 * what it learnt may be a million, and what is asked of it is not. For owners and trainers: nobody else can see what was sent.
 */
export const trainedAmong = async (tx: Tx, runId: string, names: ReadonlySet<string>): Promise<Set<string>> => {
	const { projectId, hashed } = await runById(tx, runId);
	if (!hashed) return trainedUnhashed(tx, runId, names);
	const found = await tx.execute<{ name: string }>(sql`
		select encode(name, 'hex') as name from learnt_by(${projectId}, ${runId}, ${hashList(names)}) name`);
	return new Set(found.map(({ name }) => name));
};

/**
 * A step: which examples or prompts that an evaluation asks a contender has trained on, or on one that nearly asks the same. None, because creating leaves them out; but a
 * verdict stands on it, so it is asked again. `known`: what it asks, where that has been read already.
 */
export const leakedIn = async (tx: Tx, evaluation: Evaluation, known?: readonly string[]): Promise<string[]> => {
	const asked = known ?? (await pairingsOf(tx, evaluation.id)).map(({ askedId }) => askedId);
	const names = await namesOfAsked(tx, evaluation.promptsFrom, asked);
	const all = new Set([...names.values()].flat());
	// what a run learnt is marked so, part by part; before that it is marked as in its order
	const twins = (await learntAmong(tx, evaluation.projectId, all)).filter(
		({ trained, reserved }) => trained || reserved
	);
	const hashes = new Map(twins.map(({ id, hash, family }) => [id, family === null ? [hash] : [hash, family]]));
	const learnt = await tx.execute<{ id: string }>(
		sql`select id from sent_among(${sql.param(runsOf(evaluation).learnt)}::uuid[], ${sql.param([...hashes.keys()])}::uuid[]) id`
	);
	const leaked = await shownNames(tx, evaluation.projectId, Object.values(fewShotsOf(evaluation)));
	for (const { id } of learnt) for (const hash of hashes.get(id)!) leaked.add(hash);
	return [...names].filter(([, own]) => own.some((name) => leaked.has(name))).map(([id]) => id);
};
