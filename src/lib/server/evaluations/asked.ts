import { type SQL, eq, sql } from 'drizzle-orm';
import { orderOf } from '../../core/evaluations/ballots.ts';
import type { PromptSource } from '../../core/evaluations/plan.ts';
import { type Message, promptOf, targetOf } from '../../core/examples/example.ts';
import { chatLine } from '../../core/examples/formats/training.ts';
import { withAnswer } from '../../core/prompts/pool.ts';
import type { Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { examples, pairings, projects, prompts } from '../platform/db/schema.ts';
import type { Pairs } from './judged-pairs.ts';
import { askable, hashList } from '../prompts/rows.ts';

/** What a pairing asks: a validation example, or a prompt of the pool, as its evaluation says. */
export const askedId = sql<string>`coalesce(${pairings.exampleId}, ${pairings.promptId})`;

/** A prompt that can be asked: its hash, that of its family, or its own where it has none, and what else is near it. */
export type Comparable = { id: string; prompt: string; family: string; near: readonly string[] };

/** So many more are looked at than are wanted: some are likely to be of one family, or to be known. */
const spare = 500;
/** Where that was not enough, more and more are looked at in one go, up to so many. */
const mostAtOnce = 20_000;

/**
 * What can be asked, one of each family: what nearly asks the same twice would be the same comparison twice. In the order of a seed, part by
 * part: of a hundred thousand examples no more are read than it takes for as many as are `wanted`.
 */
export async function* drawing(
	tx: Tx,
	projectId: string,
	from: PromptSource,
	{ seed, wanted }: { seed: number; wanted: number }
): AsyncGenerator<Comparable[]> {
	if (from === 'pool') {
		const byId = new Map((await askable(tx, projectId)).list.map((one) => [one.id, one]));
		yield orderOf([...byId.keys()], seed).map((id) => byId.get(id)!);
		return;
	}
	type Drawn = { place: string; number: number; id: string; prompt: string; family: string; leads: boolean };
	// between two parts the first of a family may be deleted, and another leads it
	const led = new Set<string>();
	for (let [last, most]: [Drawn | null, number] = [null, wanted + spare]; ; most = Math.min(mostAtOnce, 2 * most)) {
		const rows: Drawn[] = await tx.execute<Drawn>(sql`
			select place::text, number, id, encode(prompt_hash, 'hex') as prompt, encode(family, 'hex') as family, leads
			from drawn_measures(${projectId}, ${seed}, ${last?.place ?? null}, ${last?.number ?? null}, ${most})`);
		const leading = rows.filter(({ leads, family }) => leads && !led.has(family));
		for (const { family } of leading) led.add(family);
		yield leading.map(({ id, prompt, family }) => ({ id, prompt, family, near: [] }));
		if (rows.length < most) return;
		last = rows.at(-1)!;
	}
}

/** A step: which of these hashes, of prompts and families, are of an example in validation. */
export const measuredAmong = async (tx: Tx, projectId: string, names: Iterable<string>): Promise<Set<string>> => {
	const found = await tx.execute<{ name: string }>(sql`
		select encode(name, 'hex') as name from measured_among(${projectId}, ${hashList(names)}) name`);
	return new Set(found.map(({ name }) => name));
};

/** By what each of these may have been learnt. */
export const namesAsked = (list: readonly Comparable[]): ReadonlySet<string> =>
	new Set(list.flatMap(({ prompt, family, near }) => [prompt, family, ...near]));

/** Whether one of these prompts, or one of its family, is the prompt. */
export const isKnown = (prompts: ReadonlySet<string>) => (one: Comparable) =>
	prompts.has(one.prompt) || prompts.has(one.family) || one.near.some((name) => prompts.has(name));

/** A step: the number by which people call each of what was asked, by its id. */
export const numbersOf = async (tx: Tx, from: PromptSource, ids: readonly string[]): Promise<Map<string, number>> => {
	if (ids.length === 0) return new Map();
	const table = from === 'pool' ? prompts : examples;
	// one after the other by their key: for thousands at once the planner reads the whole team, which it takes for small
	const rows = await tx.execute<{ id: string; number: number }>(sql`
		select e.id, e.number from unnest(${sql.param([...ids])}::uuid[]) one (id)
		cross join lateral (select x.id, x.number from ${table} x where x.id = one.id limit 1) e`);
	return new Map(rows.map(({ id, number }) => [id, number]));
};

/** A step: by what each of what was asked may have been learnt: its hash, its family, what is near it. By its id. */
export const namesOfAsked = async (
	tx: Tx,
	from: PromptSource,
	ids: readonly string[]
): Promise<Map<string, readonly string[]>> => {
	if (from === 'pool') {
		const rows = await tx
			.select({ id: prompts.id, hash: prompts.promptHash, near: prompts.near })
			.from(prompts)
			.where(among(prompts.id, ids));
		return new Map(rows.map(({ id, hash, near }) => [id, [hash.toString('hex'), ...near]]));
	}
	// looked up one after the other, as above
	const rows = await tx.execute<{ id: string; hash: string; family: string | null }>(sql`
		select e.id, encode(e.prompt_hash, 'hex') as hash, encode(e.family, 'hex') as family
		from unnest(${sql.param([...ids])}::uuid[]) one (id)
		cross join lateral (select x.id, x.prompt_hash, x.family from examples x where x.id = one.id limit 1) e`);
	return new Map(rows.map(({ id, hash, family }) => [id, family === null ? [hash] : [hash, family]]));
};

/** A step: the families of what these evaluations of one source have asked. */
export const familiesAsked = async (
	tx: Tx,
	from: PromptSource,
	condition: SQL | undefined
): Promise<ReadonlySet<string>> => {
	const family = (table: typeof examples | typeof prompts) =>
		sql<Buffer>`coalesce(${table.family}, ${table.promptHash})`;
	const asked =
		from === 'pool'
			? await tx
					.selectDistinct({ hash: family(prompts) })
					.from(pairings)
					.innerJoin(prompts, eq(prompts.id, pairings.promptId))
					.where(condition)
			: await tx
					.selectDistinct({ hash: family(examples) })
					.from(pairings)
					.innerJoin(examples, eq(examples.id, pairings.exampleId))
					.where(condition);
	return new Set(asked.map(({ hash }) => hash.toString('hex')));
};

/** A step: those of what these pairs ask that nearly ask the same as another of them, by family; null while one has not been compared. */
export const alikeAmong = async (tx: Tx, promptsFrom: PromptSource, pairs: Pairs): Promise<string[][] | null> => {
	const table = promptsFrom === 'pool' ? prompts : examples;
	// the pool remembers the newest of its prompts that was compared before the first stroke (prompts/compare.ts)
	const upTo =
		promptsFrom === 'pool'
			? sql`coalesce(nullif(split_part(${projects.promptsCompared}, '/', 1), ''), '0')::int`
			: projects.compared;
	// looked up one after the other, as above
	const rows = await tx.execute<{ ids: string[]; areCompared: boolean }>(sql`
		select array_agg(e.id order by p.place) as ids, bool_and(e.number <= ${upTo}) as "areCompared"
		from ${pairs}
		cross join lateral (select x.id, x.project_id, x.number, x.family from ${table} x where x.id = p.asked_id limit 1) e
		cross join lateral (select * from ${projects} where ${projects.id} = e.project_id limit 1) ${projects}
		group by coalesce(encode(e.family, 'hex'), e.id::text)
		having count(*) > 1 or not bool_and(e.number <= ${upTo})`);
	if (rows.some(({ areCompared }) => !areCompared)) return null;
	return rows.map(({ ids }) => ids);
};

/** What both contenders are asked: the turns before the answer as the training wrote them, without its weights. */
export const promptFor = (messages: Message[], systemPrompt: string): Message[] => {
	const { messages: turns } = JSON.parse(chatLine({ messages, rewrite: null }, systemPrompt, { thoughts: false })) as {
		messages: Message[];
	};
	return promptOf(turns).map(({ weight: _, ...turn }) => turn as Message);
};

type Question = Pick<typeof pairings.$inferInsert, 'exampleId' | 'promptId' | 'prompt' | 'reference'>;

/** A step: what is asked with each of these, by its id, and what a person has answered to it, where somebody has. */
export const questionsOf = async (
	tx: Tx,
	{ promptsFrom, systemPrompt }: { promptsFrom: PromptSource; systemPrompt: string },
	ids: readonly string[]
): Promise<Map<string, Question>> => {
	if (promptsFrom === 'pool') {
		const rows = await tx
			.select({ id: prompts.id, messages: prompts.messages })
			.from(prompts)
			.where(among(prompts.id, ids));
		return new Map(
			rows.map(({ id, messages }) => [
				id,
				{ promptId: id, prompt: promptFor(withAnswer(messages), systemPrompt), reference: null }
			])
		);
	}
	const one = tx
		.select({ id: examples.id, messages: examples.messages, rewrite: examples.rewrite })
		.from(examples)
		.where(eq(examples.id, sql`asked.id`))
		.limit(1)
		.as('one');
	const rows = await tx
		.select({ id: one.id, messages: one.messages, rewrite: one.rewrite })
		.from(sql`unnest(${sql.param([...ids])}::uuid[]) asked (id)`)
		.crossJoinLateral(one);
	return new Map(
		rows.map((example) => [
			example.id,
			{
				exampleId: example.id,
				prompt: promptFor(example.messages, systemPrompt),
				reference: targetOf(example)
			}
		])
	);
};
