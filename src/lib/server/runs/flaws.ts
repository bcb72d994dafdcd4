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
 * A step: those that are not plainly fine, by number. Plain is what begins with the user, or a system prompt, and takes turns in
 * text alone: nearly all, and the database sees it without sending the texts here. It looks at JSON as it is written, once for each example:
 * a turn with a \\u0000 anywhere is refused by whatever reads a field of it.
 */
const candidates = (tx: Tx, project: Project, after: number) => {
	const text = sql`said.text`;
	return tx.execute<Candidate>(sql`
		select e.id, e.number, e.messages, e.rewrite, e.source
		from examples e cross join lateral (select e.messages::text as text offset 0) said
		where e.project_id = ${project.id} and e.deleted_at is null and e.number > ${after}
			and (e.split = 'validation' or (e.split = 'train' and e.rating >= ${project.qualityThreshold}))
			and not coalesce(
				${hasNone(text, ['"tool_call', '"weight":', '"reasoning'])}
				and (${hasNone(text, controlTokenParts)} or ${text} !~ ${controlTokenPattern})
				and (e.rewrite is null or ${hasNone(sql`e.rewrite`, controlTokenParts)} or e.rewrite !~ ${controlTokenPattern})
				and (e.source is null or ${hasNone(sql`e.source`, ['"tools"', '"functions"', '"weight"'])})
				and (${asksOnce(text)} or case when strpos(${text}, ${'\\u0000'}) = 0 then ${takesTurns} end), false)
		order by e.number limit ${atOnce}`);
};

const isThinking = (example: Candidate) =>
	trainedTurns(example).some(({ reasoning, reasoning_content }) => reasoning != null || reasoning_content != null);

/** A step: for what a provider would refuse the files of a run, and how many examples carry thoughts, or a weight of their own. */
export const readFlaws = async (
	tx: Tx,
	project: Project
): Promise<{ flawed: FlawedExamples[]; thoughtful: number; weighted: number }> => {
	const flawed = new Map<string, FlawedExamples>();
	let [thoughtful, weighted] = [0, 0];
	for (let last = 0; ;) {
		const page = await candidates(tx, project, last);
		for (const example of page) {
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
		if (page.length < atOnce) return { flawed: [...flawed.values()], thoughtful, weighted };
		last = page.at(-1)!.number;
	}
};
