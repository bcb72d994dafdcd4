import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runStatuses } from '../../../src/lib/core/runs/status.ts';
import { replaceKey } from '../../../src/lib/server/connections/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, connections, runEvents, runPoints } from '../../../src/lib/server/platform/db/schema.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import type { JobReport } from '../../../src/lib/server/providers/provider.ts';
import { followRun } from '../../../src/lib/server/runs/follow.ts';
import { cancelRun, startRun } from '../../../src/lib/server/runs/commands.ts';
import { getRun } from '../../../src/lib/server/runs/queries.ts';
import { recordReport } from '../../../src/lib/server/runs/report.ts';
import { runById } from '../../../src/lib/server/runs/rows.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { owner } from '../../support/database/owner.ts';
import { newTeam } from '../../support/data/team.ts';
import {
	drive,
	follow,
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
	sandbox = await startSandbox({ port: 0, speed: 20 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const ordered = async (more: Parameters<typeof newWorkshop>[1] = {}) => {
	const workshop = await newWorkshop(sandbox.url, more);
	const run = await startRun(await inProject(workshop.scope, workshop.slug), newRun());
	await submit(workshop.scope, run.id);
	return { ...workshop, run, jobs: () => jobsAt(sandbox.url, workshop.key) };
};
const announcements = async (scope: Scope, topic: string) =>
	Number((await scope.tx((tx) => tx.$client`select count(*) from outbox where topic = ${topic}`))[0]!.count);

test('the whole way to ready: status forward only, log, losses, cost, model', async () => {
	const { scope, slug, run, jobs } = await ordered();
	const seen: string[] = [];
	await drive(scope, run.id, (now) => {
		if (seen.at(-1) !== now.status) seen.push(now.status);
		return now.status === 'ready';
	});
	const order = seen.map((status) => runStatuses.indexOf(status as (typeof runStatuses)[number]));
	expect(order).toEqual([...order].sort((a, b) => a - b));

	const done = await getRun(await inProject(scope, slug), { runId: run.id });
	expect(done.run).toMatchObject({
		status: 'ready',
		isOver: true,
		canCancel: false,
		problem: null,
		providerStatus: 'completed'
	});
	expect(done.run.model).toContain('sandbox-small');
	expect(done.run.modelObject).toMatch(/^ml_/);
	expect(done.run.costCents).toBe(0); // nobody pays for the sandbox
	expect(done.run.stepsDone).toBe(done.run.stepsTotal);
	expect(done.run.startedAt!.getTime()).toBeLessThanOrEqual(done.run.finishedAt!.getTime());
	expect(done.events.map(({ kind }) => kind)).toEqual(
		expect.arrayContaining([
			'aitelier.prepared',
			'aitelier.uploaded',
			'aitelier.ordered',
			'training_start',
			'job_complete'
		])
	);
	expect(new Set(done.points.map(({ series }) => series))).toEqual(new Set(['train', 'validation']));
	const train = done.points.filter(({ series }) => series === 'train').map(({ loss }) => loss);
	expect(train.at(-1)!).toBeLessThan(train[0]!);
	expect(await jobs()).toHaveLength(1);

	const happened = await scope.tx(
		(tx) => tx.$client`select event from outbox where topic = ${`run:${run.id}`} order by xid`
	);
	expect([...new Set(happened.map(({ event }) => event))]).toEqual(['run.started', 'run.progressed', 'run.finished']);
	const [entry] = await scope.tx((tx) => tx.select().from(auditEntries).where(eq(auditEntries.subject, run.id)));
	expect(entry).toMatchObject({
		action: 'run.started',
		details: { project: slug, version: 1, model: 'sandbox-small', trainCount: 20, validationCount: 12 }
	});
});

test('nothing is written twice and nobody is told twice, however often it is looked at', async () => {
	const { scope, run } = await ordered();
	await drive(scope, run.id);
	const count = async () =>
		scope.tx(async (tx) => ({
			events: await tx.$count(runEvents, eq(runEvents.runId, run.id)),
			points: await tx.$count(runPoints, eq(runPoints.runId, run.id))
		}));
	const before = { ...(await count()), told: await announcements(scope, `run:${run.id}`) };
	await Promise.all([follow(scope, run.id), follow(scope, run.id)]);
	expect({ ...(await count()), told: await announcements(scope, `run:${run.id}`) }).toEqual(before);
});

test('two looks at once write every event and point once', async () => {
	const { scope, run } = await ordered();
	while ((await runRow(scope, run.id)).status !== 'ready')
		await Promise.all([follow(scope, run.id), follow(scope, run.id)]);
	const events = await scope.tx((tx) => tx.select().from(runEvents).where(eq(runEvents.runId, run.id)));
	const keys = events.map(({ at, kind, message }) => `${at.toISOString()} ${kind} ${message}`);
	expect(new Set(keys).size).toBe(keys.length);
});

test('a run that is followed comes back after the poll interval, and stops when it is over', async () => {
	const { scope, run } = await ordered({ baseModel: 'sandbox-slow' });
	const waiting = () =>
		owner`select extract(epoch from start_after - now()) as seconds from pgboss.job where name = 'run.follow' and singleton_key = ${run.id} and state = 'created'`;
	await owner`delete from pgboss.job where singleton_key = ${run.id}`;
	await follow(scope, run.id);
	expect(await waiting()).toHaveLength(1);
	expect(Number((await waiting())[0]!.seconds)).toBeGreaterThan(0);
	const quick = await ordered();
	await drive(quick.scope, quick.run.id);
	await owner`delete from pgboss.job where singleton_key = ${quick.run.id}`;
	await follow(quick.scope, quick.run.id);
	expect(await owner`select 1 from pgboss.job where singleton_key = ${quick.run.id}`).toHaveLength(0);
});

test('a job that dies at 60 % fails in words, with what it has learnt and cost so far', async () => {
	const { scope, slug, run } = await ordered({ baseModel: 'sandbox-dies-at-60' });
	expect(await drive(scope, run.id)).toMatchObject({
		status: 'failed',
		problem: expect.stringMatching(/out of memory/),
		finishedAt: expect.any(Date)
	});
	const { points } = await getRun(await inProject(scope, slug), { runId: run.id });
	expect(points.length).toBeGreaterThan(0);
});

test('data that the provider rejects fails the run with its reason', async () => {
	const { scope, run } = await ordered({ baseModel: 'sandbox-rejects-data' });
	expect(await drive(scope, run.id)).toMatchObject({
		status: 'failed',
		problem: expect.stringMatching(/training data was refused/)
	});
});

test('a status nobody knows is kept word for word, and the run goes on', async () => {
	const { scope, run } = await ordered({ baseModel: 'sandbox-odd-status' });
	const odd = await drive(scope, run.id, ({ providerStatus }) => providerStatus === 'defragmenting');
	// a busy machine may have missed the known words before it
	expect(['queued', 'validating', 'training']).toContain(odd.status);
	expect(await drive(scope, run.id)).toMatchObject({ status: 'ready', providerStatus: 'completed' });
});

test('a job that is restarted under another number is followed there', async () => {
	const { scope, slug, run } = await ordered({ baseModel: 'sandbox-restarts' });
	const first = (await runRow(scope, run.id)).jobId;
	const done = await drive(scope, run.id);
	expect(done).toMatchObject({ status: 'ready', problem: null });
	expect(done.jobId).not.toBe(first);
	const { events } = await getRun(await inProject(scope, slug), { runId: run.id });
	expect(events.filter(({ kind }) => kind === 'aitelier.restarted')).toHaveLength(1);
});

test('a cancelled training ends cancelled at the provider too, and says what is billed', async () => {
	const { scope, slug, run, jobs } = await ordered({ baseModel: 'sandbox-slow' });
	await drive(scope, run.id, ({ status, stepsDone }) => status === 'training' && (stepsDone ?? 0) > 0);
	expect(await cancelRun(await inProject(scope, slug), { runId: run.id })).toEqual({
		billed: expect.stringMatching(/steps are billed.*the rest is not/)
	});
	expect((await runRow(scope, run.id)).status).toBe('cancelling');
	await cancelRun(await inProject(scope, slug), { runId: run.id });
	expect(await drive(scope, run.id)).toMatchObject({ status: 'cancelled', problem: null });
	expect((await jobs()).map(({ status }) => status)).toEqual(['cancelled']);
});

test('a cancellation that the provider did not hear is passed on by the worker', async () => {
	const { scope, slug, run, key } = await ordered({ baseModel: 'sandbox-slow' });
	await orderFault(sandbox.url, key, '503', '/cancel', 3);
	await cancelRun(await inProject(scope, slug), { runId: run.id });
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'validating', cancelRequestedAt: expect.any(Date) });
	expect((await drive(scope, run.id)).status).toBe('cancelled');
});

test('a run that has ended cannot be cancelled', async () => {
	const { scope, slug, run } = await ordered();
	await drive(scope, run.id);
	await expect(cancelRun(await inProject(scope, slug), { runId: run.id })).rejects.toMatchObject({ code: 'conflict' });
	expect((await runRow(scope, run.id)).status).toBe('ready');
});

test('a refused key is said and the run goes on as soon as there is a good one', async () => {
	const { scope, run, connection, key } = await ordered({ baseModel: 'sandbox-slow' });
	await replaceKey(scope, { connectionId: connection.id, key: 'refused-now' });
	await follow(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'validating', problem: expect.stringMatching(/key/) });
	const [row] = await scope.tx((tx) => tx.select().from(connections).where(eq(connections.id, connection.id)));
	expect(row!.status).toBe('refused');
	await replaceKey(scope, { connectionId: connection.id, key });
	await follow(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({ problem: null });
});

test('a provider that is away is said, tried again, and forgotten when it is back', async () => {
	const { scope, run, key } = await ordered({ baseModel: 'sandbox-slow' });
	await orderFault(sandbox.url, key, '503', '/fine-tunes', 9);
	await expect(follow(scope, run.id)).rejects.toThrow();
	expect(await runRow(scope, run.id)).toMatchObject({
		status: 'validating',
		problem: expect.stringContaining('Sandbox')
	});
	for (let i = 0; i < 5 && (await runRow(scope, run.id)).problem; i++) await follow(scope, run.id).catch(() => {});
	expect(await runRow(scope, run.id)).toMatchObject({ problem: null });
});

test('a job the provider no longer knows fails the run in words, but only when that has lasted', async () => {
	const { scope, run, connection } = await ordered({ baseModel: 'sandbox-slow' });
	await replaceKey(scope, { connectionId: connection.id, key: 'somebody-elses-key' });
	await follow(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({
		status: 'validating',
		problem: expect.stringMatching(/does not know the job/)
	});
	expect(await drive(scope, run.id)).toMatchObject({
		status: 'failed',
		problem: expect.stringMatching(/no longer knows the job/)
	});
});

test('an order that turns up late, after a second one, is cancelled before it trains, once, and said', async () => {
	const { scope, slug, run, key, jobs } = await lostOnce(sandbox.url, { baseModel: 'sandbox-slow' });
	const { jobId } = await drive(scope, run.id, ({ jobId }) => jobId !== null);
	expect(jobId).not.toBeNull();
	await placeTwin(sandbox.url, key, await runRow(scope, run.id));
	// the first try to cancel it is in vain, and nothing is forgotten by that
	await orderFault(sandbox.url, key, '503', '/cancel', 3);
	await expect(follow(scope, run.id)).rejects.toThrow();
	await follow(scope, run.id);
	await follow(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({ jobId });
	const all = await jobs();
	expect(all).toHaveLength(2);
	for (const job of all) expect(job.status.startsWith('cancel')).toBe(job.id !== jobId);
	const { events } = await getRun(await inProject(scope, slug), { runId: run.id });
	expect(events.filter(({ kind }) => kind === 'aitelier.duplicate')).toHaveLength(1);
	expect((await runRow(scope, run.id)).status).not.toBe('cancelled');
});

test('a job that is not known for a moment goes on, and missing events or losses end nothing', async () => {
	const { scope, run, key } = await ordered({ baseModel: 'sandbox-slow' });
	await orderFault(sandbox.url, key, '404', '/fine-tunes/ft-', 1);
	await follow(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'validating' });
	await follow(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({ problem: null });
	for (const path of ['/events', '/metrics']) {
		await orderFault(sandbox.url, key, '404', path, 1);
		await follow(scope, run.id);
		expect(await runRow(scope, run.id)).toMatchObject({ problem: null, finishedAt: null });
	}
});

test('an answer that can not be read is said at the run, which is tried again', async () => {
	const { scope, run, key } = await ordered({ baseModel: 'sandbox-slow' });
	await orderFault(sandbox.url, key, 'garbled', '/fine-tunes', 9);
	await expect(follow(scope, run.id)).rejects.toMatchObject({ kind: 'down' });
	expect(await runRow(scope, run.id)).toMatchObject({
		status: 'validating',
		problem: expect.stringMatching(/can not be read/)
	});
	for (let i = 0; i < 5 && (await runRow(scope, run.id)).problem; i++) await follow(scope, run.id).catch(() => {});
	expect(await runRow(scope, run.id)).toMatchObject({ problem: null });
});

test('what breaks us is said at the run before it goes to the log', async () => {
	const { scope, run } = await ordered({ baseModel: 'sandbox-slow' });
	vi.spyOn(providers.sandbox, 'report').mockRejectedValueOnce(new TypeError('x is not iterable'));
	await expect(follow(scope, run.id)).rejects.toThrow(TypeError);
	expect(await runRow(scope, run.id)).toMatchObject({
		status: 'validating',
		problem: 'The provider answered in a way that can not be read.'
	});
	// what goes wrong in our own code is not the provider's doing
	vi.spyOn(providers.sandbox, 'report').mockRejectedValueOnce(new Error('ours'));
	await follow(scope, run.id).catch(() => {});
	await follow(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({ problem: null });
});

test('of a report what can be kept is kept, and the rest stops nothing', async () => {
	const { scope, slug, run } = await ordered({ baseModel: 'sandbox-slow' });
	const jobId = (await runRow(scope, run.id)).jobId!;
	const at = new Date();
	const event = { at, level: 'info' as const, kind: 'message', message: 'fine' };
	const odd = report({
		jobId,
		problem: null,
		stepsDone: 2.5,
		stepsTotal: 1e12,
		model: 'a\u0000b',
		events: [
			event,
			{ ...event, at: new Date(NaN), message: 'undated' },
			{ ...event, level: undefined as never, message: 'no\u0000 level', step: 1.5 },
			{ ...event, message: undefined as never }
		],
		points: [
			{ series: 'train', step: 1, loss: 2, at },
			{ series: 'train', step: 1.5, loss: 2, at },
			{ series: 'train', step: 2, loss: 1e300, at },
			{ series: 'train', step: 3, loss: 2, at: new Date(NaN) }
		]
	});
	await scope.tx(async (tx) => recordReport(tx, scope, await runById(tx, run.id, { lock: true }), odd));
	const { events, points, run: now } = await getRun(await inProject(scope, slug), { runId: run.id });
	const theirs = events.filter(({ kind }) => kind === 'message');
	expect(theirs).toMatchObject([
		{ level: 'info', message: 'fine' },
		{ level: 'info', message: 'no level', step: null }
	]);
	expect(points).toMatchObject([{ series: 'train', step: 1, loss: 2 }]);
	expect(now).toMatchObject({ status: 'training', stepsTotal: null, model: 'ab' });
});

test('a process that stops hands its job back and says nothing about the provider', async () => {
	const { scope, run } = await ordered({ baseModel: 'sandbox-slow' });
	await expect(followRun(scope, run.id, AbortSignal.abort())).rejects.toThrow();
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'validating', problem: null });
});

const report = (more: Partial<JobReport>): JobReport => ({
	jobId: 'ft-1',
	status: 'training',
	providerStatus: 'running',
	model: null,
	modelObject: null,
	problem: null,
	trainedTokens: null,
	costCents: null,
	stepsDone: null,
	stepsTotal: null,
	events: [],
	points: [],
	...more
});

test('late and out-of-order reports move nothing backwards, and an end is final', async () => {
	const { scope, run } = await ordered({ baseModel: 'sandbox-slow' });
	const jobId = (await runRow(scope, run.id)).jobId!;
	const record = (more: Partial<JobReport>) =>
		scope.tx(async (tx) =>
			recordReport(tx, scope, await runById(tx, run.id, { lock: true }), report({ jobId, ...more }))
		);
	await record({ status: 'training', stepsDone: 8, stepsTotal: 15 });
	await record({ status: 'queued', providerStatus: 'queued', stepsDone: 3 });
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'training', stepsDone: 8, stepsTotal: 15 });
	await record({ status: 'ready', model: 'm', modelObject: 'ml_1' });
	await record({ status: 'failed', problem: 'too late' });
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'ready', model: 'm', problem: null });
});

test('a job that the provider cancelled on its own says why that usually happens', async () => {
	const { scope, run } = await ordered({ baseModel: 'sandbox-slow' });
	const jobId = (await runRow(scope, run.id)).jobId!;
	await scope.tx(async (tx) =>
		recordReport(tx, scope, await runById(tx, run.id), report({ jobId, status: 'cancelled' }))
	);
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'cancelled', problem: expect.stringMatching(/balance/) });
	// nobody here has cancelled it: whoever is told of failures hears of it
	const told = await scope.tx((tx) => tx.$client`select 1 from outbox where event = 'run.failed'`);
	expect(told).not.toHaveLength(0);
});

test('a stranger cannot cancel, and a rater may not', async () => {
	const { scope, slug, run, as } = await ordered({ baseModel: 'sandbox-slow' });
	const { scope: stranger } = await newTeam();
	const { project } = await inProject(scope, slug);
	const asked = { runId: run.id };
	await expect(cancelRun({ ...stranger, project }, asked)).rejects.toMatchObject({ code: 'not_found' });
	await expect(cancelRun(await inProject(await as('rater'), slug), asked)).rejects.toMatchObject({ code: 'forbidden' });
	await follow(stranger, run.id); // a job of another team finds nothing to do
	expect(await runRow(scope, run.id)).toMatchObject({ status: 'validating', cancelRequestedAt: null });
});
