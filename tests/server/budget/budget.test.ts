// Longer than most: each way in which money is spent, held against one budget.
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { monthOf } from '../../../src/lib/core/budget/month.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { setBudget } from '../../../src/lib/server/budget/commands.ts';
import { mustAfford, noteSpending } from '../../../src/lib/server/budget/rows.ts';
import { getBudget } from '../../../src/lib/server/budget/queries.ts';
import { retryGeneration } from '../../../src/lib/server/evaluations/commands.ts';
import { generateOutputs } from '../../../src/lib/server/evaluations/generate.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { activities, evaluations, outputs, runs, servings } from '../../../src/lib/server/platform/db/schema.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import type { BaseModel } from '../../../src/lib/server/providers/provider.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { getPreflight } from '../../../src/lib/server/runs/queries.ts';
import { followServing } from '../../../src/lib/server/servings/follow.ts';
import { startServing } from '../../../src/lib/server/servings/commands.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { addReadyRun, newLiveContest } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { drive, newRun, newWorkshop } from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 100 });
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const never = new AbortController().signal;
const limit = async (scope: Scope, slug: string, budgetCents: number | null) =>
	setBudget(await inProject(scope, slug), { budgetCents });
const budgetOf = async (scope: Scope, slug: string) => getBudget(await inProject(scope, slug));
/** So much was spent in the playground this month. */
const spend = (teamId: string, projectId: string, cents: number) =>
	owner`insert into answer_costs (team_id, project_id, month, purpose, cents)
		values (${teamId}, ${projectId}, ${monthOf(new Date())}, 'playground', ${cents})
		on conflict (team_id, project_id, month, purpose) do update set cents = excluded.cents`;
/** What people were told: the percents, in this order. */
const told = async (scope: Scope) =>
	(await scope.tx((tx) => tx.select().from(activities).orderBy(activities.seq)))
		.filter(({ event }) => event === 'budget.reached')
		.map(({ details }) => details.percent);

const newPlace = async () => {
	const team = await newTeam();
	const { project, connection } = await newProject(team.scope);
	return { ...team, project, connection, slug: project.slug };
};

describe('a budget', () => {
	test('limits nothing until an owner sets one, and nothing again when it is taken away', async () => {
		const { scope, slug } = await newPlace();
		expect(await budgetOf(scope, slug)).toMatchObject({ budgetCents: null, spentCents: 0, state: 'unlimited' });
		expect(await limit(scope, slug, 5000)).toMatchObject({ budgetCents: 5000, state: 'fine' });
		expect(await limit(scope, slug, 7000)).toMatchObject({ budgetCents: 7000 });
		expect(await limit(scope, slug, null)).toMatchObject({ budgetCents: null, state: 'unlimited' });
	});

	test('is set by owners, seen by trainers, and nothing that raters hear of', async () => {
		const { as, slug, scope } = await newPlace();
		const [trainer, rater] = [await as('trainer'), await as('rater')];
		await limit(scope, slug, 5000);
		expect(await budgetOf(trainer, slug)).toMatchObject({ budgetCents: 5000 });
		await expect(limit(trainer, slug, 9000)).rejects.toMatchObject({ code: 'forbidden' });
		await expect(budgetOf(rater, slug)).rejects.toMatchObject({ code: 'forbidden' });
		await expect(limit(rater, slug, 9000)).rejects.toMatchObject({ code: 'forbidden' });
	});

	test('is of one project: another one spends on', async () => {
		const { scope, slug, teamId, project } = await newPlace();
		await newProject(scope, { slug: 'second' });
		await spend(teamId, project.id, 500);
		expect(await limit(scope, slug, 100)).toMatchObject({ state: 'spent', spentCents: 500 });
		expect(await limit(scope, 'second', 100)).toMatchObject({ state: 'fine', spentCents: 0 });
		expect(await limit(scope, 'second', null)).toMatchObject({ state: 'unlimited' });
		expect(await budgetOf(scope, slug)).toMatchObject({ state: 'spent', budgetCents: 100 });
	});

	test('counts no model that runs for another project, and is said with the project’s own name', async () => {
		const { scope, slug, teamId, project, connection } = await newPlace();
		await newProject(scope, { slug: 'second' });
		const { id: runId } = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id });
		await owner`insert into servings (team_id, project_id, run_id, mark, status, idle_at, ready_at, stopped_at, cents_per_hour)
			values (${teamId}, ${project.id}, ${runId}, 'x', 'stopped', now(), now() - interval '10 hours', now(), 100)`;
		expect(await limit(scope, slug, 100)).toMatchObject({ state: 'spent', servingCents: 1000 });
		expect(await limit(scope, 'second', 100)).toMatchObject({ state: 'fine', spentCents: 0 });
		const there = await inProject(scope, 'second');
		await spend(teamId, there.project.id, 100);
		await scope.tx((tx) => noteSpending(tx, there.project.id));
		const said = await scope.tx((tx) => tx.select().from(activities).orderBy(activities.seq));
		expect(said.flatMap(({ event, details }) => (event === 'budget.reached' ? [details.project] : []))).toEqual([
			'support',
			'second'
		]);
	});

	test('pays for nothing in a deleted project, also while another stands', async () => {
		const { scope, slug, project } = await newPlace();
		await newProject(scope, { slug: 'second' });
		await limit(scope, slug, 100);
		await owner`update projects set deleted_at = now() where id = ${project.id}`;
		await expect(scope.tx((tx) => mustAfford(tx, project.id, 0))).rejects.toMatchObject({ code: 'not_found' });
	});

	test('is told of once at 80 % and once at 100 %, and again when it is another amount', async () => {
		const { scope, slug, teamId, project } = await newPlace();
		await spend(teamId, project.id, 79);
		await limit(scope, slug, 100);
		expect(await told(scope)).toEqual([]);
		await spend(teamId, project.id, 80);
		await limit(scope, slug, null);
		await limit(scope, slug, 100);
		await limit(scope, slug, null);
		await limit(scope, slug, 100);
		expect(await told(scope)).toEqual([80]);
		await limit(scope, slug, 80);
		// both marks of it at once: the higher one is told
		expect(await told(scope)).toEqual([80, 100]);
	});
});

/** Training on the sandbox costs one dollar a token. */
const pricedTraining = () => {
	const { model } = providers.sandbox;
	vi.spyOn(providers.sandbox, 'model').mockImplementation(async (...asked) => {
		const found = await model(...asked);
		return found && { ...found, trainingCentsPerMillion: 100_000_000 };
	});
};

describe('of two who press start', () => {
	test('one trains, where the budget pays for one', async () => {
		pricedTraining();
		const { scope, slug } = await newWorkshop(sandbox.url);
		const { cost } = await getPreflight(await inProject(scope, slug));
		const { estimateCents } = await startRun(await inProject(scope, slug), newRun());
		expect(estimateCents).toBeGreaterThan(0);
		expect(estimateCents, 'what was confirmed').toBe(cost.cents);
		// the first one is at the provider by now, so that only money stands in the way of the next
		await scope.tx((tx) => tx.update(runs).set({ status: 'cancelled' }));
		await limit(scope, slug, Math.ceil(estimateCents! * 1.5));
		const pressed = await Promise.allSettled([0, 1].map(async () => startRun(await inProject(scope, slug), newRun())));
		const refused = pressed.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
		expect(refused).toHaveLength(1);
		expect(await budgetOf(scope, slug)).toMatchObject({ trainingCents: estimateCents, state: 'fine' });
		await scope.tx((tx) => tx.$client`update runs set status = 'training' where status = 'uploading'`);
		await expect(startRun(await inProject(scope, slug), newRun())).rejects.toMatchObject({
			code: 'over_budget',
			message: expect.stringMatching(/^This may cost \$/)
		});
	});

	test('what costs nothing starts, however much is spent', async () => {
		const { scope, slug, teamId, project } = await newWorkshop(sandbox.url);
		await spend(teamId, project.id, 500);
		await limit(scope, slug, 100);
		expect(await startRun(await inProject(scope, slug), newRun())).toMatchObject({ status: 'uploading' });
	});
});

describe('a model that is served', () => {
	const centsPerHour = 6000;
	const served = async () => {
		vi.spyOn(providers.sandbox, 'deployable').mockResolvedValue({ ok: true, centsPerHour });
		const shop = await newWorkshop(sandbox.url);
		const run = await startRun(await inProject(shop.scope, shop.slug), newRun());
		await drive(shop.scope, run.id);
		const start = async () => startServing(await inProject(shop.scope, shop.slug), { runId: run.id });
		return { ...shop, start };
	};
	const all = (scope: Scope) => scope.tx((tx) => tx.select().from(servings));

	test('is not started where the budget does not last until it would stop by itself', async () => {
		const { scope, slug, start } = await served();
		await limit(scope, slug, centsPerHour / 4 - 1);
		await expect(start()).rejects.toMatchObject({ code: 'over_budget' });
		expect(await all(scope)).toEqual([]);
		await limit(scope, slug, centsPerHour / 4);
		expect(await start()).toMatchObject({ status: 'starting' });
	});

	test('is stopped at the budget, told at both marks, and is not started again', async () => {
		const { scope, slug, start } = await served();
		await limit(scope, slug, centsPerHour);
		const { id } = await start();
		const at = (minutes: number) => new Date(Date.now() - minutes * 60_000);
		const look = async (minutes: number) => {
			await scope.tx((tx) => tx.update(servings).set({ status: 'ready', readyAt: at(minutes) }));
			await followServing(scope, id, never);
			return (await all(scope))[0]!;
		};
		expect(await look(30)).toMatchObject({ status: 'ready', problem: null });
		expect(await look(50)).toMatchObject({ status: 'ready' });
		expect(await told(scope)).toEqual([80]);
		const stopped = await look(60);
		expect(stopped).toMatchObject({ status: 'stopping', problem: expect.stringMatching(/^Stopped\. .*budget/) });
		expect(await told(scope)).toEqual([80, 100]);
		await scope.tx((tx) => tx.update(servings).set({ status: 'stopped', stoppedAt: new Date() }));
		await expect(start()).rejects.toMatchObject({ code: 'over_budget' });
	});
});

describe('answers that are written for a comparison', () => {
	const quick = { firstWaitMs: 20, longestWaitMs: 100, giveUpAfterMs: 60_000 };
	const statusOf = async (scope: Scope) => (await scope.tx((tx) => tx.select().from(evaluations)))[0]!;
	const answersOf = (scope: Scope) => scope.tx((tx) => tx.select().from(outputs));

	test('are paid one by one; at the budget they end whole, and go on when an owner has raised it', async () => {
		const price = { prompt: 0, completion: 1_000_000 };
		const priced = ['sandbox-small', 'sandbox-large'].map((id) => ({ id, name: id, answerPrice: price }) as BaseModel);
		vi.spyOn(providers['openai-compatible'], 'models').mockResolvedValue(priced);
		const { scope, slug, evaluationId } = await newLiveContest(sandbox.url, 6);
		const { maxTokens } = await statusOf(scope);
		// a token is a cent, so that each may cost as many cents as it may have tokens
		const budgetCents = maxTokens + 10;
		await limit(scope, slug, budgetCents);
		await generateOutputs(scope, evaluationId, never, quick);
		const failed = await statusOf(scope);
		expect(failed).toMatchObject({ status: 'failed', problem: expect.stringContaining('budget') });
		const kept = (await answersOf(scope)).length;
		expect(kept).toBeGreaterThan(0);
		expect(kept).toBeLessThan(12);
		expect((await budgetOf(scope, slug)).generatingCents).toBeLessThanOrEqual(budgetCents);

		await limit(scope, slug, 100_000_000);
		await retryGeneration(await inProject(scope, slug), { evaluationId });
		await generateOutputs(scope, evaluationId, never, quick);
		expect(await statusOf(scope)).toMatchObject({ status: 'voting', problem: null });
		const tokens = (await answersOf(scope)).reduce((sum, { completionTokens }) => sum + completionTokens!, 0);
		expect((await budgetOf(scope, slug)).generatingCents).toBeCloseTo(tokens, 6);
	});

	test('of which nobody knows the price are not asked for any more either', async () => {
		const { scope, slug, evaluationId, teamId, project } = await newLiveContest(sandbox.url, 2);
		await spend(teamId, project.id, 500);
		await limit(scope, slug, 100);
		await generateOutputs(scope, evaluationId, never, quick);
		expect(await statusOf(scope)).toMatchObject({ status: 'failed', problem: expect.stringContaining('is spent') });
		expect(await answersOf(scope)).toEqual([]);
	});
});
