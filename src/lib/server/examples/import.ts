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
import { stageColumns, stageRow } from './rows.ts';

/** One transaction takes about this much; a crash loses the last one, and a second import of the file adds what is missing. */
const chunkCharacters = 8_000_000;
const keptRefusals = 1_000;

export type ImportResult = {
	id: string;
	added: number;
	duplicates: number;
	refused: number;
	refusals: { line: number; reason: string; text: string }[];
};

type Chunk = { rows: string[]; count: number };

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
	const refuse = (line: number, reason: string, text: string) => {
		result.refused++;
		if (result.refusals.length < keptRefusals) result.refusals.push({ line, reason, text: text.slice(0, 2_000) });
	};

	let writing: Promise<void> = Promise.resolve();
	const write = async (chunk: Chunk) => {
		const added = await scope.tx((tx) => addChunk(tx, scope, { projectId, importId: id, chunk }));
		result.added += added;
		result.duplicates += chunk.count - added;
	};
	let rows: string[] = [];
	let characters = 0;
	try {
		for await (const line of lines) {
			const parsed = line.text === null ? null : parseLine(line.text, line.number);
			if (!parsed?.ok) {
				refuse(line.number, parsed?.reason ?? line.reason ?? '', line.text ?? '');
				continue;
			}
			const row = stageRow(parsed);
			rows.push(row);
			characters += row.length;
			if (characters < chunkCharacters) continue;
			await writing; // one chunk is written while the next is read
			writing = write({ rows, count: rows.length });
			writing.catch(() => {}); // awaited above or below
			rows = [];
			characters = 0;
		}
		await writing;
		if (rows.length > 0) await write({ rows, count: rows.length });
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
		for (const row of chunk.rows) copy.write(row);
		copy.end();
	});
	await sql`analyze stage`;
	const [first] = await sql`select next_example from projects where id = ${projectId} for update`;
	await clearLeakingSplits(tx, projectId);

	// numbers without gaps: what is there already, and a line's twins further down, get none
	const added = await sql`
		with fresh as (
			select distinct on (s.content_hash) s.* from stage s
			where not exists (
				select from examples e
				where e.project_id = ${projectId} and e.content_hash = s.content_hash and e.deleted_at is null
			)
			order by s.content_hash, s.line
		),
		made as (
			insert into examples (project_id, number, messages, rewrite, source, content_hash, prompt_hash, tokens, split, origin, import_id, created_by)
			select ${projectId}, ${first!.next_example as number} - 1 + row_number() over (order by line),
				messages, rewrite, source, content_hash, prompt_hash, tokens, split, 'import', ${importId}, ${scope.userId}
			from fresh
			returning id, content_hash
		)
		select made.id, fresh.rating, fresh.rewrite is not null as rewritten
		from made join fresh using (content_hash)`;
	if (added.length === 0) return 0;
	await sql`update projects set next_example = next_example + ${added.length} where id = ${projectId}`;
	const rated = added.filter((row) => row.rating !== null);
	if (rated.length > 0 && scope.userId) {
		// the scores of the file count as those of the person who brought it
		await sql`
			insert into ratings (project_id, example_id, person_id, score, client_id)
			select ${projectId}, id, ${scope.userId}, score, gen_random_uuid()
			from unnest(${rated.map((row) => row.id)}::uuid[], ${rated.map((row) => row.rating)}::smallint[]) as given (id, score)`;
	}
	return added.length;
};

/** A split in the file is taken over unless its prompt already stands on the other side, here or in the file itself. */
const clearLeakingSplits = async (tx: Tx, projectId: string) => {
	const sql = tx.$client;
	const [any] = await sql`select true from stage where split is not null limit 1`;
	if (!any) return;
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
