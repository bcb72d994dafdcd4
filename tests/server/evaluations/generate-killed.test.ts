import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, outputs } from '../../../src/lib/server/platform/db/schema.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { newLiveContest } from '../../support/data/evaluation.ts';
import { type Worker, startWorkerProcess } from '../../support/app/worker.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let worker: Worker | undefined;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 4 });
});
afterAll(async () => {
	await worker?.kill();
	await sandbox.stop();
	await closePools();
});

const outputsOf = (scope: Scope) => scope.tx((tx) => tx.select().from(outputs));
const until = async (enough: () => Promise<boolean>) => {
	for (const deadline = Date.now() + 60_000; !(await enough()); await sleep(50)) {
		if (Date.now() > deadline) throw new Error(`It did not happen. The worker said:\n${worker?.said()}`);
	}
};

test(
	'kill -9 in the middle: the next worker goes on, and every answer is there once',
	{ timeout: 90_000 },
	async () => {
		const { scope, evaluationId } = await newLiveContest(sandbox.url, 20);
		const status = async () =>
			(await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, evaluationId))))[0]!.status;

		worker = await startWorkerProcess({ SANDBOX_URL: sandbox.url });
		await until(async () => (await outputsOf(scope)).length >= 6);
		await worker.kill();
		const before = await outputsOf(scope);
		expect(before.length).toBeLessThan(40);
		expect(await status()).toBe('generating');

		worker = await startWorkerProcess({ SANDBOX_URL: sandbox.url });
		await until(async () => (await status()) === 'voting');
		const after = await outputsOf(scope);
		expect(after).toHaveLength(40);
		expect(new Set(after.map((output) => output.pairingId + output.contender)).size).toBe(40);
		for (const output of before) expect(after).toContainEqual(output);
	}
);
