import { setImmediate as nextTurn } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import type { Line } from '../../core/examples/import/lines.ts';
import { parseLine } from '../../core/examples/import/parse.ts';
import { authorize } from '../../core/permissions.ts';
import { audit } from '../events/legacy.ts';
import { plainPool } from '../platform/db/pools.ts';
import { imports } from '../platform/db/schema.ts';
import { projectOf } from '../project/projects.ts';
import { announce } from '../events/legacy.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { type Chunk, emptyChunk, isFull, put, stage } from './stage.ts';

/** Of what is refused: enough to mend a file by, small enough for an answer. A line that does not fit is kept without its text. */
const keptRefusals = 1_000;
const keptCharacters = 2_000_000;

export type ImportResult = {
	id: string;
	added: number;
	duplicates: number;
	refused: number;
	refusals: { line: number; reason: string; text: string }[];
};

/** Imports share so many connections, first come, first served, so that pages always find one. */
let freeLanes = 4;
const waiting: (() => void)[] = [];
const inLane = async <T>(work: () => Promise<T>): Promise<T> => {
	if (freeLanes > 0) freeLanes--;
	else await new Promise<void>((go) => waiting.push(go));
	try {
		return await work();
	} finally {
		const next = waiting.shift();
		if (next) next();
		else freeLanes++;
	}
};

/**
 * Puts every good line into the project: new ones only, so that the same file twice adds nothing. Bad lines are counted, and
 * the first 1 000 kept with number and reason. Memory stays at three chunks, whatever the file's size. Each chunk is a
 * transaction: a crash loses the last ones, and a second import of the file adds what is missing.
 */
export const importExamples = async (
	scope: Scope,
	slug: string,
	{ fileName, lines }: { fileName: string; lines: AsyncIterable<Line> | Iterable<Line> }
): Promise<ImportResult> => {
	authorize(scope, 'examples:add');
	const { projectId, id } = await scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const [made] = await tx
			.insert(imports)
			.values({ projectId: project.id, personId: scope.userId, fileName: fileName.slice(0, 200), refusals: [] })
			.returning();
		return { projectId: project.id, id: made!.id };
	});
	const result: ImportResult = { id, added: 0, duplicates: 0, refused: 0, refusals: [] };
	let room = keptCharacters;
	const refuse = (line: number, reason: string, text: string) => {
		result.refused++;
		if (result.refusals.length >= keptRefusals) return;
		const fits = text.length <= room;
		if (fits) room -= text.length;
		result.refusals.push({ line, reason, text: fits ? text : '' });
	};

	// Three chunks are on their way at most: one is filled, one is staged, and one is inserted, always in their order.
	const spare: Buffer[] = [];
	const write = async (chunk: Chunk, before: Promise<void>) => {
		const added = await inLane(() =>
			scope.tx(async (tx) => {
				await stage(tx, chunk);
				await before; // it came first, so it has a lane of its own
				return addStaged(tx, scope, { projectId, importId: id, chunk });
			})
		);
		// the planner has not heard of a table that grew this minute, and would read all of it for one row
		if (result.added === 0 && added > 2_000) await plainPool()`select refresh_statistics()`;
		result.added += added;
		result.duplicates += chunk.count - added;
		spare.push(chunk.bytes);
	};
	let chunk = emptyChunk();
	let [inserted, written] = [Promise.resolve(), Promise.resolve()];
	const send = () => {
		[inserted, written] = [written, write(chunk, written)];
		written.catch(() => {}); // awaited below
	};
	try {
		for await (const line of lines) {
			// other requests of this process get their turn, also while a whole piece of the file is at hand
			if (line.number % 64 === 0) await nextTurn();
			const parsed = line.text === null ? null : parseLine(line.text, line.number);
			if (!parsed?.ok) {
				refuse(line.number, parsed?.reason ?? line.reason ?? '', line.text ?? '');
				continue;
			}
			put(chunk, parsed);
			if (!isFull(chunk)) continue;
			await inserted;
			send();
			chunk = emptyChunk(spare.pop());
		}
		if (chunk.count > 0) send();
		await written;
	} finally {
		await written.catch(() => {});
		await scope.tx(async (tx) => {
			const { added, duplicates, refused, refusals } = result;
			await tx.update(imports).set({ added, duplicates, refused, refusals }).where(eq(imports.id, id));
			await audit(tx, scope, 'examples.imported', id, { fileName, added, duplicates, refused });
			await announce(tx, `project:${projectId}`, projectId);
		});
	}
	if (result.added + result.duplicates + result.refused === 0) {
		throw new AppError('invalid', 'The file is empty. Choose one with an example on each line.', 'file');
	}
	return result;
};

/** Moves what is staged into the project, under the team's policies. Returns how many were new. */
const addStaged = async (
	tx: Tx,
	scope: Scope,
	{ projectId, importId, chunk }: { projectId: string; importId: string; chunk: Chunk }
): Promise<number> => {
	const sql = tx.$client;
	const size = chunk.seen.size;
	if (chunk.splits > 0) await clearLeakingSplits(tx, projectId);

	// The update makes imports into one project wait for each other. What is there already keeps its number, which leaves a gap.
	const insert = async (known: 'refused' | 'skipped') => {
		const { count } = await sql`
			with numbers as (
				update projects set next_example = next_example + ${size} where id = ${projectId} returning next_example - ${size} as first
			)
			insert into examples (id, project_id, number, messages, source, content_hash, prompt_hash, tokens, split, origin, import_id, created_by)
			select id, ${projectId}, first + place, messages, source, content_hash, prompt_hash, tokens, split, 'import', ${importId}, ${scope.userId}
			from stage, numbers
			${known === 'skipped' ? sql`on conflict (team_id, project_id, prompt_hash, content_hash) where deleted_at is null do nothing` : sql``}`;
		return count;
	};
	// Skipping what is known asks the index twice for every row. Most files are all new, so that is tried first.
	const savepoint = sql`savepoint hopeful`.execute();
	savepoint.catch(() => {}); // awaited below; a connection that dies must not leave it unhandled
	const count = await insert('refused').catch(async (problem) => {
		if (problem.code !== '23505') throw problem;
		await sql`rollback to savepoint hopeful`;
		return insert('skipped');
	});
	await savepoint;
	if (count === 0) await sql`update projects set next_example = next_example - ${size} where id = ${projectId}`;
	else if (chunk.opinions > 0) await addOpinions(tx, scope, projectId);
	return count;
};

/** The scores and rewrites of the file count as those of the person who brought it, for the examples that are new. */
const addOpinions = async (tx: Tx, scope: Scope, projectId: string) => {
	const sql = tx.$client;
	await sql`
		insert into rewrites (project_id, example_id, person_id, output, client_id)
		select ${projectId}, id, ${scope.userId}, stage.rewrite, gen_random_uuid()
		from stage join examples using (id) where stage.rewrite is not null`;
	await sql`
		insert into ratings (project_id, example_id, person_id, score, client_id)
		select ${projectId}, id, ${scope.userId}, stage.rating, gen_random_uuid()
		from stage join examples using (id) where stage.rating is not null`;
};

/** A split in the file is taken over unless its prompt already stands on the other side, here or in the file itself. */
const clearLeakingSplits = async (tx: Tx, projectId: string) => {
	const sql = tx.$client;
	await sql`select from projects where id = ${projectId} for update`; // nobody adds the other side meanwhile
	await sql`
		update stage s set split = null
		where s.split is not null and (
			exists (select from stage o where o.prompt_hash = s.prompt_hash and o.split <> s.split)
			or exists (
				select from examples e
				where e.project_id = ${projectId} and e.prompt_hash = s.prompt_hash
					and (e.trained or (e.split = 'validation' and e.deleted_at is not null) or e.deleted_at is null)
					and (e.split <> s.split or (e.trained and s.split = 'validation'))
			)
		)`;
};
