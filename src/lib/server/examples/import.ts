import { eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import type { Line } from '../../core/import/lines.ts';
import { parseLine } from '../../core/import/parse.ts';
import { authorize } from '../../core/permissions.ts';
import { audit } from '../audit.ts';
import { imports } from '../db/schema.ts';
import { projectOf } from '../projects.ts';
import { announce } from '../realtime/announce.ts';
import type { Scope, Tx } from '../scope.ts';
import { type Accepted, stageColumns, stageRow } from './rows.ts';

/** One transaction takes about this much; a crash loses the last one, and a second import of the file adds what is missing. */
const chunkCharacters = 3_000_000;
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

/** Rows for COPY, each conversation once; `count` has the twins too. */
type Chunk = { rows: string[]; seen: Set<string>; characters: number; count: number; splits: number; opinions: number };
const emptyChunk = (): Chunk => ({ rows: [], seen: new Set(), characters: 0, count: 0, splits: 0, opinions: 0 });

const put = (chunk: Chunk, line: Accepted) => {
	chunk.count++;
	const { row, hash } = stageRow(line);
	if (chunk.seen.has(hash)) return;
	chunk.seen.add(hash);
	chunk.rows.push(row);
	chunk.characters += row.length;
	if (line.split !== null) chunk.splits++;
	if (line.rating !== null || line.rewrite !== null) chunk.opinions++;
};

/**
 * Puts every good line into the project: new ones only, so that the same file twice adds nothing. Bad lines are counted, and
 * the first 1 000 kept with number and reason. Memory stays at about two chunks, whatever the file's size.
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

	let writing: Promise<void> = Promise.resolve();
	const write = async (chunk: Chunk) => {
		const added = await scope.tx((tx) => addChunk(tx, scope, { projectId, importId: id, chunk }));
		// the planner has not heard of a table that grew this minute, and would read all of it for one row
		if (result.added === 0 && added > 2_000) await scope.tx((tx) => tx.$client`select refresh_statistics()`);
		result.added += added;
		result.duplicates += chunk.count - added;
	};
	let chunk = emptyChunk();
	try {
		for await (const line of lines) {
			const parsed = line.text === null ? null : parseLine(line.text, line.number);
			if (!parsed?.ok) {
				refuse(line.number, parsed?.reason ?? line.reason ?? '', line.text ?? '');
				continue;
			}
			put(chunk, parsed);
			if (chunk.characters < chunkCharacters) continue;
			await writing; // one chunk is written while the next is read
			writing = write(chunk);
			writing.catch(() => {}); // awaited above or below
			chunk = emptyChunk();
		}
		await writing;
		if (chunk.count > 0) await write(chunk);
	} finally {
		await writing.catch(() => {});
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

/**
 * COPY is refused on a table with row level security: into a temporary table first, then INSERT … SELECT under the team's
 * policies. Raw SQL on the same connection, because drizzle has no word for COPY.
 */
const addChunk = async (
	tx: Tx,
	scope: Scope,
	{ projectId, importId, chunk }: { projectId: string; importId: string; chunk: Chunk }
): Promise<number> => {
	const sql = tx.$client;
	await sql`create temp table stage (
		line int, messages json, rewrite text, source text, content_hash bytea, prompt_hash bytea, tokens int, rating smallint, split text
	) on commit drop`;
	const copy = await sql.unsafe(`copy stage (${stageColumns}) from stdin`).writable();
	await new Promise<void>((done, failed) => {
		copy.once('error', failed);
		copy.once('finish', done);
		for (let i = 0; i < chunk.rows.length; i += 100) copy.write(chunk.rows.slice(i, i + 100).join(''));
		copy.end();
	});
	const [project] = await sql`select next_example from projects where id = ${projectId} for update`;
	if (chunk.splits > 0) await clearLeakingSplits(tx, projectId);

	// A temporary table is read in the order of its lines. What is there already keeps its number, which leaves a gap here.
	// The scores and rewrites of the file count as those of the person who brought it.
	const [made] = await sql`
		with made as (
			insert into examples (project_id, number, messages, source, content_hash, prompt_hash, tokens, split, origin, import_id, created_by)
			select ${projectId}, ${project!.next_example as number}::int - 1 + row_number() over (),
				messages, source, content_hash, prompt_hash, tokens, split, 'import', ${importId}, ${scope.userId}
			from stage
			on conflict (team_id, project_id, content_hash) where deleted_at is null do nothing
			returning id, content_hash
		),
		words as (
			insert into rewrites (project_id, example_id, person_id, output, client_id)
			select ${projectId}, made.id, ${scope.userId}, rewrite, gen_random_uuid()
			from made join stage using (content_hash) where ${chunk.opinions > 0} and rewrite is not null
		),
		scores as (
			insert into ratings (project_id, example_id, person_id, score, client_id)
			select ${projectId}, made.id, ${scope.userId}, rating, gen_random_uuid()
			from made join stage using (content_hash) where ${chunk.opinions > 0} and rating is not null
		)
		select count(*)::int as count from made`;
	const count = made!.count as number;
	if (count > 0)
		await sql`update projects set next_example = next_example + ${chunk.rows.length} where id = ${projectId}`;
	return count;
};

/** A split in the file is taken over unless its prompt already stands on the other side, here or in the file itself. */
const clearLeakingSplits = async (tx: Tx, projectId: string) => {
	const sql = tx.$client;
	await sql`
		update stage s set split = null
		where s.split is not null and (
			exists (select from stage o where o.prompt_hash = s.prompt_hash and o.split <> s.split)
			or exists (
				select from examples e
				where e.project_id = ${projectId} and e.prompt_hash = s.prompt_hash
					and (e.split <> s.split or (e.trained and s.split = 'validation'))
			)
		)`;
};
