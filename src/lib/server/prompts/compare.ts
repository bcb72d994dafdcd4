// Which prompts of the pool nearly ask the same, and which ask what an example or a preference does (core/examples/near.ts).
import { and, asc, eq, or, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import type { Message } from '../../core/examples/example.ts';
import { Families, type Sayings, makingIndex, mostAtOnce, sayingsOf } from '../../core/examples/near.ts';
import { withAnswer } from '../../core/prompts/pool.ts';
import { isRest } from '../../core/steps.ts';
import type { ProjectScope, Scope, Tx } from '../access/scope.ts';
import { awaitCompared, compareExamples, sayingsIn } from '../examples/compare.ts';
import { standingChoices } from '../examples/rows.ts';
import { enqueue } from '../jobs/queue.ts';
import { besideOthers, inSteps } from '../platform/beside.ts';
import { examples, playgroundPairs, projects, prompts } from '../platform/db/schema.ts';
import { learnsNow } from './rows.ts';

type State = { compared: string; now: string; size: number; pool: number };

/** A step: what the pool was compared with last, and what there is now: its newest prompt, example (and how far those are compared) and preference. */
const stateOf = async (tx: Tx, projectId: string): Promise<State> => {
	const [found] = await tx.execute<{
		compared: string;
		prompt: number;
		example: number;
		done: number;
		pair: number;
	}>(sql`
		select p.prompts_compared as compared, p.compared as done, p.next_prompt - 1 as prompt,
			coalesce((select e.number from examples e where e.project_id = p.id order by e.project_id, e.number desc limit 1), 0) as example,
			coalesce((select c.seq from playground_pairs c where c.project_id = p.id order by c.project_id, c.seq desc limit 1), 0)::int as pair
		from projects p where p.id = ${projectId}`);
	const { compared = '', prompt = 0, example = 0, done = 0, pair = 0 } = found ?? {};
	return { compared, now: `${prompt}/${example}/${done}/${pair}`, size: prompt + example, pool: prompt };
};

/** Whether what is near in the pool is known. An empty one has nothing to compare. */
const isKnown = ({ compared, now, pool }: State) => pool === 0 || compared === now;

/** A step: whether new prompts or examples wait to be compared. */
export const isComparing = async (tx: Tx, projectId: string): Promise<boolean> =>
	!isKnown(await stateOf(tx, projectId));

type Known = { name: string; sayings: Sayings };
type Asked = { id: string; hash: string; sayings: Sayings };

/** What the prompts may be near to: examples by their family, or their hash where they have none, and preferences by their hash. */
const knownIn = async (scope: Scope, projectId: string): Promise<Known[]> => {
	const found = await sayingsIn(scope, projectId);
	const { families, pairs } = await scope.tx(async (tx) => ({
		families: await tx
			.select({ hash: examples.promptHash, family: examples.family })
			.from(examples)
			.where(and(eq(examples.projectId, projectId), sql`${examples.family} is not null`)),
		pairs: await tx
			.select({ hash: playgroundPairs.promptHash, prompt: playgroundPairs.prompt })
			.from(playgroundPairs)
			// what a run was sent is learnt, also when it was taken back afterwards
			.where(or(standingChoices(projectId), and(eq(playgroundPairs.projectId, projectId), sql`ordered`)))
	}));
	const familyOf = new Map(families.map(({ hash, family }) => [hash.toString('hex'), family!.toString('hex')]));
	return [
		...found.map(({ hash, sayings }) => ({ name: familyOf.get(hash) ?? hash, sayings })),
		...pairs.map(({ hash, prompt }) => ({ name: hash.toString('hex'), sayings: sayingsOf(withAnswer(prompt)) }))
	];
};

/** What was deleted and has been asked stays among them: what nearly asks the same has been asked. */
const askedIn = (tx: Tx, projectId: string) =>
	tx
		.select({ id: prompts.id, hash: prompts.promptHash, messages: prompts.messages })
		.from(prompts)
		.where(
			and(
				eq(prompts.projectId, projectId),
				sql`(${prompts.deletedAt} is null or exists (select from pairings a where a.team_id = ${prompts.teamId} and a.prompt_id = ${prompts.id}))`
			)
		)
		.orderBy(asc(prompts.number));

/** Of each prompt its family in the pool, and what else is near it, directly or by others between them. */
const compared = async (known: readonly Known[], asked: readonly Asked[], signal?: AbortSignal) => {
	const all = [...known, ...asked];
	const rest = besideOthers();
	const index = await inSteps(makingIndex(all.map(({ sayings }) => sayings)), rest);
	const families = new Families();
	for (const [at, { sayings }] of all.entries()) {
		const { twins } = await inSteps(index.adding(sayings), rest);
		for (const twin of twins) families.join(at, twin);
		signal?.throwIfAborted();
	}
	const names = await inSteps(
		families.naming(
			asked.map(({ hash }) => hash),
			known.length
		),
		rest
	);
	const near = new Map(asked.map((_, at) => [families.of(known.length + at), new Set<string>()]));
	for (const [at, { name }] of known.entries()) {
		near.get(families.of(at))?.add(name);
		if (isRest(at)) await rest();
	}
	const lists = new Map([...near].map(([family, some]) => [family, [...some].join(',')]));
	return asked.map(({ id, hash }, at) => ({
		id,
		family: names.get(hash) ?? '',
		near: lists.get(families.of(known.length + at))!
	}));
};

/** Compares the prompts of a pool with each other, and with all that trains or may, where there is something new. Again does nothing. */
export const comparePrompts = async (scope: Scope, projectId: string, signal?: AbortSignal): Promise<void> => {
	const state = await scope.tx((tx) => stateOf(tx, projectId));
	if (isKnown(state)) return;
	const known = await knownIn(scope, projectId);
	const rows = await scope.tx((tx) => askedIn(tx, projectId));
	const rest = besideOthers();
	const asked: Asked[] = [];
	for (const { id, hash, messages } of rows) {
		asked.push({ id, hash: hash.toString('hex'), sayings: sayingsOf(withAnswer(messages)) });
		await rest();
	}
	const found = await compared(known, asked, signal);
	const list = (values: string[]) => sql.param(`{${values.map((value) => `"${value}"`).join(',')}}`);
	const isKept = await scope.tx(async (tx) => {
		const kept = await tx
			.update(projects)
			.set({ promptsCompared: state.now })
			.where(and(eq(projects.id, projectId), eq(projects.promptsCompared, state.compared)))
			.returning({ id: projects.id });
		// something came back meanwhile, or somebody else has compared them
		if (kept.length === 0) return false;
		await tx.execute(sql`
			update prompts p set family = decode(nullif(f.family, ''), 'hex'), near = coalesce(string_to_array(nullif(f.near, ''), ','), '{}')
			from (
				select * from unnest(${list(found.map(({ id }) => id))}::uuid[], ${list(found.map(({ family }) => family))}::text[],
					${list(found.map(({ near }) => near))}::text[]) as f(id, family, near)
			) f
			where p.id = f.id`);
		return true;
	});
	if (!isKept) await comparePrompts(scope, projectId, signal);
};

/**
 * Sees to it that what is near is known before prompts are chosen: at once in a small project, else a job does it, and this throws
 * *conflict*. Stands before the transaction that chooses.
 */
export const awaitPromptsCompared = async (scope: ProjectScope): Promise<void> => {
	await awaitCompared(scope);
	const projectId = scope.project.id;
	const state = await scope.tx((tx) => stateOf(tx, projectId));
	if (isKnown(state)) return;
	if (state.size <= mostAtOnce) return comparePrompts(scope, projectId);
	await scope.tx((tx) => enqueue(tx, 'project.comparePrompts', { projectId }));
	throw new AppError(
		'conflict',
		'The prompts are being compared with each other and with the examples, so that none is asked that a model knows. Try again in a moment.'
	);
};

/** The same for a page that only looks: in a large project it shows what is known, and the job goes on. What only reads compares nothing. Whether all is known. */
export const promptsComparedAsFarAs = async (scope: ProjectScope): Promise<boolean> => {
	if (scope.isGlance) return false;
	return awaitPromptsCompared(scope).then(
		() => true,
		(problem) => {
			if (!(problem instanceof AppError)) throw problem;
			return false;
		}
	);
};

/** The job: what examples have to do with each other comes first, since prompts go by their families. */
export const compareAll = async (scope: Scope, projectId: string, signal: AbortSignal): Promise<void> => {
	await compareExamples(scope, projectId, signal);
	await comparePrompts(scope, projectId, signal);
};

/** An example that trains and nearly asks the same; null for none. */
export type Near = { id: string; number: number; trained: boolean } | null;
/** What stands in the way of each of these. Not within a transaction: long texts take seconds, and others go on meanwhile. */
export type FindNear = (list: readonly (readonly Message[])[]) => Promise<Near[]>;

/** With more than so many that train nobody waits for it on the way in: comparing the pool finds what is near. */
const mostCompared = 3000;

/** Tells whether a new prompt nearly asks what an example does that trains, or was learnt. */
export const nearFinder = async (scope: ProjectScope): Promise<FindNear> => {
	const { id: projectId } = scope.project;
	const rows = await scope.tx((tx) =>
		tx
			.select({
				id: examples.id,
				number: examples.number,
				messages: examples.messages,
				trained: sql<boolean>`${examples.trained} or ${examples.reserved}`
			})
			.from(examples)
			.where(and(eq(examples.projectId, projectId), learnsNow))
			.limit(mostCompared + 1)
	);
	if (rows.length === 0 || rows.length > mostCompared) return async (list) => list.map(() => null);
	const rest = besideOthers();
	const known: Sayings[] = [];
	for (const { messages } of rows) {
		known.push(sayingsOf(messages));
		await rest();
	}
	const index = await inSteps(makingIndex(known), rest);
	for (const sayings of known) await inSteps(index.adding(sayings), rest);
	return async (list) => {
		const found: Near[] = [];
		for (const messages of list) {
			const { twins } = await inSteps(index.adding(sayingsOf(withAnswer(messages))), rest);
			const twin = twins.find((at) => at < rows.length);
			const row = twin === undefined ? null : rows[twin]!;
			found.push(row && { id: row.id, number: row.number, trained: row.trained });
		}
		return found;
	};
};
