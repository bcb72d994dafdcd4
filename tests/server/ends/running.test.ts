import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isAlive } from '../../../src/lib/core/servings/serving.ts';
import { isOver } from '../../../src/lib/core/runs/status.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { mustAfford, noteSpending } from '../../../src/lib/server/budget/rows.ts';
import { deleteProject, restoreProject } from '../../../src/lib/server/ends/commands.ts';
import { prepareDelete } from '../../../src/lib/server/ends/queries.ts';
import { createEvaluation, retryGeneration } from '../../../src/lib/server/evaluations/commands.ts';
import { generateOutputs } from '../../../src/lib/server/evaluations/generate.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, runs, servings } from '../../../src/lib/server/platform/db/schema.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { followRun } from '../../../src/lib/server/runs/follow.ts';
import { submitRun } from '../../../src/lib/server/runs/submit.ts';
import { startServing } from '../../../src/lib/server/servings/commands.ts';
import { followServing } from '../../../src/lib/server/servings/follow.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { addReadyRun, newContest, wish } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject } from '../../support/data/team.ts';
import { drive, endpointsAt, newRun, newWorkshop } from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
/** Where a training is not over before it can be called off. */
let unhurried: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 100 });
	unhurried = await startSandbox({ port: 0, speed: 0.5 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
	await unhurried.stop();
});

const confirm = 'Support';
const signal = new AbortController().signal;
const queued = async (name: string, id: string) =>
	(
		await owner`select start_after <= now() as due from pgboss.job
			where name = ${name} and singleton_key = ${id} and state < 'active'`
	).map(({ due }) => due);
const servingOf = async (scope: Scope, id: string) =>
	(await scope.tx((tx) => tx.select().from(servings).where(eq(servings.id, id))))[0]!;
const runOf = async (scope: Scope, id: string) =>
	(await scope.tx((tx) => tx.select().from(runs).where(eq(runs.id, id))))[0]!;
const evaluationOf = async (scope: Scope, id: string) =>
	(await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, id))))[0]!;

test('a model that runs is stopped at once, and none is started any more', async () => {
	const { scope, slug, key, project } = await newWorkshop(sandbox.url);
	const here = await inProject(scope, slug);
	const run = await drive(scope, (await startRun(here, newRun())).id);
	const { id } = await startServing(here, { runId: run.id });
	while ((await servingOf(scope, id)).status !== 'ready') {
		await followServing(scope, id, signal);
		await sleep(30);
	}
	expect(await endpointsAt(sandbox.url, key)).toHaveLength(1);
	await owner`insert into budgets (team_id, project_id, cents) values (${scope.teamId}, ${project.id}, 1)`;
	expect(await prepareDelete(here)).toMatchObject({ running: 1, training: [] });

	await deleteProject(here, { confirm });
	expect(await queued('serving.follow', id)).toEqual([true]);
	for (let looks = 0; isAlive(await servingOf(scope, id)); looks++) {
		await followServing(scope, id, signal);
		if (looks > 100) throw new Error('It is never stopped');
		await sleep(30);
	}
	expect(await endpointsAt(sandbox.url, key)).toHaveLength(0);
	// whoever pressed start before, and whatever has been spent
	await expect(startServing(here, { runId: run.id })).rejects.toMatchObject({ code: 'not_found' });
	await scope.tx((tx) => noteSpending(tx, project.id));
	await expect(scope.tx((tx) => mustAfford(tx, project.id, 0))).rejects.toMatchObject({ code: 'not_found' });
	expect((await servingOf(scope, id)).status).toBe('stopped');
});

test('a training is called off at the provider, and what is billed all the same is said before', async () => {
	const { scope, slug } = await newWorkshop(unhurried.url);
	const here = await inProject(scope, slug);
	const { id } = await startRun(here, newRun());
	await submitRun(scope, id, signal);
	expect((await runOf(scope, id)).jobId).not.toBeNull();
	expect((await prepareDelete(here)).training).toEqual([{ version: 1, billed: expect.stringMatching(/bill/) }]);
	await deleteProject(here, { confirm });
	expect(await queued('run.follow', id)).toEqual([true]);
	for (let looks = 0; !isOver(await runOf(scope, id)); looks++) {
		await followRun(scope, id, signal);
		if (looks > 100) throw new Error('It never ends');
		await sleep(30);
	}
	expect(await runOf(scope, id)).toMatchObject({ status: 'cancelled', cancelRequestedAt: expect.any(Date) });
});

test('what another project runs is nothing of this one’s end: it is not said before, and goes on', async () => {
	const { scope, slug, run, project } = await newContest(2);
	await newProject(scope, { slug: 'there' });
	await owner`insert into servings (team_id, project_id, run_id, mark, status, idle_at)
		values (${scope.teamId}, ${project.id}, ${run.id}, ${randomUUID()}, 'ready', now() + interval '1 hour')`;
	const open = await addReadyRun(scope, {
		...{ projectId: project.id, connectionId: run.connectionId!, version: 2 },
		...{ status: 'training' as const, model: null, modelObject: null }
	});
	await createEvaluation(await inProject(scope, slug), wish(run.id, 2));
	expect(await prepareDelete(await inProject(scope, slug))).toMatchObject({ running: 1, training: [{ version: 2 }] });
	const here = await inProject(scope, 'there');
	expect(await prepareDelete(here)).toMatchObject({ running: 0, training: [] });
	await deleteProject(here, { confirm });
	expect((await runOf(scope, open.id)).cancelRequestedAt).toBeNull();
	expect(await owner`select status from servings where team_id = ${scope.teamId}`).toEqual([{ status: 'ready' }]);
	expect(await owner`select status from evaluations where team_id = ${scope.teamId}`).toEqual([
		{ status: 'generating' }
	]);
});

test('a run that waits to be ordered never is', async () => {
	const { scope, slug, project } = await newWorkshop(sandbox.url);
	const here = await inProject(scope, slug);
	const { id } = await startRun(here, newRun());
	await deleteProject(here, { confirm });
	await submitRun(scope, id, signal);
	expect(await runOf(scope, id)).toMatchObject({ status: 'cancelled', jobId: null });
	// nor by whoever pressed at the same moment
	await expect(startRun(here, newRun())).rejects.toMatchObject({ code: 'not_found' });
	await restoreProject(scope, { projectId: project.id });
	expect((await runOf(scope, id)).status).toBe('cancelled');
});

test('answers that are being written stop, and go on when somebody wants so after it is back', async () => {
	const { scope, slug, run, project } = await newContest(2, { sandboxUrl: sandbox.url });
	const here = await inProject(scope, slug);
	const { id } = await createEvaluation(here, wish(run.id, 2));
	await deleteProject(here, { confirm });
	await generateOutputs(scope, id, signal);
	expect(await evaluationOf(scope, id)).toMatchObject({
		status: 'failed',
		problem: 'It was stopped, because the project was deleted. Try again to go on.'
	});
	await restoreProject(scope, { projectId: project.id });
	await retryGeneration(await inProject(scope, slug), { evaluationId: id });
	expect((await evaluationOf(scope, id)).status).toBe('generating');
});
