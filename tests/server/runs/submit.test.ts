import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { replaceKey } from '../../../src/lib/server/connections/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { connections, runs } from '../../../src/lib/server/platform/db/schema.ts';
import { cancelRun, startRun } from '../../../src/lib/server/runs/commands.ts';
import { getRun } from '../../../src/lib/server/runs/queries.ts';
import { orderTimeoutMs, pollSecondsFor, quietMs } from '../../../src/lib/server/providers/poll-interval.ts';
import { requeueOpenRuns } from '../../../src/lib/server/runs/jobs.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { owner } from '../../support/database/owner.ts';
import { newTeam } from '../../support/data/team.ts';
import {
	drive,
	jobsAt,
	lostOnce,
	newRun,
	newWorkshop,
	orderFault,
	placeTwin,
	runRow,
	submit
} from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const started = async (more: Parameters<typeof newWorkshop>[1] = {}) => {
	const workshop = await newWorkshop(sandbox.url, more);
	const run = await startRun(await inProject(workshop.scope, workshop.slug), newRun());
	return { ...workshop, run, jobs: () => jobsAt(sandbox.url, workshop.key) };
};
const connectionRow = async ({ scope, connection }: Awaited<ReturnType<typeof started>>) =>
	(await scope.tx((tx) => tx.select().from(connections).where(eq(connections.id, connection.id))))[0]!;

test('the order carries the mark, is placed once, and further submits change nothing', async () => {
	const { scope, run, jobs } = await started();
	await submit(scope, run.id);
	await submit(scope, run.id);
	const found = await jobs();
	expect(found).toEqual([expect.objectContaining({ suffix: run.mark })]);
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'validating', jobId: found[0]!.id, problem: null });
});

test('two workers at once place one order', async () => {
	for (let round = 0; round < 5; round++) {
		const { scope, run, jobs } = await started();
		await Promise.all([submit(scope, run.id), submit(scope, run.id), submit(scope, run.id)]);
		await drive(scope, run.id, ({ jobId }) => jobId !== null);
		expect(await jobs()).toHaveLength(1);
	}
});

test('a lost answer is found again by its mark: one order, adopted', async () => {
	for (let round = 0; round < 5; round++) {
		const { scope, slug, run, jobs } = await started({ baseModel: 'sandbox-cuts-answers' });
		await Promise.all([submit(scope, run.id), submit(scope, run.id)]);
		await drive(scope, run.id, ({ jobId }) => jobId !== null);
		expect(await jobs()).toHaveLength(1);
		const { events } = await getRun(await inProject(scope, slug), { runId: run.id });
		expect(events.map(({ kind }) => kind)).toContain('aitelier.ordered');
	}
});

test('an order that never arrived is placed again only after three clean lists and the quiet time', async () => {
	const { scope, slug, run, jobs, key } = await started();
	// three each for the count and the estimate, which are asked again, and one for the order: 500 is as good as silence
	await orderFault(sandbox.url, key, '500', '/fine-tunes', 7);
	await submit(scope, run.id).catch(() => {});
	for (let i = 0; i < 3 && (await runRow(scope, run.id)).status !== 'unknown'; i++)
		await submit(scope, run.id).catch(() => {});
	const lost = await runRow(scope, run.id);
	expect(lost).toMatchObject({ status: 'unknown', jobId: null });
	expect(lost.submittedAt).not.toBeNull();
	for (let i = 0; i < 4; i++) await submit(scope, run.id).catch(() => {});
	// many clean lists, but not yet the time: nothing was ordered again
	expect(await jobs()).toHaveLength(0);
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'unknown', submittedAt: lost.submittedAt });
	const now = await drive(scope, run.id, ({ jobId }) => jobId !== null);
	expect(await jobs()).toHaveLength(1);
	expect(now.submittedAt!.getTime()).toBeGreaterThan(lost.submittedAt!.getTime());
	const { events } = await getRun(await inProject(scope, slug), { runId: run.id });
	expect(events.map(({ kind }) => kind)).toEqual(
		expect.arrayContaining(['aitelier.lost', 'aitelier.again', 'aitelier.ordered'])
	);
});

test('a worker that died between intent and order is followed by one that looks first', async () => {
	const { scope, run, jobs, key } = await started();
	await submit(scope, run.id);
	const [job] = await jobs();
	// as if the answer had come and the process had died before writing it down
	await scope.tx((tx) => tx.update(runs).set({ status: 'submitting', jobId: null }).where(eq(runs.id, run.id)));
	await submit(scope, run.id);
	expect(await jobsAt(sandbox.url, key)).toHaveLength(1);
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'validating', jobId: job!.id });
});

test('of two orders the older stays and the other is cancelled', async () => {
	const { scope, slug, run, jobs, key } = await started({ baseModel: 'sandbox-slow' });
	await submit(scope, run.id);
	const [older] = await jobs();
	const ordered = await runRow(scope, run.id);
	await sleep(5);
	await fetch(`${sandbox.url}/together/v1/fine-tunes`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		body: JSON.stringify({ model: 'sandbox-slow', training_file: ordered.trainingFileId, suffix: run.mark })
	});
	await scope.tx((tx) => tx.update(runs).set({ status: 'submitting', jobId: null }).where(eq(runs.id, run.id)));
	await submit(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({ jobId: older!.id });
	const others = (await jobs()).filter(({ id }) => id !== older!.id);
	expect(others.map(({ status }) => status)).toEqual([expect.stringMatching(/cancel/)]);
	const { events } = await getRun(await inProject(scope, slug), { runId: run.id });
	expect(events.find(({ kind }) => kind === 'aitelier.duplicate')).toMatchObject({ level: 'warning' });
});

test('of two orders none is kept before the other is certain to end', async () => {
	const { scope, slug, run, jobs, key } = await lostOnce(sandbox.url, { baseModel: 'sandbox-slow' });
	const lost = await runRow(scope, run.id);
	const older = await placeTwin(sandbox.url, key, lost);
	await sleep(5);
	await placeTwin(sandbox.url, key, lost);
	await orderFault(sandbox.url, key, '503', '/cancel', 3);
	await expect(submit(scope, run.id)).rejects.toThrow();
	expect((await jobs()).some(({ status }) => /cancel/.test(status))).toBe(false);
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'unknown', problem: expect.any(String) });
	await submit(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'validating', jobId: older, problem: null });
	for (const { id, status } of await jobs()) expect(/cancel/.test(status)).toBe(id !== older);
	const { events } = await getRun(await inProject(scope, slug), { runId: run.id });
	expect(events.filter(({ kind }) => kind === 'aitelier.duplicate')).toHaveLength(1);
});

test('orders and files whose answer can not be read are found again: one job, and the run gets ready', async () => {
	const { scope, run, jobs, key } = await started();
	await orderFault(sandbox.url, key, 'garbled', '/files/upload', 1);
	// three for the estimate, which is asked again, and one for the order
	await orderFault(sandbox.url, key, 'garbled', '/fine-tunes', 4);
	expect(await drive(scope, run.id)).toMatchObject({ status: 'ready', problem: null });
	expect(await jobs()).toHaveLength(1);
});

test('a page instead of a list is no clean list', async () => {
	const { scope, run, jobs, key } = await lostOnce(sandbox.url);
	const { cleanLists } = await runRow(scope, run.id);
	await orderFault(sandbox.url, key, 'garbled', '/fine-tunes', 3);
	await expect(submit(scope, run.id)).rejects.toMatchObject({ kind: 'down' });
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'unknown', cleanLists });
	expect(await jobs()).toHaveLength(0);
});

test('only for the sandbox is anything done sooner than in production', () => {
	const seconds = { sandbox: pollSecondsFor('sandbox'), together: pollSecondsFor('together') };
	expect(seconds).toEqual({ sandbox: 1, together: 5 });
	expect(quietMs('sandbox')).toBe(3_000);
	expect(orderTimeoutMs('sandbox')).toBeLessThan(3_000);
	for (const provider of ['together', 'openai', 'openai-compatible'] as const) {
		expect(quietMs(provider)).toBe(120_000);
		expect(orderTimeoutMs(provider)).toBe(60_000);
	}
});

test('a busy provider is waited for: the files are not sent twice', async () => {
	const { scope, run, jobs, key } = await started();
	await orderFault(sandbox.url, key, '429-long', '/fine-tunes', 1);
	await submit(scope, run.id); // the estimate is refused, which stops nothing
	expect(await jobs()).toHaveLength(1);
	const other = await started();
	await orderFault(sandbox.url, other.key, '503', '/files', 3);
	await expect(submit(other.scope, other.run.id)).rejects.toThrow();
	expect(await runRow(other.scope, other.run.id)).toMatchObject({
		status: 'uploading',
		problem: expect.stringContaining('Sandbox')
	});
	await submit(other.scope, other.run.id);
	expect(await runRow(other.scope, other.run.id)).toMatchObject({ status: 'validating', problem: null });
});

test('a balance that is too low ends the run in words, before anything is ordered', async () => {
	const { scope, run, jobs } = await started({ key: 'sandbox-broke-1' });
	await submit(scope, run.id);
	expect(await jobs()).toHaveLength(0);
	expect(await runRow(scope, run.id)).toMatchObject({
		status: 'failed',
		problem: expect.stringMatching(/balance .* too low/i),
		finishedAt: expect.any(Date)
	});
});

test('closed training ends the run in words and marks the connection, whose key stays good', async () => {
	const closed = await started({ key: 'sandbox-closed-1' });
	await submit(closed.scope, closed.run.id);
	expect(await runRow(closed.scope, closed.run.id)).toMatchObject({
		status: 'failed',
		problem: expect.stringMatching(/does not offer training/)
	});
	expect(await connectionRow(closed)).toMatchObject({ training: 'closed', status: 'ok' });
});

test('a key that was taken away ends the run in words and marks the connection', async () => {
	const shop = await started();
	await replaceKey(shop.scope, { connectionId: shop.connection.id, key: 'refused-now' });
	await submit(shop.scope, shop.run.id);
	expect(await runRow(shop.scope, shop.run.id)).toMatchObject({
		status: 'failed',
		problem: expect.stringMatching(/does not accept this key/)
	});
	expect(await connectionRow(shop)).toMatchObject({ status: 'refused' });
});

test('a refused key ends nothing while an order may exist', async () => {
	const shop = await started();
	await submit(shop.scope, shop.run.id);
	await shop.scope.tx((tx) => tx.update(runs).set({ status: 'unknown', jobId: null }).where(eq(runs.id, shop.run.id)));
	await replaceKey(shop.scope, { connectionId: shop.connection.id, key: 'refused-now' });
	await submit(shop.scope, shop.run.id);
	expect(await runRow(shop.scope, shop.run.id)).toMatchObject({
		status: 'unknown',
		problem: expect.stringMatching(/key/)
	});
	await replaceKey(shop.scope, { connectionId: shop.connection.id, key: shop.key });
	await submit(shop.scope, shop.run.id);
	expect(await shop.jobs()).toHaveLength(1);
	expect(await runRow(shop.scope, shop.run.id)).toMatchObject({ status: 'validating', problem: null });
});

test('cancelled before it was sent, a run orders nothing', async () => {
	const { scope, slug, run, jobs } = await started();
	expect(await cancelRun(await inProject(scope, slug), { runId: run.id })).toEqual({
		billed: expect.stringContaining('nothing is billed')
	});
	expect(await cancelRun(await inProject(scope, slug), { runId: run.id })).toEqual({ billed: expect.any(String) });
	await submit(scope, run.id);
	expect(await jobs()).toHaveLength(0);
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'cancelled', jobId: null });
});

test('cancelled at the same moment as it is sent, a run ends cancelled whatever came first', async () => {
	for (let round = 0; round < 5; round++) {
		const { scope, slug, run, jobs } = await started({ baseModel: 'sandbox-slow' });
		const sending = submit(scope, run.id);
		await sleep(round * 15);
		await cancelRun(await inProject(scope, slug), { runId: run.id });
		await sending;
		expect((await drive(scope, run.id)).status).toBe('cancelled');
		expect((await jobs()).every(({ status }) => status === 'cancelled')).toBe(true);
	}
});

test('an open run that lost its job gets one, and only one', async () => {
	const { scope, run } = await started();
	const waiting = async () =>
		Number(
			(await owner`select count(*) from pgboss.job where singleton_key = ${run.id} and state < 'completed'`)[0]!.count
		);
	await requeueOpenRuns(scope);
	expect(await waiting()).toBe(1);
	await owner`delete from pgboss.job where singleton_key = ${run.id}`;
	await requeueOpenRuns(scope);
	await requeueOpenRuns(scope);
	expect(await waiting()).toBe(1);
	await owner`update pgboss.job set state = 'active' where singleton_key = ${run.id}`;
	await requeueOpenRuns(scope);
	expect(await waiting()).toBe(1);
	const { scope: stranger } = await newTeam();
	await requeueOpenRuns(stranger);
	expect(await waiting()).toBe(1);
});
