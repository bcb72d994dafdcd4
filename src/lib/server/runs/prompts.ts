import { and, eq, sql } from 'drizzle-orm';
import type { Scope, Tx } from '../access/scope.ts';
import { examples, playgroundPairs, runExamples, runFiles, runPairs, runPrompts, runs } from '../platform/db/schema.ts';
import { hashList } from '../prompts/rows.ts';
import { noteEvent } from './change.ts';
import { type Run, findRun, readablePrompts, textsOf } from './rows.ts';

type Place = { projectId: string; runId: string };

/** A step: these, in hexadecimal, are among the prompts of the run's training file. In an order of their own, so that two who write the same wait for each other and not in a circle. */
export const keepPrompts = (tx: Tx, { projectId, runId }: Place, hashes: readonly string[]) =>
	tx.execute(sql`
		insert into ${runPrompts} (project_id, run_id, prompt_hash)
		select distinct ${projectId}::uuid, ${runId}::uuid, one.hash from unnest(${hashList(hashes)}) one (hash) order by one.hash
		on conflict do nothing`);

/** Files are there, and nobody has written down what they ask: an older version made them. */
export const isUnhashed = sql`(not ${runs.hashed} and ${runs.preparing} is null
	and exists (select from ${runFiles} f where f.run_id = ${runs.id} and f.kind = 'train'))`;

const unreadableInWords = (lines: number) =>
	`${lines === 1 ? 'A line' : `${lines} lines`} of the training file can not be read. What ${lines === 1 ? 'it asks' : 'they ask'} is known as far as its examples say so.`;

/** So many are written down in one transaction. */
const atOnce = 5_000;

/** A step: the prompts of the next examples of a run, behind this id. Returns the last of them; null where there is no more. */
const hashExamples = async (tx: Tx, { id, projectId }: Run, after: string | null): Promise<string | null> => {
	const [row] = await tx.execute<{ last: string | null }>(sql`
		with part as (
			select m.example_id from ${runExamples} m
			where m.run_id = ${id} and m.kind = 'train' and (${after}::uuid is null or m.example_id > ${after}::uuid)
			order by m.example_id limit ${atOnce}
		), written as (
			insert into ${runPrompts} (project_id, run_id, prompt_hash)
			select distinct ${projectId}::uuid, ${id}::uuid, e.prompt_hash from ${examples} e
			where e.id = any (array(select example_id from part)) order by e.prompt_hash
			on conflict do nothing
		)
		select case when count(*) = ${atOnce} then max(example_id::text) end as last from part`);
	return row!.last;
};

/**
 * Writes down what the training file of an older run asks, and what its examples and preferences do, whose file may be gone. A line that can not be read
 * is said in the run's log, once, and asked no more. In parts of one short transaction each; safe to run again, and twice at once.
 */
export const hashRun = async (scope: Scope, runId: string, signal: AbortSignal): Promise<void> => {
	const run = await scope.look((tx) => findRun(tx, runId));
	if (!run || run.hashed || run.preparing) return;
	const place = { projectId: run.projectId, runId };
	for (let last: string | null = null; ;) {
		signal.throwIfAborted();
		const after: string | null = last;
		last = await scope.tx((tx) => hashExamples(tx, run, after));
		if (last === null) break;
	}
	await scope.tx((tx) =>
		tx.execute(sql`
			insert into ${runPrompts} (project_id, run_id, prompt_hash)
			select distinct ${run.projectId}::uuid, ${runId}::uuid, p.prompt_hash
			from ${runPairs} m join ${playgroundPairs} p on p.id = m.pair_id where m.run_id = ${runId} order by p.prompt_hash
			on conflict do nothing`)
	);
	let broken = 0;
	for await (const text of textsOf((work) => scope.look(work), runId, 'train')) {
		const { hashes, unreadable } = readablePrompts(text);
		broken += unreadable;
		for (let from = 0; from < hashes.length; from += atOnce) {
			signal.throwIfAborted();
			await scope.tx((tx) => keepPrompts(tx, place, hashes.slice(from, from + atOnce)));
		}
	}
	await scope.tx(async (tx) => {
		const isRun = and(eq(runs.id, runId), eq(runs.hashed, false));
		const done = await tx.update(runs).set({ hashed: true }).where(isRun).returning({ id: runs.id });
		if (broken > 0 && done.length > 0)
			await noteEvent(tx, run, { level: 'warning', kind: 'unreadable', message: unreadableInWords(broken) });
	});
};
