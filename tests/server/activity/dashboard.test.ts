import { afterAll, expect, test } from 'vitest';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { getDashboard } from '../../../src/lib/server/activity/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, runs } from '../../../src/lib/server/platform/db/schema.ts';
import { addReadyRun } from '../../support/data/evaluation.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addRows } from '../../support/data/training.ts';

afterAll(() => closePools());

const dashboardOf = async (scope: Scope) => getDashboard(await inProject(scope, 'support'));

/** A project with 30 good examples and a few others, seven runs and an evaluation. */
const start = async () => {
	const team = await newTeam();
	const { project, connection } = await newProject(team.scope);
	const rows = (count: number, rating: number | undefined, split: 'train' | 'validation' | null, from: number) =>
		addRows(
			team.scope,
			project.id,
			Array.from({ length: count }, (_, i) => ({ question: `Question ${from + i}`, rating, split })),
			from
		);
	await rows(20, 9, 'train', 1);
	await rows(10, 8, 'validation', 21);
	await rows(2, 3, null, 31);
	const placed = { projectId: project.id, connectionId: connection.id };
	for (let version = 1; version <= 6; version++) await addReadyRun(team.scope, { ...placed, version });
	const run = await team.scope.tx(async (tx) => {
		const [first] = await tx.select().from(runs);
		const { id: _, createdAt: _at, ...copy } = first!;
		const [made] = await tx
			.insert(runs)
			.values({ ...copy, version: 7, status: 'training', mark: 'seventh', jobId: null, finishedAt: null })
			.returning();
		return made!;
	});
	return { ...team, ...placed, run };
};

test('shows how far a project is, and waits for what is not over', async () => {
	const { scope, run } = await start();
	const dashboard = await dashboardOf(scope);
	expect(dashboard.counts).toEqual({ total: 32, unrated: 0, quality: 30, train: 20, validation: 10, unassigned: 2 });
	expect(dashboard.bars).toEqual([0, 0, 2, 0, 0, 0, 0, 10, 20, 0]);
	expect(dashboard.runs.map(({ version }) => version)).toEqual([7, 6, 5, 4, 3]);
	expect(dashboard.models).toBe(6);
	expect(dashboard.readiness).toMatchObject({ state: 'minimum', missing: 0 });
	expect(dashboard.next).toMatchObject({ to: 'run', id: run.id });
	expect(dashboard.topics).toEqual([`run:${run.id}`]);
});

test('what lies in train and is not good makes nothing ready', async () => {
	const { scope } = await start();
	await scope.tx((tx) => tx.$client`update examples set split = 'train' where split is null`);
	const { counts, readiness } = await dashboardOf(scope);
	expect([counts.train, readiness?.train]).toEqual([22, 20]);
});

test('of another project of the team it shows nothing, neither its runs nor its models', async () => {
	const { scope } = await start();
	await newProject(scope, { slug: 'beside' });
	expect(await getDashboard(await inProject(scope, 'beside'))).toMatchObject({
		counts: { total: 0 },
		runs: [],
		models: 0,
		evaluations: [],
		next: { to: 'add' },
		topics: []
	});
});

test('what is next leads whoever trains round the loop, and a rater to what is to be judged', async () => {
	const { scope, as } = await newTeam();
	await newProject(scope);
	const nextOf = async (who: Scope) => (await dashboardOf(who)).next.to;
	expect([await nextOf(scope), await nextOf(await as('trainer')), await nextOf(await as('rater'))]).toEqual([
		'add',
		'add',
		'examples'
	]);
});

test('an evaluation that waits for votes is next, for raters too; runs are not theirs to see', async () => {
	const { scope, as, projectId, connectionId, run } = await start();
	const [evaluation] = await scope.tx((tx) =>
		tx
			.insert(evaluations)
			.values({
				projectId,
				connectionId,
				runId: run.id,
				number: 1,
				name: 'v7 against base',
				baseModel: 'sandbox-small',
				systemPrompt: '',
				planned: 10,
				temperature: 0,
				maxTokens: 100,
				seed: 1,
				status: 'voting'
			})
			.returning()
	);
	const rater = await dashboardOf(await as('rater'));
	expect(rater).toMatchObject({ runs: [], models: 0, topics: [`evaluation:${evaluation!.id}`] });
	expect(rater.evaluations).toEqual([
		{
			id: evaluation!.id,
			number: 1,
			title: 'Comparison 1',
			status: 'voting',
			planned: 10,
			judged: 0,
			skipped: 0,
			mine: 0,
			skips: 0,
			revealed: false,
			score: null
		}
	]);
	expect(rater.next).toMatchObject({ to: 'vote', id: evaluation!.id });
	const owner = await dashboardOf(scope);
	expect(owner.evaluations[0]!.title).toBe('v7 against base');
	expect(owner.topics).toEqual([`run:${run.id}`, `evaluation:${evaluation!.id}`]);
});

test('a stranger finds nothing', async () => {
	const { scope, run } = await start();
	const stranger = (await newTeam()).scope;
	await expect(dashboardOf(stranger)).rejects.toMatchObject({ code: 'not_found' });
	const { project } = await inProject(scope, 'support');
	const seen = await getDashboard({ ...stranger, project }).then(JSON.stringify, String);
	expect(seen).not.toContain(run.id);
	expect(seen).not.toContain('"total":32');
});
