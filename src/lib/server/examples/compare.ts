import { and, asc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { Families, type Sayings, makingIndex, mostAtOnce, sayingsOf } from '../../core/examples/near.ts';
import { isRest } from '../../core/steps.ts';
import type { ProjectScope, Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { besideOthers, inSteps } from '../platform/beside.ts';
import { examples, projects } from '../platform/db/schema.ts';

/** With more than so many only what says exactly the same is known: comparing them all would take a gigabyte and minutes. */
export const mostCompared = 100_000;
const rowsAtOnce = 2000;

/** What has a side, had one for good, or may get one. */
const isHeld = or(isNull(examples.deletedAt), examples.trained, examples.reserved, eq(examples.split, 'validation'));

/** A step: how many examples of a project have not been compared with the others, and the number of the newest. */
const waiting = async (tx: Tx, projectId: string) => {
	const [found] = await tx.execute<{ newest: number; compared: number }>(sql`
		select p.compared, coalesce((
			select e.number from examples e where e.project_id = p.id order by e.project_id, e.number desc limit 1
		), 0) as newest from projects p where p.id = ${projectId}`);
	const { newest = 0, compared = 0 } = found ?? {};
	return { newest, compared, count: Math.max(0, newest - compared) };
};

/** `number`: of the first example that asks it; `family`: as far as it was compared. */
type Prompt = { hash: string; sayings: Sayings; number: number; family: string | null };

const promptsAfter = async (tx: Tx, projectId: string, after: number) =>
	tx
		.select({
			number: examples.number,
			hash: examples.promptHash,
			family: examples.family,
			messages: examples.messages
		})
		.from(examples)
		.where(and(eq(examples.projectId, projectId), gt(examples.number, after), isHeld))
		.orderBy(asc(examples.number))
		.limit(rowsAtOnce);

/**
 * For each prompt that nearly asks the same as others the smallest hash among them, by its hash. Those up to the number `compared` have
 * been compared with each other: they stay in their families, and only new ones are looked up.
 */
const familiesAmong = async (
	prompts: readonly Prompt[],
	compared: number,
	signal?: AbortSignal
): Promise<Map<string, string>> => {
	const rest = besideOthers();
	const index = await inSteps(makingIndex(prompts.map(({ sayings }) => sayings)), rest);
	const families = new Families();
	const first = new Map<string, number>();
	for (const [at, { sayings, number, family }] of prompts.entries()) {
		if (number > compared) {
			const { twins } = await inSteps(index.adding(sayings), rest);
			for (const twin of twins) families.join(at, twin);
		} else {
			await inSteps(index.keeping(sayings), rest);
			if (family !== null && first.has(family)) families.join(at, first.get(family)!);
			else if (family !== null) first.set(family, at);
		}
		signal?.throwIfAborted();
	}
	return inSteps(families.naming(prompts.map(({ hash }) => hash)), rest);
};

/** Every prompt once, read a page at a time. */
const readAll = async (read: (after: number) => ReturnType<typeof promptsAfter>): Promise<Prompt[]> => {
	const known = new Map<string, Prompt>();
	const rest = besideOthers();
	for (let after = 0; ;) {
		const rows = await read(after);
		for (const { number, hash, family, messages } of rows) {
			const name = hash.toString('hex');
			if (known.has(name)) continue;
			known.set(name, { hash: name, sayings: sayingsOf(messages), number, family: family?.toString('hex') ?? null });
			await rest();
		}
		if (rows.length < rowsAtOnce) return [...known.values()];
		after = rows.at(-1)!.number;
	}
};

/** What every example that has, had or may get a side asks, each once; nothing in a project that is too large to compare. */
export const sayingsIn = async (scope: Scope, projectId: string): Promise<Prompt[]> => {
	const { newest } = await scope.tx((tx) => waiting(tx, projectId));
	return newest > mostCompared ? [] : readAll((after) => scope.tx((tx) => promptsAfter(tx, projectId, after)));
};

/** These hashes as an array for the database: of a hundred thousand that is some megabytes. */
const listOf = async (hashes: Iterable<string>): Promise<string> => {
	const rest = besideOthers();
	const parts: string[] = [];
	for (const hash of hashes) {
		parts.push(`"\\\\x${hash}"`);
		if (isRest(parts.length)) await rest();
	}
	return `{${parts.join(',')}}`;
};
/** Two lists beside each other: prompts that nearly ask the same as others, and the names of their families. */
type Found = { hashes: string; names: string };

/**
 * A step: writes down who nearly asks the same. What stands in train beside a twin in validation leaves train, unless it was learnt:
 * validation is what measures, and stays. `newest`: up to which number all was read.
 */
const keep = async (tx: Tx, scope: Scope, projectId: string, { hashes, names }: Found, newest: number) => {
	await tx.select({ id: projects.id }).from(projects).where(eq(projects.id, projectId)).for('no key update');
	await tx.execute(sql`
		update examples e set family = f.name
		from (select * from unnest(${hashes}::bytea[], ${names}::bytea[]) as f(hash, name)) f
		where e.project_id = ${projectId} and e.prompt_hash = f.hash and e.family is distinct from f.name`);
	await tx.execute(sql`
		update examples e set family = null
		where e.project_id = ${projectId} and e.family is not null and e.prompt_hash <> all (${hashes}::bytea[])`);
	const parted = await tx.execute(sql`
		update examples e set split = null
		where e.project_id = ${projectId} and e.family is not null and e.split = 'train' and not e.trained and not e.reserved
			and e.family in (
				select o.family from examples o where o.project_id = ${projectId} and o.family is not null and o.split = 'validation'
			)`);
	await tx.update(projects).set({ compared: newest }).where(eq(projects.id, projectId));
	const { count } = parted;
	if (count > 0) await record(tx, scope, { event: 'split.parted', subject: projectId, projectId, details: { count } });
};

/** `ask`: opens a transaction for each question, or has one. */
const compareUpTo = async (
	scope: Scope,
	projectId: string,
	{ newest, compared }: { newest: number; compared: number },
	{ ask = scope.tx, signal }: { ask?: Scope['tx']; signal?: AbortSignal | undefined } = {}
): Promise<void> => {
	const prompts = await readAll((after) => ask((tx) => promptsAfter(tx, projectId, after)));
	const families = await familiesAmong(prompts, compared, signal);
	const found = { hashes: await listOf(families.keys()), names: await listOf(families.values()) };
	await ask((tx) => keep(tx, scope, projectId, found, newest));
};

/** Compares the new prompts of a project with each other and with all others, where there are new ones. Again does nothing. */
export const compareExamples = async (scope: Scope, projectId: string, signal?: AbortSignal): Promise<void> => {
	const found = await scope.tx((tx) => waiting(tx, projectId));
	if (found.count > 0 && found.newest <= mostCompared) await compareUpTo(scope, projectId, found, { signal });
};

/**
 * Sees to it that near-duplicates are known before sides are given: at once in a small project, in one transaction, else a job does it, and this throws
 * *conflict* with how many wait. In a project that is too large nobody waits, and its pages say that nothing was compared. Stands before the transaction that gives the sides.
 */
export const awaitCompared = async (scope: ProjectScope): Promise<void> => {
	const projectId = scope.project.id;
	const count = await scope.tx(async (tx) => {
		const found = await waiting(tx, projectId);
		if (found.count === 0 || found.newest > mostCompared) return 0;
		if (found.newest > mostAtOnce) return found.count;
		await compareUpTo(scope, projectId, found, { ask: (work) => work(tx) });
		return 0;
	});
	if (count === 0) return;
	await scope.tx((tx) => enqueue(tx, 'project.compare', { projectId }));
	throw new AppError(
		'conflict',
		`${count.toLocaleString('en')} new examples are being compared with the others, so that none that nearly asks the same comes to the other side. Try again in a moment.`
	);
};

/** What a pool was last compared with, where it has to be compared anew: each time another, so that who compares just now sees it. */
export const comparedAnew = sql<string>`'/' || new_id()`;

/** The same for a page that only looks: in a large project it shows what is known, and the job goes on. What only reads compares nothing. */
export const comparedAsFarAs = async (scope: ProjectScope): Promise<void> => {
	if (scope.isGlance) return;
	await awaitCompared(scope).catch((problem) => {
		if (!(problem instanceof AppError)) throw problem;
	});
};

/** How many examples still wait to be compared; null in a project that is too large for it. */
export const countWaiting = async (tx: Tx, projectId: string): Promise<number | null> => {
	const { newest, count } = await waiting(tx, projectId);
	return newest > mostCompared ? null : count;
};
