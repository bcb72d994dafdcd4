import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { isOver } from '../../src/lib/core/runs/status.ts';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import type { Run } from '../../src/lib/server/runs/rows.ts';
import { startRun } from '../../src/lib/server/runs/commands.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { type Scope, inProject } from '../../src/lib/server/access/scope.ts';
import { jobsAt, newRun, newWorkshop, orderFault, runRow } from '../support/data/training.ts';
import { type Worker, startWorkerProcess } from '../support/app/worker.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
const workers: Worker[] = [];

beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 8 });
});
afterEach(async () => {
	await Promise.all(workers.splice(0).map((worker) => worker.kill()));
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const startWorker = async () => {
	const worker = await startWorkerProcess({ SANDBOX_URL: sandbox.url });
	workers.push(worker);
	return worker;
};

/** Waits, as a person would; only the worker processes move the run. */
const until = async (scope: Scope, id: string, enough: (run: Run) => boolean): Promise<Run> => {
	for (;;) {
		const run = await runRow(scope, id);
		if (enough(run) || isOver(run)) return run;
		await sleep(50);
	}
};

test(
	'killed while it follows a training, its job goes on in another process: one order, ready',
	{ timeout: 90_000 },
	async () => {
		const first = await startWorker();
		const { scope, slug, key } = await newWorkshop(sandbox.url, { baseModel: 'sandbox-slow' });
		const run = await startRun(await inProject(scope, slug), newRun());
		expect((await until(scope, run.id, ({ status }) => status === 'training')).status).toBe('training');
		await first.kill();
		await startWorker();
		expect(await until(scope, run.id, isOver)).toMatchObject({ status: 'ready', model: expect.any(String) });
		expect(await jobsAt(sandbox.url, key)).toHaveLength(1);
	}
);

test(
	'killed while the order is on its way, the next process finds it instead of ordering again',
	{ timeout: 150_000 },
	async () => {
		const { scope, slug, key } = await newWorkshop(sandbox.url);
		const run = await startRun(await inProject(scope, slug), newRun());
		// the estimate, the count and the order are answered late: the process dies with the order taken and the answer missing
		await orderFault(sandbox.url, key, 'slow', '/fine-tunes', 3);
		const first = await startWorker();
		expect(await until(scope, run.id, ({ status }) => status === 'submitting')).toMatchObject({
			status: 'submitting',
			jobId: null
		});
		await sleep(200);
		await first.kill();
		expect(await jobsAt(sandbox.url, key)).toHaveLength(1);
		expect(await runRow(scope, run.id)).toMatchObject({ status: 'submitting', jobId: null });
		await startWorker();
		expect(await until(scope, run.id, isOver)).toMatchObject({ status: 'ready' });
		expect(await jobsAt(sandbox.url, key)).toHaveLength(1);
	}
);

test('killed at random moments, again and again: one order, ready', { timeout: 180_000 }, async () => {
	const { scope, slug, key } = await newWorkshop(sandbox.url, { baseModel: 'sandbox-cuts-answers' });
	const run = await startRun(await inProject(scope, slug), newRun());
	for (const afterMs of [20, 150, 400]) {
		const worker = await startWorker();
		await sleep(afterMs);
		await worker.kill();
	}
	await startWorker();
	expect(await until(scope, run.id, isOver)).toMatchObject({ status: 'ready' });
	expect(await jobsAt(sandbox.url, key)).toHaveLength(1);
});

test('two worker processes on one database place one order for each run', { timeout: 90_000 }, async () => {
	await Promise.all([startWorker(), startWorker()]);
	const shops = await Promise.all(
		['sandbox-small', 'sandbox-cuts-answers', 'sandbox-small', 'sandbox-cuts-answers'].map((baseModel) =>
			newWorkshop(sandbox.url, { baseModel })
		)
	);
	const runs = await Promise.all(
		shops.map(async ({ scope, slug }) => startRun(await inProject(scope, slug), newRun()))
	);
	for (const [i, { scope, key }] of shops.entries()) {
		expect(await until(scope, runs[i]!.id, isOver)).toMatchObject({ status: 'ready' });
		expect(await jobsAt(sandbox.url, key)).toHaveLength(1);
	}
});
