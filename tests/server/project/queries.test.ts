import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { connections, examples, projects, runs } from '../../../src/lib/server/platform/db/schema.ts';
import { addExample } from '../../../src/lib/server/examples/commands.ts';
import { isOnSandbox, getFrame, listProjectCounts } from '../../../src/lib/server/project/queries.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { addReadyRun } from '../../support/data/evaluation.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const countUnrated = async (scope: Scope, projectId: string) => (await getFrame(scope, { projectId })).unrated;
const fill = async (scope: Scope, slug: string, ratings: (number | undefined)[]) => {
	for (const [at, rating] of ratings.entries()) {
		const messages = [
			{ role: 'user' as const, content: `Question ${at}` },
			{ role: 'assistant' as const, content: `Answer ${at}` }
		];
		await addExample(await inProject(scope, slug), { messages, rating: rating ?? null });
	}
};

test('a project says how far it is, and what is deleted does not count', async () => {
	const { scope } = await newTeam();
	const { project, connection } = await newProject(scope);
	const empty = await newProject(scope, { slug: 'empty' });
	await fill(scope, 'support', [9, 8, 7, 3, undefined, undefined]);
	await scope.tx(async (tx) => {
		await tx.update(examples).set({ deletedAt: new Date() }).where(eq(examples.number, 6));
		const counts = { trainCount: 1, validationCount: 1, tokens: 1, projectId: project.id, connectionId: connection.id };
		const run = { baseModel: 'm', recipe: defaultRecipe, seed: 1 };
		await tx.insert(runs).values({ ...run, ...counts, version: 1, mark: 'one', status: 'ready' });
		await tx.insert(runs).values({ ...run, ...counts, version: 2, mark: 'two', status: 'failed' });
	});
	const counts = await listProjectCounts(scope);
	expect(counts.find(({ slug }) => slug === 'support')).toMatchObject({ total: 5, rated: 4, quality: 2, models: 1 });
	expect(counts.find(({ slug }) => slug === 'empty')).toMatchObject({ total: 0, rated: 0, quality: 0, models: 0 });
	expect(await countUnrated(scope, project.id)).toBe(1);
	expect(await countUnrated(scope, empty.project.id)).toBe(0);
});

test('a member counts only what they may see, a stranger nothing', async () => {
	const { scope, as } = await newTeam();
	const { project } = await newProject(scope);
	const secret = (await newProject(scope, { slug: 'secret' })).project;
	await fill(scope, 'support', [undefined]);
	const rater = await as('rater', [project.id]);
	expect((await listProjectCounts(rater)).map(({ slug }) => slug)).toEqual(['support']);
	expect(await countUnrated(rater, project.id)).toBe(1);
	await expect(countUnrated(rater, secret.id)).rejects.toMatchObject({ code: 'not_found' });
	const stranger = (await newTeam()).scope;
	expect(await listProjectCounts(stranger)).toEqual([]);
	await expect(countUnrated(stranger, project.id)).rejects.toMatchObject({ code: 'not_found' });
});

test('who may not see others’ scores reads their own of each project, and not those of another', async () => {
	const { scope, as } = await newTeam();
	const { project } = await newProject(scope);
	const other = (await newProject(scope, { slug: 'other' })).project;
	await fill(scope, 'support', [undefined, undefined]);
	await fill(scope, 'other', [undefined]);
	const rater = await as('rater', [project.id, other.id]);
	const [mine] = await scope.tx((tx) => tx.select().from(examples).where(eq(examples.projectId, other.id)));
	const rating = { exampleId: mine!.id, score: 9, clientId: randomUUID() };
	await rateExample(await inProject(rater, 'other'), rating);
	const counts = await listProjectCounts(rater);
	expect(counts.find(({ slug }) => slug === 'support')).toMatchObject({ total: 2, rated: 0, quality: 0 });
	expect(counts.find(({ slug }) => slug === 'other')).toMatchObject({ total: 1, rated: 1, quality: 1 });
});

test('what stands around a page are the projects one may see, by name', async () => {
	const { scope, as } = await newTeam();
	const { project } = await newProject(scope);
	await newProject(scope, { slug: 'secret' });
	await scope.tx((tx) => tx.update(projects).set({ name: 'Zebra' }).where(eq(projects.id, project.id)));
	expect(await getFrame(scope, { projectId: null })).toEqual({
		projects: [
			{ name: 'Support', slug: 'secret' },
			{ name: 'Zebra', slug: 'support' }
		],
		unrated: 0
	});
	expect((await getFrame(await as('rater', [project.id]), { projectId: null })).projects).toEqual([
		{ name: 'Zebra', slug: 'support' }
	]);
	expect((await getFrame((await newTeam()).scope, { projectId: null })).projects).toEqual([]);
});

test('that nothing costs anything is said of one project, whatever another one has trained on', async () => {
	const { scope } = await newTeam();
	const { project } = await newProject(scope);
	const { project: other, connection } = await newProject(scope, { slug: 'other' });
	await addReadyRun(scope, { projectId: other.id, connectionId: connection.id });
	await scope.tx((tx) => tx.update(connections).set({ provider: 'openai' }).where(eq(connections.id, connection.id)));
	expect([await isOnSandbox({ ...scope, project }), await isOnSandbox({ ...scope, project: other })]).toEqual([
		true,
		false
	]);
});
