import { type SQL, sql } from 'drizzle-orm';
import type { FlawedExamples } from '../../core/runs/preflight.ts';
import type { Message } from '../../core/examples/conversation.ts';
import { controlTokenParts, controlTokenPattern } from '../../core/examples/control-tokens.ts';
import { trainedTurns, weightIn } from '../../core/examples/formats/training.ts';
import { flawsOfExample } from '../../core/examples/trainable.ts';
import type { Project, Tx } from '../access/scope.ts';

/** So many are looked at in one go, and so many of each flaw are named. */
const atOnce = 500;
const named = 5;

type Candidate = {
	id: string;
	number: number;
	messages: Message[];
	rewrite: string | null;
	source: string | null;
};

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

/**
 * Of a project the examples up to a number that did not come plainly fine: what came never changes, so its texts are read once by each process.
 * `last`: the id of the newest of them. After a backup was brought back another example has that number, and all are read anew.
 */
type Odd = { upTo: number; last: string; numbers: readonly number[] };
const known = new Map<string, Odd>();
const nothing: Odd = { upTo: 0, last: '', numbers: [] };
/** So many projects, those that were asked about last, and so many numbers of each: where there are more, they are read again. */
const most = { projects: 200, numbers: 20_000 };
/** So many texts are read in one statement, or so many bytes of them and one more. What it has found stays, also when the next one takes too long. */
const atMost = { texts: 50_000, bytes: 64 * 1024 * 1024 };

const remember = (projectId: string, odd: Odd) => {
	known.delete(projectId);
	if (odd.numbers.length <= most.numbers) known.set(projectId, odd);
	if (known.size > most.projects) known.delete(known.keys().next().value!);
};

type Place = { number: number; id: string };

/** A step: the newest example of a project, or the newest up to a number. */
const newestIn = async (tx: Tx, projectId: string, upTo = 2_147_483_647): Promise<Place | undefined> => {
	const [found] = await tx.execute<Place>(sql`
		select e.number, e.id from examples e where e.project_id = ${projectId} and e.number <= ${upTo}
		order by e.project_id, e.number desc limit 1`);
	return found;
};

/** A step: where the next piece ends. How long texts are is told without reading them, except for what repeats itself, by its tokens. */
const pieceBehind = async (tx: Tx, projectId: string, { upTo }: Odd): Promise<Place | undefined> => {
	const [found] = await tx.execute<Place>(sql`
		select number, id from (
			select e.number, e.id, row_number() over by_number as place,
				sum(greatest(pg_column_size(e.messages), 4 * e.tokens::bigint) + coalesce(pg_column_size(e.source), 0)) over by_number as bytes
			from (
				select * from examples x where x.project_id = ${projectId} and x.number > ${upTo} order by x.project_id, x.number limit ${atMost.texts}
			) e
			window by_number as (order by e.number)
		) rows
		where place = 1 or bytes <= ${atMost.bytes} order by number desc limit 1`);
	return found;
};

/**
 * A step: the examples of a project that did not come plainly fine, deleted ones too. For transactions that only look. Numbers are given under a
 * lock that is held until they stand there: none comes below another later.
 */
const oddIn = async (tx: Tx, projectId: string): Promise<readonly number[]> => {
	const newest = await newestIn(tx, projectId);
	let odd = known.get(projectId) ?? nothing;
	if (odd !== nothing && (await newestIn(tx, projectId, odd.upTo))?.id !== odd.last) odd = nothing;
	while (odd.upTo < (newest?.number ?? 0)) {
		const end = await pieceBehind(tx, projectId, odd);
		if (!end) break;
		const found = await tx.execute<{ number: number }>(sql`
			select e.number from examples e cross join lateral (select e.messages::text as text offset 0) said
			where e.project_id = ${projectId} and e.number > ${odd.upTo} and e.number <= ${end.number} and not ${cameFine(sql`said.text`)}`);
		odd = { upTo: end.number, last: end.id, numbers: [...odd.numbers, ...found.map(({ number }) => number)] };
		remember(projectId, odd);
	}
	remember(projectId, odd);
	return odd.numbers;
};

/** A step: the numbers of those whose rewrite has a control token. */
const rewrittenOddly = (tx: Tx, projectId: string) =>
	tx.execute<{ number: number }>(sql`
		select e.number from examples e
		where e.project_id = ${projectId} and e.deleted_at is null and e.rewrite is not null
			and not (${hasNone(sql`e.rewrite`, controlTokenParts)}) and e.rewrite ~ ${controlTokenPattern}`);

/** A step: those with these numbers that a training takes. Each is looked up by its number, however few a planner takes a project for. */
const candidates = (tx: Tx, project: Project, numbers: readonly number[]) =>
	tx.execute<Candidate>(sql`
		select e.id, e.number, e.messages, e.rewrite, e.source
		from unnest(${sql.param(numbers)}::int[]) one (number) cross join lateral (
			select * from examples x where x.project_id = ${project.id} and x.number = one.number limit 1
		) e
		where e.deleted_at is null and (e.split = 'validation' or (e.split = 'train' and e.rating >= ${project.qualityThreshold}))
		order by e.number`);

const isThinking = (example: Candidate) =>
	trainedTurns(example).some(({ reasoning, reasoning_content }) => reasoning != null || reasoning_content != null);

/** A step: for what a provider would refuse the files of a run, and how many examples carry thoughts, or a weight of their own. */
export const readFlaws = async (
	tx: Tx,
	project: Project
): Promise<{ flawed: FlawedExamples[]; thoughtful: number; weighted: number }> => {
	const flawed = new Map<string, FlawedExamples>();
	let [thoughtful, weighted] = [0, 0];
	const odd = new Set(await oddIn(tx, project.id));
	for (const { number } of await rewrittenOddly(tx, project.id)) odd.add(number);
	const numbers = [...odd].sort((one, two) => one - two);
	for (let from = 0; from < numbers.length; from += atOnce)
		for (const example of await candidates(tx, project, numbers.slice(from, from + atOnce))) {
			if (isThinking(example)) thoughtful++;
			if ((weightIn(example.source) ?? 1) !== 1) weighted++;
			for (const { rule, words } of flawsOfExample(example)) {
				const { id, number } = example;
				const group = flawed.get(rule) ?? { rule, words, count: 0, examples: [] };
				flawed.set(rule, group);
				group.count++;
				if (group.examples.length < named) group.examples.push({ id, number });
			}
		}
	return { flawed: [...flawed.values()], thoughtful, weighted };
};
