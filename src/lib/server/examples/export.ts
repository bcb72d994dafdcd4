import { type SQL, and, asc, eq, gt, isNotNull, isNull, ne, or, sql } from 'drizzle-orm';
import type { ExportFormat } from '../../contract/examples.ts';
import { fullLine } from '../../core/examples/formats/full.ts';
import { preferenceLine } from '../../core/examples/formats/preference.ts';
import { chatLine } from '../../core/examples/formats/training.ts';
import type { Project, Scope, Tx } from '../access/scope.ts';
import { examples } from '../platform/db/schema.ts';
import { choicesAfter, exampleOfChoice, inTrainingFile, isThere } from './rows.ts';

/** One transaction reads so many; between two of them the connection serves others, however slowly the file is taken. */
const pageSize = 500;
/** And so many of those whose lines the database writes: none of them is long. */
const writtenAtOnce = 2000;
/** What Postgres keeps of an example in more bytes than this is long, */
const longBytes = 4000;
/** and so is what it keeps in fewer, but has packed: a letter that comes 300,000 times takes 3 kB. Two thousand such lines are no field. */
const longUnpacked = 16_000;
/** So much of what is long is read in one go. */
const mostBytes = 1_000_000;

const columns = {
	id: examples.id,
	number: examples.number,
	messages: examples.messages,
	rating: examples.rating,
	rewrite: examples.rewrite,
	split: examples.split,
	source: examples.source
};
type Row = Pick<typeof examples.$inferSelect, keyof typeof columns>;
/** Which examples a file has, and what each is in it. */
type Shape = { has: SQL | undefined; line: (row: Row) => string };

/** A step: pages follow the index by number, whatever the planner expects: where it takes all that is left for less than a page, it would read and sort it for each. */
const inOrder = (tx: Tx) => tx.$client`select set_config('enable_sort', 'off', true)`;

const rowsOf = (tx: Tx, has: SQL | undefined) =>
	tx.select(columns).from(examples).where(has).orderBy(asc(examples.number)).limit(pageSize);

const there = (project: Project) => and(eq(examples.projectId, project.id), isThere);

const shapeOf = (format: Exclude<ExportFormat, 'full'>, project: Project): Shape => {
	if (format !== 'preference')
		return { has: inTrainingFile(project, format), line: (row) => chatLine(row, project.systemPrompt) };
	// what measures must not train, in whatever shape
	const mayTrain = or(isNull(examples.split), ne(examples.split, 'validation'));
	return {
		// what is rewritten has an index of its own, in their order
		has: and(eq(examples.projectId, project.id), isNull(examples.deletedAt), isNotNull(examples.rewrite), mayTrain),
		line: (row) => preferenceLine({ ...row, rewrite: row.rewrite! }, project.systemPrompt)
	};
};

/** The examples of a project in one of the formats, oldest first, as pieces of JSONL. */
export async function* exportPieces(
	scope: Scope,
	project: Project,
	format: ExportFormat
): AsyncGenerator<string | Uint8Array> {
	if (format === 'full') return yield* fullPieces(scope, project);
	const { has, line } = shapeOf(format, project);
	for (let last = 0; ;) {
		const rows = await scope.tx(async (tx) => {
			await inOrder(tx);
			return rowsOf(tx, and(has, gt(examples.number, last)));
		});
		if (rows.length > 0) yield rows.map((row) => `${line(row)}\n`).join('');
		if (rows.length < pageSize) break;
		last = rows.at(-1)!.number;
	}
	if (format === 'preference') yield* choicePieces(scope, project);
}

/**
 * Everything. The database writes nearly all of the lines, and they are handed on as the bytes they arrive in. Two pages are under way at a time: where
 * one ends is known long before its lines are, and while it is written and sent, the next one is written beside it.
 */
async function* fullPieces(scope: Scope, project: Project): AsyncGenerator<string | Uint8Array> {
	const pageAfter = (last: number) => {
		const { promise: end, resolve } = Promise.withResolvers<number | null>();
		const written = scope.tx(async (tx) => {
			const [, end] = await Promise.all([inOrder(tx), endAfter(tx, project.id, last)]);
			resolve(end);
			return writtenAfter(tx, project.id, last, end);
		});
		// it is awaited when its turn comes, if whoever takes the file has not left by then
		written.catch(() => resolve(null));
		return { end, written };
	};
	type Page = ReturnType<typeof pageAfter>;
	for (let page: Page | null = pageAfter(0); page !== null;) {
		const end: number | null = await page.end;
		let next: Page | null = end === null ? null : pageAfter(end);
		const { lines, count, left, highest } = await page.written;
		// full, where there was less when it was looked how far it goes
		if (next === null && count === writtenAtOnce) next = pageAfter(highest);
		if (left > 0) yield* completed(scope, project, lines);
		else if (count > 0) yield lines;
		page = next;
	}
}

/**
 * The number at which a page ends that has no more than it may; null where no more than that is left. Nearly always numbers follow one another, so it is
 * first looked whether the one that is so much larger is there.
 */
const endAfter = async (tx: Tx, projectId: string, last: number): Promise<number | null> => {
	const sql = tx.$client;
	const [found] = await sql`
		select coalesce(
			(select number from examples where project_id = ${projectId} and number = ${last + writtenAtOnce}),
			(select number from examples where project_id = ${projectId} and number > ${last} order by number offset ${writtenAtOnce - 1} limit 1)
		) as end`;
	return found!.end as number | null;
};

/**
 * The lines after a number, up to another, byte for byte as `fullLine` writes them: `messages` was written by JSON.stringify and stands as it was (`json`), a
 * text as JSON is the same for both, and a rating from 1 to 10 too. What has an imported line of its own is left to `fullLine`, which alone
 * knows its fields, and so is what is long: of both stands `[number,bytes]` here, which no line begins with.
 */
const writtenAfter = async (tx: Tx, projectId: string, last: number, end: number | null) => {
	const [found] = await tx.$client`
		select string_agg(case when is_left then concat('[', number, ',', greatest(bytes, unpacked), E']\n') else concat(
			'{"id":"', id, '","messages":', messages,
			',"rating":', coalesce(floor(rating + 0.5)::text, 'null'),
			case when rating <> floor(rating) then concat(',"meanRating":', rating) end,
			',"rewrite":' || to_json(rewrite), ',"split":"' || split || '"', E'}\n'
		) end, ''), count(*), count(*) filter (where is_left), max(number)
		from (
			select e.*, source is not null or bytes > ${longBytes} or unpacked > ${longUnpacked} as is_left
			from (
				select id, number, messages, rating, rewrite, split, source,
					pg_column_size(messages) + coalesce(pg_column_size(rewrite), 0) + coalesce(pg_column_size(source), 0) as bytes,
					case when pg_column_compression(messages) is null then 0 else octet_length(messages::text) end
						+ case when pg_column_compression(rewrite) is null then 0 else octet_length(rewrite) end
						+ case when pg_column_compression(source) is null then 0 else octet_length(source::text) end as unpacked
				from examples where project_id = ${projectId} and (deleted_at is null) is true and number > ${last}
					${end === null ? tx.$client`` : tx.$client`and number <= ${end}`}
				order by number limit ${writtenAtOnce}
			) e
		) rows`.raw();
	const [lines, count, left, highest] = found as unknown as (Buffer | null)[];
	return { lines: lines!, count: Number(count), left: Number(left), highest: Number(highest) };
};

/** The lines that the database has written, and in their places those that it has left. */
async function* completed(scope: Scope, project: Project, lines: Buffer): AsyncGenerator<string> {
	let piece: (string | number)[] = [];
	let [left, bytes]: [number[], number] = [[], 0];
	const whole = async () => {
		const rows = await scope.tx((tx) =>
			rowsOf(tx, and(there(project), sql`${examples.number} = any(${sql.param(left)}::int[])`))
		);
		const found = new Map(rows.map((row) => [row.number, fullLine(row)]));
		// one that was deleted this moment is in the file no more
		const text = piece
			.map((line) => (typeof line === 'string' ? line : found.get(line)))
			.filter((line) => line != null);
		[piece, left, bytes] = [[], [], 0];
		return text.map((line) => `${line}\n`).join('');
	};
	for (const line of lines.toString().split('\n')) {
		if (line.startsWith('[')) {
			const [number, size] = JSON.parse(line) as [number, number];
			if (left.length === pageSize || bytes + size > mostBytes) yield await whole();
			piece.push(number);
			left.push(number);
			bytes += size;
		} else if (line !== '') piece.push(line);
	}
	yield await whole();
}

/** The choices of the playground that stand, and whose prompts do not measure: the same that a training takes. */
async function* choicePieces(scope: Scope, { id }: Project): AsyncGenerator<string> {
	for (let last = 0; ;) {
		const rows = await scope.tx((tx) => choicesAfter(tx, id, last, pageSize));
		if (rows.length > 0) yield rows.map((row) => `${preferenceLine(exampleOfChoice(row))}\n`).join('');
		if (rows.length < pageSize) return;
		last = rows.at(-1)!.seq;
	}
}
