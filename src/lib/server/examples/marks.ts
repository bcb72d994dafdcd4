import { setTimeout } from 'node:timers/promises';
import { type SQL, and, eq, gt, lt, lte, or, sql } from 'drizzle-orm';
import { controlTokenParts, controlTokenPattern } from '../../core/examples/control-tokens.ts';
import type { Message } from '../../core/examples/conversation.ts';
import { type ExampleMark, marksOf, marksVersion } from '../../core/examples/marks.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { eachOf } from '../jobs/each.ts';
import { exampleMarks, projects } from '../platform/db/schema.ts';

// What a checklist has to say of an example as it came never changes, so it is kept: whoever writes an example writes its marks with it, and the janitor
// those of what an older version wrote, or other rules judged.

/** Whether a text has none of these parts: a twentieth of what an expression costs, which then is asked of hardly any. */
const hasNone = (text: SQL, parts: readonly string[]): SQL =>
	sql.join(
		parts.map((part) => sql`strpos(${text}, ${part}) = 0`),
		sql` and `
	);

/** How messages are kept: `JSON.stringify`, in which no quotation mark of a text stands without a backslash before it. */
const by = '"role":';
const turnOf = (role: string) => `{${by}"${role}","content":"`;

/**
 * One question and its answer, with a system prompt or without, none of them empty: most examples, and told without reading the JSON. Where
 * a turn has its fields in another order, or an object inside has a role too, the roles that are counted are not those that are found.
 */
const asksOnce = (text: SQL): SQL => sql`(
	case octet_length(${text}) - octet_length(replace(${text}, ${by}, ''))
		when ${2 * by.length} then starts_with(${text}, ${`[${turnOf('user')}`})
		when ${3 * by.length} then starts_with(${text}, ${`[${turnOf('system')}`})
			and strpos(${text}, ${`},${turnOf('user')}`}) between 1 and strpos(${text}, ${`},${turnOf('assistant')}`})
	end
	and strpos(${text}, ${`},${turnOf('assistant')}`}) > 0
	and ${hasNone(text, ['"content":""', '"content":" '])})`;

/** Turns of users and the assistant in their order, each with a text. */
const takesTurns = sql`(
	select string_agg(case when (turn -> 'content')::text ~ '^"\\s*"$' then 'x' else case (turn -> 'role')::text
		when '"system"' then 's' when '"user"' then 'u' when '"assistant"' then 'a' else 'x' end end, '' order by place)
	from json_array_elements(e.messages) with ordinality as turns (turn, place)
) ~ '^s?(ua)+$'`;

/**
 * Whether an example came plainly fine. Plain is what begins with the user, or a system prompt, and takes turns in text alone: nearly all, and the
 * database sees it without sending the texts here. It looks at JSON as it is written: a turn with a \\u0000 anywhere is refused by whatever reads a
 * field of it.
 */
const cameFine = (text: SQL) => sql`coalesce(
	${hasNone(text, ['"tool_call', '"weight":', '"reasoning'])}
	and (${hasNone(text, controlTokenParts)} or ${text} !~ ${controlTokenPattern})
	and (e.source is null or ${hasNone(sql`e.source`, ['"tools"', '"functions"', '"weight"'])})
	and (${asksOnce(text)} or case when strpos(${text}, ${'\\u0000'}) = 0 then ${takesTurns} end), false)`;

/** Whether a rewrite has what its example did not come with. Only a control token can: it is one turn, in place of the answer. */
export const isOddRewrite = (rewrite: SQL): SQL =>
	sql`not (${hasNone(rewrite, controlTokenParts)}) and ${rewrite} ~ ${controlTokenPattern}`;

/** So many texts are read in one statement, or so many bytes of them and one more. */
const atMost = { texts: 50_000, bytes: 64 * 1024 * 1024 };

/** A step: where the next piece ends; null behind the last example. How long texts are is told without reading them, except for what repeats itself, by its tokens. */
const pieceBehind = async (tx: Tx, projectId: string, behind: number): Promise<number | null> => {
	const [found] = await tx.execute<{ number: number }>(sql`
		select number from (
			select e.number, row_number() over by_number as place,
				sum(greatest(pg_column_size(e.messages), 4 * e.tokens::bigint) + coalesce(pg_column_size(e.source), 0)) over by_number as bytes
			from (
				select * from examples x where x.project_id = ${projectId} and x.number > ${behind} order by x.project_id, x.number limit ${atMost.texts}
			) e
			window by_number as (order by e.number)
		) rows
		where place = 1 or bytes <= ${atMost.bytes} order by number desc limit 1`);
	return found?.number ?? null;
};

/**
 * A step: of the next examples behind a number those that did not come plainly fine, deleted ones too; null where there is none. Numbers are given
 * under a lock that is held until they stand there: none comes below another later.
 */
export const oddBehind = async (
	tx: Tx,
	projectId: string,
	behind: number
): Promise<{ upTo: number; numbers: number[] } | null> => {
	const upTo = await pieceBehind(tx, projectId, behind);
	if (upTo === null) return null;
	// each text is put together once: as a join it would be one for each of the few rows that are expected
	const found = await tx.execute<{ number: number }>(sql`
		select e.number from (
			select x.number, x.source, x.messages, x.messages::text as text from examples x
			where x.project_id = ${projectId} and x.number > ${behind} and x.number <= ${upTo} offset 0
		) e
		where not ${cameFine(sql`e.text`)}`);
	return { upTo, numbers: found.map(({ number }) => number) };
};

type Marked = { number: number; marks: ExampleMark[] };

/** So many texts are read here at once. */
const atOnce = 500;

/** A step: the marks of the examples with these numbers that have any. */
const marksAmong = async (tx: Tx, projectId: string, numbers: readonly number[]) => {
	const found: Marked[] = [];
	for (let from = 0; from < numbers.length; from += atOnce) {
		const rows = await tx.execute<{ number: number; messages: Message[]; source: string | null }>(sql`
			select e.number, e.messages, e.source
			from unnest(${sql.param(numbers.slice(from, from + atOnce))}::int[]) one (number) cross join lateral (
				select * from examples x where x.project_id = ${projectId} and x.number = one.number limit 1
			) e`);
		for (const { number, messages, source } of rows) {
			const marks = marksOf({ messages, source });
			if (marks.length > 0) found.push({ number, marks });
		}
	}
	return found;
};

/** A step: keeps the marks of these examples, as far as they have any. */
export const keepMarks = async (tx: Tx, projectId: string, found: readonly Marked[]) => {
	const marked = found.filter(({ marks }) => marks.length > 0);
	if (marked.length === 0) return;
	await tx.execute(sql`
		insert into ${exampleMarks} (project_id, number, marks)
		select ${projectId}::uuid, one.number, string_to_array(one.marks, ',')
		from unnest(${sql.param(marked.map(({ number }) => number))}::int[], ${sql.param(marked.map(({ marks }) => marks.join(',')))}::text[]) one (number, marks)`);
};

type Place = Pick<typeof projects.$inferSelect, 'nextExample' | 'marked' | 'markedBy'>;

/** What changes of a project, of which the lock is held, with an example that comes with its marks. */
export const markedOneMore = ({ nextExample, marked, markedBy }: Place) =>
	marked === nextExample - 1 && (nextExample === 1 || markedBy === marksVersion)
		? { marked: nextExample, markedBy: marksVersion }
		: {};

/** The same of so many, where the project is changed without being read: `next_example` is still that before them. */
export const markedToo = (sql: Tx['$client'], size: number) => {
	const areAll = sql`marked = next_example - 1 and (next_example = 1 or marked_by = ${marksVersion})`;
	return sql`
		marked = case when ${areAll} then marked + ${size} else marked end,
		marked_by = case when ${areAll} then ${marksVersion} else marked_by end`;
};

/** Examples of this project have no marks, or those of an older version's rules. */
const unmarked = and(
	gt(projects.nextExample, 1),
	or(
		lt(projects.markedBy, marksVersion),
		and(eq(projects.markedBy, marksVersion), lt(projects.marked, sql`${projects.nextExample} - 1`))
	)
);

/** A step: up to which number the examples of a project have their marks, by today's rules. */
export const markedUpTo = async (tx: Tx, projectId: string): Promise<number> => {
	const [found] = await tx
		.select({ marked: projects.marked })
		.from(projects)
		.where(and(eq(projects.id, projectId), eq(projects.markedBy, marksVersion)));
	return found?.marked ?? 0;
};

/** Of one team in one go: others wait for it. */
const mostPieces = 8;
/** Whoever asks meanwhile is not to notice: two thirds of the time are theirs. */
const shareOfOthers = 2;

/** Writes the marks of what has none, a piece at a time. What was left by an older version's rules goes piece by piece. Twice at once, one of both counts. */
export const markExamples = async (scope: Scope): Promise<void> => {
	const list = await scope.look((tx) =>
		tx.select({ id: projects.id }).from(projects).where(unmarked).orderBy(projects.id)
	);
	let left = mostPieces;
	await eachOf(list, async ({ id }) => {
		for (let goesOn = true; goesOn && left > 0; left--) {
			const startedAt = performance.now();
			goesOn = await markSome(scope, id);
			await setTimeout(shareOfOthers * (performance.now() - startedAt));
		}
	});
};

const markSome = async (scope: Scope, projectId: string): Promise<boolean> => {
	const part = await scope.look(async (tx) => {
		const [was] = await tx
			.select({ marked: projects.marked, markedBy: projects.markedBy, nextExample: projects.nextExample })
			.from(projects)
			.where(and(eq(projects.id, projectId), unmarked));
		if (!was) return null;
		const behind = was.markedBy === marksVersion ? was.marked : 0;
		const found = await oddBehind(tx, projectId, behind);
		// behind the last example numbers may be used up
		if (!found) return { was, behind, upTo: was.nextExample - 1, marked: [] };
		return { was, behind, upTo: found.upTo, marked: await marksAmong(tx, projectId, found.numbers) };
	});
	if (!part) return false;
	const { was, behind, upTo, marked } = part;
	return scope.tx(async (tx) => {
		const [mine] = await tx
			.update(projects)
			.set({ marked: upTo, markedBy: marksVersion })
			.where(and(eq(projects.id, projectId), eq(projects.marked, was.marked), eq(projects.markedBy, was.markedBy)))
			.returning({ id: projects.id });
		if (!mine) return false;
		const { projectId: ofProject, number } = exampleMarks;
		await tx.delete(exampleMarks).where(and(eq(ofProject, projectId), gt(number, behind), lte(number, upTo)));
		await keepMarks(tx, projectId, marked);
		return true;
	});
};
