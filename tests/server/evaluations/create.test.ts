import { and, eq, inArray } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import {
	evaluations,
	examples,
	pairings,
	projects,
	runFiles,
	runs
} from '../../../src/lib/server/platform/db/schema.ts';
import { maxTokensFor, usualAnswer } from '../../../src/lib/core/evaluations/plan.ts';
import { getSetUp } from '../../../src/lib/server/evaluations/queries.ts';
import { rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { createEvaluation } from '../../../src/lib/server/evaluations/commands.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import type { NewEvaluation } from '../../../src/lib/contract/evaluations.ts';
import { addExamples, addReadyRun, conversation, newContest, wish } from '../../support/data/evaluation.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const create = async (person: Scope, slug: string, input: NewEvaluation) =>
	createEvaluation(await inProject(person, slug), input);

test('fixes the pairs, the prompts and the plan', async () => {
	const { scope, slug, run, exampleIds, project } = await newContest(6);
	await newProject(scope, { slug: 'beside' });
	const { id, number } = await create(scope, slug, wish(run.id, 4));
	const [made, pairs] = await scope.tx(async (tx) => [
		(await tx.select().from(evaluations).where(eq(evaluations.id, id)))[0]!,
		await tx.select().from(pairings).where(eq(pairings.evaluationId, id)).orderBy(pairings.position)
	]);
	expect(number).toBe(1);
	const next = await scope.tx((tx) =>
		tx.select({ slug: projects.slug, number: projects.nextEvaluation }).from(projects)
	);
	expect(Object.fromEntries(next.map((row) => [row.slug, row.number]))).toEqual({ [slug]: 2, beside: 1 });
	expect(made).toMatchObject({
		planned: 4,
		status: 'generating',
		name: 'v1 against base',
		baseModel: 'sandbox-small',
		revealedAt: null
	});
	expect(pairs.map((pair) => pair.position)).toEqual([0, 1, 2, 3]);
	expect(new Set(pairs.map((pair) => pair.exampleId)).size).toBe(4);
	for (const pair of pairs) {
		expect(exampleIds).toContain(pair.exampleId);
		expect(pair.prompt[0]).toEqual({ role: 'system', content: project.systemPrompt });
		expect(pair.prompt.at(-1)!.role).toBe('user');
		expect(pair.reference).toMatch(/^The answer to Question/);
	}
});

test('a conversation keeps its own system prompt, its earlier turns and loses its weights', async () => {
	const { scope, slug, run, project } = await newContest(0);
	const [exampleId] = await addExamples(scope, project.id, ['x?'], { split: 'validation' });
	const messages = [
		{ role: 'system' as const, content: 'Own.' },
		{ role: 'user' as const, content: 'One' },
		{ role: 'assistant' as const, content: 'Two', weight: 0 as const },
		{ role: 'user' as const, content: 'Three' },
		{ role: 'assistant' as const, content: 'Four' }
	];
	await rewriteHistory(
		'examples',
		(sql) => sql`
			update examples set messages = ${JSON.stringify(messages)}::text::json, rewrite = 'Better four' where id = ${exampleId!}`
	);
	const { id } = await create(scope, slug, wish(run.id, 1));
	const [pair] = await scope.tx((tx) => tx.select().from(pairings).where(eq(pairings.evaluationId, id)));
	expect(pair!.prompt).toEqual([
		{ role: 'system', content: 'Own.' },
		{ role: 'user', content: 'One' },
		{ role: 'assistant', content: 'Two' },
		{ role: 'user', content: 'Three' }
	]);
	expect(pair!.reference).toBe('Better four');
});

test('two runs can be compared, and each evaluation gets the next number', async () => {
	const { scope, slug, run, connection, project } = await newContest(3);
	const second = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id, version: 2 });
	const one = await create(scope, slug, wish(second.id, 3, { against: run.id }));
	const two = await create(scope, slug, wish(second.id, 3, { name: 'Mine' }));
	const rows = await scope.tx((tx) => tx.select().from(evaluations).orderBy(evaluations.number));
	expect([one.number, two.number]).toEqual([1, 2]);
	expect(rows.map((row) => [row.name, row.againstRunId])).toEqual([
		['v2 against v1', run.id],
		['Mine', null]
	]);
});

test('more pairs than prompts, a run that is not ready and a second click are refused', async () => {
	const { scope, slug, run, connection, project } = await newContest(3);
	await expect(create(scope, slug, wish(run.id, 4))).rejects.toMatchObject({
		code: 'invalid',
		field: 'pairs'
	});
	const young = await addReadyRun(scope, {
		projectId: project.id,
		connectionId: connection.id,
		version: 2,
		status: 'training'
	});
	await expect(create(scope, slug, wish(young.id, 3))).rejects.toMatchObject({
		code: 'conflict',
		field: 'runId'
	});
	await expect(create(scope, slug, wish(run.id, 3, { against: young.id }))).rejects.toMatchObject({
		field: 'against'
	});
	const twice = await Promise.allSettled([create(scope, slug, wish(run.id, 3)), create(scope, slug, wish(run.id, 3))]);
	expect(twice.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
	expect(await scope.tx((tx) => tx.$count(evaluations))).toBe(1);
});

test('the same prompt twice is one comparison; deleted and other examples are none', async () => {
	const { scope, slug, run, project, exampleIds } = await newContest(4);
	await addExamples(scope, project.id, ['Train?'], { split: 'train', from: 10 });
	await addExamples(scope, project.id, ['Nowhere?'], { split: null, from: 11 });
	await rewriteHistory(
		'examples',
		(sql) => sql`
			update examples set prompt_hash = (select prompt_hash from examples where id = ${exampleIds[1]!})
			where project_id = ${project.id} and number = 11`
	);
	await scope.tx(async (tx) => {
		await tx.update(examples).set({ deletedAt: new Date() }).where(eq(examples.id, exampleIds[0]!));
		await tx
			.update(examples)
			.set({ split: 'validation' })
			.where(and(eq(examples.projectId, project.id), eq(examples.number, 11)));
	});
	await expect(create(scope, slug, wish(run.id, 4))).rejects.toThrow('Only 3 validation prompts');
	const remove = (ids: string[]) =>
		scope.tx((tx) => tx.update(examples).set({ deletedAt: new Date() }).where(inArray(examples.id, ids)));
	await remove(exampleIds.slice(1));
	await expect(create(scope, slug, wish(run.id, 4))).rejects.toThrow(
		'Only 1 validation prompt can be compared fairly.'
	);
	await scope.tx((tx) => tx.update(examples).set({ deletedAt: new Date() }).where(eq(examples.projectId, project.id)));
	await expect(create(scope, slug, wish(run.id, 4))).rejects.toThrow('No validation prompt can be compared fairly.');
});

test('a prompt in the bytes a contender was sent is left out', async () => {
	const { scope, slug, run, project, connection } = await newContest(3);
	const body = `${JSON.stringify({ messages: [{ role: 'system', content: 'x' }, ...conversation('  question 2? ')] })}\n`;
	const file = { projectId: project.id, kind: 'train' as const, body, sha256: '', byteCount: body.length };
	await scope.tx((tx) => tx.insert(runFiles).values({ ...file, runId: run.id }));
	await expect(create(scope, slug, wish(run.id, 3))).rejects.toThrow('Only 2 validation prompts');
	const other = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id, version: 2 });
	await expect(create(scope, slug, wish(other.id, 3, { against: run.id }))).rejects.toThrow('Only 2');
	const { id } = await create(scope, slug, wish(run.id, 2));
	const pairs = await scope.tx((tx) => tx.select().from(pairings).where(eq(pairings.evaluationId, id)));
	expect(pairs.map((pair) => pair.prompt.at(-1)!.content).sort()).toEqual(['Question 1?', 'Question 3?']);
});

test('a stranger finds nothing, a rater may not, a trainer may', async () => {
	const { scope, as, slug, run } = await newContest(3);
	const stranger = await newTeam();
	await expect(create(stranger.scope, slug, wish(run.id, 3))).rejects.toMatchObject({ code: 'not_found' });
	const { project } = await inProject(scope, slug);
	await expect(createEvaluation({ ...stranger.scope, project }, wish(run.id, 3))).rejects.toMatchObject({
		code: 'not_found'
	});
	await expect(create({ ...scope, role: 'rater' }, slug, wish(run.id, 3))).rejects.toThrow(/rater/);
	// and the database itself says no to a rater who came past the first check
	const rater = await as('rater');
	await expect(create({ ...rater, role: 'owner' }, slug, wish(run.id, 3))).rejects.toThrow();
	expect(await scope.tx((tx) => tx.$count(evaluations))).toBe(0);
	expect((await create(await as('trainer'), slug, wish(run.id, 3))).number).toBe(1);
});

test('a run of another project is no contender', async () => {
	const { scope, slug, connection } = await newContest(3);
	const [other] = await scope.tx(async (tx) =>
		tx
			.insert(projects)
			.values({
				slug: 'other',
				name: 'Other',
				baseModel: 'sandbox-small',
				connectionId: connection.id,
				recipe: {} as never
			})
			.returning()
	);
	const run = await addReadyRun(scope, { projectId: other!.id, connectionId: connection.id });
	await expect(create(scope, slug, wish(run.id, 3))).rejects.toMatchObject({ code: 'not_found' });
	expect(await scope.tx((tx) => tx.$count(runs))).toBe(2);
});

test('what can be set up is of the project alone: its base, and how often its answers were no different', async () => {
	const { scope, slug, project, run } = await newContest(3);
	await newProject(scope, { slug: 'other', baseModel: 'sandbox-large' });
	const [usual, there] = [await getSetUp(await inProject(scope, slug)), await inProject(scope, 'other')];
	const { id } = await create(scope, slug, wish(run.id, 2));
	const result = { kind: 'tie', title: 'x', wins: 1, losses: 0, ties: 99, bothBad: 0 };
	await scope.tx((tx) =>
		tx
			.update(evaluations)
			.set({ revealedAt: new Date(), result: result as never })
			.where(eq(evaluations.id, id))
	);
	expect((await getSetUp(await inProject(scope, slug))).ties).toBe(0.99);
	const { ties, base } = await getSetUp(there);
	expect([ties, base?.model]).toEqual([usual.ties, 'sandbox-large']);
	expect(usual.base?.model).toBe(project.baseModel);
});

test('where nobody says how long answers may be, the longest answer in train does, half as long again', async () => {
	const { scope, slug, project, run } = await newContest(4);
	const inside = await inProject(scope, slug);
	const plan = async (more: Partial<ReturnType<typeof wish>> = {}) => {
		const { maxTokens: _, ...rest } = wish(run.id, 2);
		const { id } = await createEvaluation(inside, { ...rest, ...more });
		const [made] = await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, id)));
		await scope.tx((tx) => tx.update(evaluations).set({ status: 'failed' }).where(eq(evaluations.id, id)));
		return made!.maxTokens;
	};
	const { project: other } = await newProject(scope, { slug: 'other' });
	await addExamples(scope, other.id, ['word '.repeat(2000)], { split: 'train' });
	expect((await getSetUp(inside)).maxTokens).toBe(1024);
	expect(await plan()).toBe(1024);
	await addExamples(scope, project.id, ['word '.repeat(1000)], { split: 'train', from: 10 });
	// a conversation is at least as long as its answer
	await rewriteHistory(
		'examples',
		(sql) => sql`update examples set tokens = 2100 where project_id = ${project.id} and number = 10`
	);
	const { maxTokens } = await getSetUp(inside);
	expect(maxTokens).toBeGreaterThan(1500);
	expect(maxTokens).toBeLessThan(1600);
	expect(await plan()).toBe(maxTokens);
	expect(await plan({ maxTokens: 300 })).toBe(300);
	expect([0, 600, 800, 9000].map(maxTokensFor)).toEqual([1024, 1024, 1200, 4096]);
	// an index of examples begins behind what is usual
	expect([usualAnswer, usualAnswer + 1].map(maxTokensFor)).toEqual([1024, 1025]);
});

test('an answer that somebody has rewritten to a longer one is as long as the rewrite', async () => {
	const { scope, slug, project } = await newContest(4);
	const inside = await inProject(scope, slug);
	const [longer, apart] = await addExamples(scope, project.id, ['a?', 'b?'], { split: 'train', from: 10 });
	await addExamples(scope, project.id, ['c?'], { split: 'train', from: 20 });
	const rewrite = (exampleId: string, words: number) =>
		rewriteExample(inside, {
			exampleId,
			output: 'word '.repeat(words).trim(),
			score: 9,
			clientId: crypto.randomUUID()
		});
	await rewrite(longer!, 1000);
	const { maxTokens } = await getSetUp(inside);
	expect(maxTokens).toBe(1500);
	// what measures, or neither, is not learnt
	await rewrite(apart!, 2000);
	expect((await getSetUp(inside)).maxTokens).toBe(3000);
	await scope.tx((tx) => tx.update(examples).set({ split: null }).where(eq(examples.id, apart!)));
	expect((await getSetUp(inside)).maxTokens).toBe(maxTokens);
});
