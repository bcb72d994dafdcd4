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

/**
 * A step: those that are not plainly fine, by number. Plain is what begins with the user, or a system prompt, and takes turns in
 * text alone: nearly all, and the database sees it without sending the texts here. It looks at JSON as it is written, because
 * reading the text of a field refuses \\u0000 in any other.
 */
const candidates = (tx: Tx, project: Project, after: number) =>
	tx.execute<Candidate>(sql`
		select e.id, e.number, e.messages, e.rewrite, e.source from examples e
		where e.project_id = ${project.id} and e.deleted_at is null and e.number > ${after}
			and (e.split = 'validation' or (e.split = 'train' and e.rating >= ${project.qualityThreshold}))
			and not (
				${hasNone(sql`e.messages::text`, ['"tool_call', '"weight":', '"reasoning'])}
				and (${hasNone(sql`e.messages::text`, controlTokenParts)} or e.messages::text !~ ${controlTokenPattern})
				and coalesce(e.rewrite, '') !~ ${controlTokenPattern}
				and coalesce(e.source, '') !~ '"(tools|functions|weight)"'
				and (
					select string_agg(case when (turn -> 'content')::text ~ '^"\\s*"$' then 'x' else case (turn -> 'role')::text
						when '"system"' then 's' when '"user"' then 'u' when '"assistant"' then 'a' else 'x' end end, '' order by place)
					from json_array_elements(e.messages) with ordinality as turns (turn, place)
				) ~ '^s?(ua)+$'
			)
		order by e.number limit ${atOnce}`);

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
