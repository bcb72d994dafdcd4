import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openAccess } from '../../../src/lib/server/connections/rows.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, outputs, servings } from '../../../src/lib/server/platform/db/schema.ts';
import { proofPrompts } from '../../../src/lib/core/evaluations/proof.ts';
import { createEvaluation, retryGeneration } from '../../../src/lib/server/evaluations/commands.ts';
import { generateOutputs } from '../../../src/lib/server/evaluations/generate.ts';
import { getSetUp } from '../../../src/lib/server/evaluations/queries.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { ProviderError } from '../../../src/lib/server/providers/errors.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { followServing } from '../../../src/lib/server/servings/follow.ts';
import { stopServing } from '../../../src/lib/server/servings/commands.ts';
import { priceServing } from '../../../src/lib/server/servings/queries.ts';
import { addReadyRun, wish } from '../../support/data/evaluation.ts';
import { newTeam } from '../../support/data/team.ts';
import { drive, endpointsAt, newRun, newWorkshop, orderFault } from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 30 });
});
afterAll(async () => {
	await sandbox.stop();
	await closePools();
});

const never = new AbortController().signal;
const quick = { firstWaitMs: 20, longestWaitMs: 100, giveUpAfterMs: 60_000 };

const trained = async (more: Parameters<typeof newWorkshop>[1] = {}) => {
	const workshop = await newWorkshop(sandbox.url, more);
	const { id } = await startRun(await inProject(workshop.scope, workshop.slug), newRun());
	const run = await drive(workshop.scope, id);
	expect(run.status).toBe('ready');
	const { id: evaluationId } = await createEvaluation(await inProject(workshop.scope, workshop.slug), wish(run.id, 12));
	return { ...workshop, run, evaluationId };
};
const servingsOf = (scope: Scope) => scope.tx((tx) => tx.select().from(servings));
const followAll = async (scope: Scope) => {
	for (const { id } of await servingsOf(scope)) await followServing(scope, id, never);
};
const statusOf = async (scope: Scope, id: string) =>
	(await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, id))))[0]!;

/** Does what the worker would do, both jobs beside each other, without its waiting. */
const generate = async (scope: Scope, id: string) => {
	const open = async () => (await statusOf(scope, id)).status === 'generating';
	const again = async (work: () => Promise<void>) => {
		for (; await open(); await sleep(20)) await work();
	};
	await Promise.all([again(() => generateOutputs(scope, id, never, quick)), again(() => followAll(scope))]);
	return statusOf(scope, id);
};

/** Lets the model answer so often after it was proven, then nothing more until it is let go: what the test does happens in the middle. */
const holdAnswers = (after: number) => {
	const answer = providers.sandbox.chat.bind(providers.sandbox);
	const gate = Promise.withResolvers<void>();
	let asked = 0;
	const held = vi.spyOn(providers.sandbox, 'chat').mockImplementation(async (...request) => {
		if (asked++ >= after + proofPrompts) await gate.promise;
		return answer(...request);
	});
	return () => {
		held.mockRestore();
		gate.resolve();
	};
};

test('both are told to think or not, as the plan says', async () => {
	const { scope, slug, run, evaluationId } = await trained({ baseModel: 'sandbox-thinks' });
	const expectTold = async (id: string, thinking: boolean) => {
		const chat = vi.spyOn(providers.sandbox, 'chat');
		// what the provider says of the model is asked for again while it is busy
		vi.spyOn(providers.sandbox, 'model').mockRejectedValueOnce(new ProviderError('busy', 'Busy.'));
		expect(await generate(scope, id)).toMatchObject({ status: 'voting', thinking });
		const asked = chat.mock.calls.map(([, request]) => request);
		expect(new Set(asked.map((request) => request.thinking))).toEqual(new Set([thinking]));
		expect(new Set(asked.map(({ model }) => model)).size).toBe(2);
		vi.restoreAllMocks();
	};
	await expectTold(evaluationId, false);
	const again = await createEvaluation(await inProject(scope, slug), wish(run.id, 2, { thinking: true }));
	await expectTold(again.id, true);
});

test('a tuned model is deployed, answers, and is released', async () => {
	const { scope, as, slug, run, connection, evaluationId } = await trained();
	// the first look starts it and comes back later
	await generateOutputs(scope, evaluationId, never, quick);
	expect(await servingsOf(scope)).toMatchObject([{ runId: run.id, status: 'starting' }]);
	expect(await scope.tx((tx) => tx.$count(outputs))).toBe(0);

	expect(await generate(scope, evaluationId)).toMatchObject({ status: 'voting', problem: null });
	const all = await scope.tx((tx) => tx.select().from(outputs));
	expect(all).toHaveLength(24);
	// the sandbox learns: the tuned model says what it was taught, the base does not
	expect(all.filter((output) => output.contender === 'a').map((output) => output.text)).not.toEqual(
		all.filter((output) => output.contender === 'b').map((output) => output.text)
	);
	const [serving] = await servingsOf(scope);
	expect(serving!.idleAt.getTime()).toBeLessThan(Date.now() + 3 * 60_000);

	const inside = await inProject(scope, slug);
	const setUp = await getSetUp(inside);
	expect(setUp).toEqual({
		base: { connectionId: connection.id, model: 'sandbox-small' },
		connections: [{ id: connection.id, name: 'Sandbox', isFree: true, problem: null }],
		maxTokens: 1024,
		validation: 12,
		pool: { usable: 0, leftOut: 0 },
		voters: 1,
		ties: 0.25,
		tried: [],
		runs: [
			expect.objectContaining({
				id: run.id,
				version: 1,
				connectionId: connection.id,
				deployed: true,
				leaks: [],
				centsPerHour: serving!.centsPerHour,
				isFree: true
			})
		]
	});
	expect(JSON.stringify(setUp)).not.toContain('sandbox-key');
	const stranger = (await newTeam()).scope;
	await expect(inProject(stranger, slug)).rejects.toMatchObject({ code: 'not_found' });
	expect(await getSetUp({ ...stranger, project: inside.project })).toMatchObject({
		runs: [],
		base: null,
		connections: [],
		validation: 0,
		tried: []
	});
	const rater = await as('rater');
	await expect(getSetUp({ ...rater, project: inside.project })).rejects.toThrow(/rater/);
});

test('a model that is stopped at the provider in the middle is deployed again, and nothing is asked twice', async () => {
	const { scope, connection, evaluationId } = await trained();
	const letGo = holdAnswers(1);
	const done = generate(scope, evaluationId);
	const first = await until(async () => (await scope.tx((tx) => tx.select().from(outputs)))[0]);
	const [serving] = await servingsOf(scope);
	const access = await scope.tx((tx) => openAccess(tx, connection.id));
	await providers.sandbox.stop(access, serving!.deployment!);
	letGo();
	expect(await done).toMatchObject({ status: 'voting' });
	const all = await scope.tx((tx) => tx.select().from(outputs));
	expect(all).toHaveLength(24);
	expect(all.map((output) => output.id)).toContain(first.id);
});

test('a model that cannot be deployed fails the evaluation with the reason', async () => {
	const workshop = await newWorkshop(sandbox.url, { baseModel: 'sandbox-not-servable' });
	const { scope, slug, connection, project } = workshop;
	const run = await addReadyRun(scope, {
		projectId: project.id,
		connectionId: connection.id,
		baseModel: 'sandbox-not-servable'
	});
	const { id } = await createEvaluation(await inProject(scope, slug), wish(run.id, 2));
	await generateOutputs(scope, id, never, quick);
	expect(await statusOf(scope, id)).toMatchObject({ status: 'failed', problem: expect.stringMatching(/^[A-Z].+\.$/) });
	expect(await servingsOf(scope)).toEqual([]);
});

test('a model that a person stops is not started again, and Try again does', async () => {
	const { scope, slug, run, key, evaluationId } = await trained();
	const letGo = holdAnswers(1);
	const done = generate(scope, evaluationId);
	await until(async () => (await scope.tx((tx) => tx.select().from(outputs)))[0]);
	await stopServing(await inProject(scope, slug), { runId: run.id });
	await until(async () => (await endpointsAt(sandbox.url, key)).length === 0 || undefined);
	letGo();
	const stopped = {
		status: 'failed',
		problem: 'Somebody stopped the model while it answered. Try again to start it once more.'
	};
	expect(await done).toMatchObject(stopped);
	// the job that comes back finds nothing to do
	await generateOutputs(scope, evaluationId, never, quick);
	await until(async () => {
		await followAll(scope);
		return (await servingsOf(scope)).every(({ status }) => status === 'stopped') || undefined;
	});
	expect(await servingsOf(scope)).toHaveLength(1);
	expect(await statusOf(scope, evaluationId)).toMatchObject(stopped);
	expect(await endpointsAt(sandbox.url, key)).toHaveLength(0);

	await retryGeneration(await inProject(scope, slug), { evaluationId });
	expect(await generate(scope, evaluationId)).toMatchObject({ status: 'voting', problem: null });
	expect(await scope.tx((tx) => tx.$count(outputs))).toBe(24);
});

test('a model that has said all it has to say may be stopped', async () => {
	const { scope, slug, run, evaluationId } = await trained();
	await generate(scope, evaluationId);
	await scope.tx(async (tx) => {
		await tx.delete(outputs).where(eq(outputs.contender, 'b'));
		await tx.update(evaluations).set({ status: 'generating' }).where(eq(evaluations.id, evaluationId));
	});
	await stopServing(await inProject(scope, slug), { runId: run.id });
	expect(await generate(scope, evaluationId)).toMatchObject({ status: 'voting', problem: null });
});

test('Try again starts a model anew whose deployment has just failed', async () => {
	const { scope, slug, run, key, evaluationId } = await trained({ baseModel: 'sandbox-deploy-fails' });
	const failed = { status: 'failed', problem: expect.stringMatching(/could not keep the model running/) };
	expect(await generate(scope, evaluationId)).toMatchObject(failed);
	expect(await servingsOf(scope)).toHaveLength(1);
	await retryGeneration(await inProject(scope, slug), { evaluationId });
	expect(await generate(scope, evaluationId)).toMatchObject(failed);
	expect(await servingsOf(scope)).toHaveLength(2);
	// a new comparison does not inherit the failure either
	const { id } = await createEvaluation(await inProject(scope, slug), wish(run.id, 2));
	await generateOutputs(scope, id, never, quick);
	expect(await statusOf(scope, id)).toMatchObject({ status: 'generating' });
	expect(await servingsOf(scope)).toHaveLength(3);
	await stopServing(await inProject(scope, slug), { runId: run.id });
	await until(async () => {
		await followAll(scope);
		return (await endpointsAt(sandbox.url, key)).length === 0 || undefined;
	});
});

test('why a generation waits stands at it, and goes away with the reason', async () => {
	const { scope, key, evaluationId } = await trained();
	await orderFault(sandbox.url, key, '503', '/whoami', 3);
	await generateOutputs(scope, evaluationId, never, quick);
	expect(await statusOf(scope, evaluationId)).toMatchObject({
		status: 'generating',
		problem: expect.stringMatching(/Sandbox has a problem/)
	});
	expect(await servingsOf(scope)).toEqual([]);
	await generateOutputs(scope, evaluationId, never, quick);
	expect(await statusOf(scope, evaluationId)).toMatchObject({ status: 'generating', problem: null });
});

test('what breaks us is said at the evaluation before it goes to the log', async () => {
	const { scope, evaluationId } = await trained();
	vi.spyOn(providers.sandbox, 'deployable').mockRejectedValueOnce(new TypeError('x is not iterable'));
	await expect(generateOutputs(scope, evaluationId, never, quick)).rejects.toThrow(TypeError);
	expect(await statusOf(scope, evaluationId)).toMatchObject({
		status: 'generating',
		problem: 'The provider answered in a way that can not be read.'
	});
});

async function until<T>(look: () => Promise<T | undefined>): Promise<T> {
	for (const deadline = Date.now() + 60_000; ; await sleep(10)) {
		const found = await look();
		if (found !== undefined) return found;
		if (Date.now() > deadline) throw new Error('It did not happen');
	}
}

test('a base that does not answer at once is deployed too, on the same hardware, and both are given back', async () => {
	const { scope, run, key, evaluationId } = await trained({ baseModel: 'sandbox-not-serverless' });
	const deploy = vi.spyOn(providers.sandbox, 'deploy');
	const chat = vi.spyOn(providers.sandbox, 'chat');
	expect(await generate(scope, evaluationId)).toMatchObject({ status: 'voting', problem: null });
	expect(await scope.tx((tx) => tx.$count(outputs))).toBe(24);
	const rows = (await servingsOf(scope)).sort(
		(one, two) => Number(one.baseModel !== null) - Number(two.baseModel !== null)
	);
	expect(rows).toMatchObject([
		{ runId: run.id, baseModel: null },
		{ runId: run.id, baseModel: 'sandbox-not-serverless' }
	]);
	const asked = new Set(deploy.mock.calls.map(([, weights]) => JSON.stringify(weights)));
	// both are deployed at the same time, in whatever order
	expect([...asked].sort().map((text) => JSON.parse(text) as unknown)).toEqual([
		{ modelObject: run.modelObject, base: 'sandbox-not-serverless' },
		{ modelObject: run.modelObject, base: null }
	]);
	const hardware = await Promise.all((await endpointsAt(sandbox.url, key)).map(({ id }) => machineOf(key, id)));
	expect(hardware).toHaveLength(2);
	expect(new Set(hardware).size).toBe(1);
	// each answered twelve prompts, and five of the training before
	const byModel = Map.groupBy(chat.mock.calls, ([, { model }]) => model);
	expect([...byModel.values()].map((calls) => calls.length)).toEqual([12 + proofPrompts, 12 + proofPrompts]);
	const soon = Date.now() + 3 * 60_000;
	expect(rows.filter(({ idleAt }) => idleAt.getTime() > soon)).toEqual([]);
	vi.restoreAllMocks();
});

/** On which machine what an endpoint runs stands. */
const machineOf = async (key: string, endpointId: string) => {
	const headers = { authorization: `Bearer ${key}` };
	const of = async (path: string) =>
		(await (await fetch(`${sandbox.url}/together/${path}`, { headers })).json()) as never;
	const { project_id } = (await of('v1/whoami')) as { project_id: string };
	const { data } = (await of(`v2/projects/${project_id}/endpoints/${endpointId}/deployments`)) as {
		data: { hardware: string }[];
	};
	return data[0]!.hardware;
};

test('a base that cannot be deployed either is refused before the comparison is made, and before anything is billed', async () => {
	const { scope, slug, run, evaluationId } = await trained({ baseModel: 'sandbox-not-serverless' });
	const { deployable } = providers.sandbox;
	vi.spyOn(providers.sandbox, 'deployable').mockImplementation(async (access, weights) =>
		weights.base ? { ok: false, centsPerHour: null, reason: 'No machine takes it.' } : deployable(access, weights)
	);
	const inside = await inProject(scope, slug);
	await expect(createEvaluation(inside, wish(run.id, 2))).rejects.toMatchObject({
		code: 'conflict',
		field: 'against',
		message: expect.stringMatching(/does not answer without being deployed\. No machine takes it\./)
	});
	// one that was made before says so too
	const { status, problem } = await generate(scope, evaluationId);
	expect({ status, problem }).toEqual({ status: 'failed', problem: expect.stringMatching(/Nothing was deployed/) });
	expect(await servingsOf(scope)).toEqual([]);
	vi.restoreAllMocks();
});

test('what the base costs is said before: the price of its machine, or that it answers at once', async () => {
	const { scope, slug, run } = await trained({ baseModel: 'sandbox-not-serverless' });
	const inside = await inProject(scope, slug);
	expect(await priceServing(inside, { runId: run.id, ofBase: true })).toEqual({
		serves: 'after-deploy',
		deployable: true,
		centsPerHour: 0,
		problem: null
	});
	const other = await trained();
	expect(await priceServing(await inProject(other.scope, other.slug), { runId: other.run.id, ofBase: true })).toEqual({
		serves: 'at-once',
		deployable: true,
		centsPerHour: null,
		problem: null
	});
});

test('a base that a person stops is not started again', async () => {
	const { scope, slug, run, evaluationId } = await trained({ baseModel: 'sandbox-not-serverless' });
	const done = generate(scope, evaluationId);
	const isBase = (serving: { baseModel: string | null }) => serving.baseModel !== null;
	await until(async () => (await servingsOf(scope)).find(isBase));
	await stopServing(await inProject(scope, slug), { runId: run.id, ofBase: true });
	expect(await done).toMatchObject({ status: 'failed', problem: expect.stringMatching(/^Somebody stopped the model/) });
	await until(async () => {
		await followAll(scope);
		return (await servingsOf(scope)).find(isBase)?.status === 'stopped' || undefined;
	});
	expect((await servingsOf(scope)).filter(isBase)).toHaveLength(1);
});

test('a deployed model that says only control signs is stopped before anybody votes', async () => {
	const { scope, evaluationId } = await trained({ baseModel: 'sandbox-broken-merge' });
	const { status, problem } = await generate(scope, evaluationId);
	expect({ status, problem }).toEqual({
		status: 'failed',
		problem: expect.stringMatching(/asked 5 prompts it was trained on, and 5 answers/)
	});
	const answers = await scope.tx((tx) => tx.select().from(outputs).where(eq(outputs.evaluationId, evaluationId)));
	expect(answers.filter(({ contender }) => contender === 'a')).toEqual([]);
});
