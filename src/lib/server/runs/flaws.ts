import { sql } from 'drizzle-orm';
import type { FlawedExamples } from '../../core/runs/preflight.ts';
import type { Message } from '../../core/examples/conversation.ts';
import { type ExampleMark, marksOf } from '../../core/examples/marks.ts';
import { flawsOfExample, trainingRules } from '../../core/examples/trainable.ts';
import type { Project, Tx } from '../access/scope.ts';
import { markedUpTo, oddBehind } from '../examples/marks.ts';

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

/** What a training takes, as `e`. */
const isTaken = ({ qualityThreshold }: Project) =>
	sql`e.deleted_at is null and (e.split = 'validation' or (e.split = 'train' and e.rating >= ${qualityThreshold}))`;

/** A step: those with these numbers that a training takes. Each is looked up by its number, however few a planner takes a project for. */
const candidates = (tx: Tx, project: Project, numbers: readonly number[]) =>
	tx.execute<Candidate>(sql`
		select e.id, e.number, e.messages, e.rewrite, e.source
		from unnest(${sql.param(numbers)}::int[]) one (number) cross join lateral (
			select * from examples x where x.project_id = ${project.id} and x.number = one.number limit 1
		) e
		where ${isTaken(project)}
		order by e.number`);

type Kept = { marks: ExampleMark[]; rewritten: boolean; count: number; numbers: number[] };

/** A step: of what has marks, and a training takes, how many have which, and the first of them; of what was rewritten since all. */
const keptMarks = (tx: Tx, project: Project, upTo: number) =>
	tx.execute<Kept>(sql`
		select marks, rewritten, count, case when rewritten then numbers else numbers[1:${named}::int] end as numbers
		from (
			select m.marks, e.rewrite is not null as rewritten, count(*)::int as count, array_agg(e.number order by e.number) as numbers
			from example_marks m cross join lateral (
				select x.number, x.rewrite, x.deleted_at, x.split, x.rating from examples x
				where x.project_id = ${project.id} and x.number = m.number limit 1
			) e
			where m.project_id = ${project.id} and m.number <= ${upTo} and ${isTaken(project)}
			group by m.marks, e.rewrite is not null
		) alike`);

/** How many have a mark, and the first of them, by number. */
class Marked {
	readonly count = new Map<ExampleMark, number>();
	readonly first = new Map<ExampleMark, number[]>();
	add(marks: readonly ExampleMark[], count: number, numbers: readonly number[]) {
		for (const mark of marks) {
			this.count.set(mark, (this.count.get(mark) ?? 0) + count);
			const all = [...(this.first.get(mark) ?? []), ...numbers].sort((one, two) => one - two);
			this.first.set(mark, all.slice(0, named));
		}
	}
}

/**
 * A step: for what a provider would refuse the files of a run, and how many examples carry thoughts, or a weight of their own. `rewritten`: the numbers of
 * those whose rewrite has what they did not come with. Texts are read of what was rewritten or has no marks yet, and of the few that are named.
 */
export const readFlaws = async (
	tx: Tx,
	project: Project,
	rewritten: readonly number[]
): Promise<{ flawed: FlawedExamples[]; thoughtful: number; weighted: number }> => {
	const marked = new Marked();
	const upTo = await markedUpTo(tx, project.id);
	const unread = new Set(rewritten);
	for (const kept of await keptMarks(tx, project, upTo))
		if (kept.rewritten) for (const number of kept.numbers) unread.add(number);
		else marked.add(kept.marks, kept.count, kept.numbers);
	for (let piece = await oddBehind(tx, project.id, upTo); piece; piece = await oddBehind(tx, project.id, piece.upTo))
		for (const number of piece.numbers) unread.add(number);
	const numbers = [...unread].sort((one, two) => one - two);
	for (let from = 0; from < numbers.length; from += atOnce)
		for (const example of await candidates(tx, project, numbers.slice(from, from + atOnce)))
			marked.add(marksOf(example), 1, [example.number]);
	return {
		flawed: await described(tx, project, marked),
		thoughtful: marked.count.get('thoughts') ?? 0,
		weighted: marked.count.get('weight') ?? 0
	};
};

/** A step: the same in words, which are those of the first example of each rule. */
const described = async (tx: Tx, project: Project, { count, first }: Marked): Promise<FlawedExamples[]> => {
	const rules = trainingRules
		.filter((rule) => count.has(rule))
		.sort((one, two) => first.get(one)![0]! - first.get(two)![0]!);
	if (rules.length === 0) return [];
	const shown = await candidates(tx, project, [...new Set(rules.flatMap((rule) => first.get(rule)!))]);
	const byNumber = new Map(shown.map((example) => [example.number, example]));
	return rules.flatMap((rule) => {
		const examples = first.get(rule)!.flatMap((number) => byNumber.get(number) ?? []);
		const words = examples[0] && flawsOfExample(examples[0]).find((flaw) => flaw.rule === rule)?.words;
		// a mark that its text does not bear out is a matter of `verify`
		if (words === undefined) return [];
		return [{ rule, words, count: count.get(rule)!, examples: examples.map(({ id, number }) => ({ id, number })) }];
	});
};
