import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { idleMinutes, isAlive } from '../../../src/lib/core/servings/serving.ts';
import { replaceKey } from '../../../src/lib/server/connections/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, connections, servings } from '../../../src/lib/server/platform/db/schema.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { ProviderError } from '../../../src/lib/server/providers/errors.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { afterState, followServing } from '../../../src/lib/server/servings/follow.ts';
import { requeueOpenServings } from '../../../src/lib/server/servings/jobs.ts';
import type { Serving } from '../../../src/lib/server/servings/rows.ts';
import { ensureServed, releaseServing, startServing, stopServing } from '../../../src/lib/server/servings/commands.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { newTeam } from '../../support/data/team.ts';
import {
	drive,
	endpointsAt as endpointsAtSandbox,
	newRun,
	newWorkshop,
	orderFault
} from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 100 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const trained = async (more: Parameters<typeof newWorkshop>[1] = {}) => {
	const workshop = await newWorkshop(sandbox.url, more);
	const run = await startRun(await inProject(workshop.scope, workshop.slug), newRun());
	return { ...workshop, run: await drive(workshop.scope, run.id) };
};
type Shop = Awaited<ReturnType<typeof trained>>;
type Place = { scope: Scope; slug: string; run: { id: string } };

const start = async ({ scope, slug, run }: Place) => startServing(await inProject(scope, slug), { runId: run.id });
const stop = async ({ scope, slug, run }: Place) => stopServing(await inProject(scope, slug), { runId: run.id });

const all = (scope: Scope) => scope.tx((tx) => tx.select().from(servings).orderBy(servings.createdAt));
const look = (scope: Scope, id: string) => followServing(scope, id, new AbortController().signal);
const until = async (scope: Scope, id: string, enough: (serving: Serving) => boolean): Promise<Serving> => {
	for (;;) {
		const serving = (await all(scope)).find((each) => each.id === id)!;
		if (enough(serving)) return serving;
		await look(scope, id);
		await sleep(30);
	}
};
const change = (scope: Scope, id: string, columns: Partial<Serving>) =>
	scope.tx((tx) => tx.update(servings).set(columns).where(eq(servings.id, id)));
const ready = async (shop: Shop) => {
	const { id } = await start(shop);
	return until(shop.scope, id, ({ status }) => status === 'ready');
};

const endpointsAt = (key: string) => endpointsAtSandbox(sandbox.url, key);

test('started, ready, stopped: one endpoint, and none afterwards', async () => {
	const shop = await trained();
	const serving = await ready(shop);
	expect(serving).toMatchObject({
		centsPerHour: expect.any(Number),
		readyAt: expect.any(Date),
		deployment: { callAs: expect.stringContaining('/') }
	});
	expect(serving.idleAt.getTime()).toBeLessThanOrEqual(Date.now() + idleMinutes * 60_000);
	expect(await endpointsAt(shop.key)).toHaveLength(1);
	await stop(shop);
	await stop(shop);
	expect(await until(shop.scope, serving.id, (now) => !isAlive(now))).toMatchObject({
		status: 'stopped',
		stoppedAt: expect.any(Date),
		problem: null
	});
	expect(await endpointsAt(shop.key)).toHaveLength(0);
	await stop(shop);
	const audited = await shop.scope.tx((tx) =>
		tx.select().from(auditEntries).where(eq(auditEntries.subject, serving.id))
	);
	const { id: run, version } = shop.run;
	expect(audited.map(({ action, details }) => [action, details])).toEqual([
		['serving.started', { run, version, centsPerHour: serving.centsPerHour }],
		['serving.stopped', { run, version }]
	]);
	const told = await shop.scope.tx((tx) => tx.$client`select 1 from outbox where event = 'serving.ended'`);
	expect(told).toHaveLength(1);
});

test('two clicks at once start one', async () => {
	const shop = await trained();
	const started = await Promise.all([1, 2, 3].map(() => start(shop)));
	expect(new Set(started.map(({ id }) => id)).size).toBe(1);
	expect(await all(shop.scope)).toHaveLength(1);
});

test('a deployment whose answer is lost is found again, not made twice', async () => {
	const shop = await trained();
	const { id } = await start(shop);
	await orderFault(sandbox.url, shop.key, 'cut', '/deployments');
	await look(shop.scope, id);
	await until(shop.scope, id, ({ status }) => status === 'ready');
	expect(await endpointsAt(shop.key)).toHaveLength(1);
});

test('what nobody uses stops by itself', async () => {
	const shop = await trained();
	const serving = await ready(shop);
	await change(shop.scope, serving.id, { idleAt: new Date(Date.now() - 1) });
	expect(await until(shop.scope, serving.id, (now) => !isAlive(now))).toMatchObject({
		status: 'stopped',
		problem: null
	});
	expect(await endpointsAt(shop.key)).toHaveLength(0);
});

test('what has run for half a day stops, however much it is used', async () => {
	const shop = await trained();
	const serving = await ready(shop);
	await change(shop.scope, serving.id, { readyAt: new Date(Date.now() - 13 * 3_600_000) });
	expect(await until(shop.scope, serving.id, (now) => !isAlive(now))).toMatchObject({
		status: 'stopped',
		problem: expect.stringMatching(/12 hours/)
	});
});

test('what does not become ready in an hour is given up, and what breaks is stopped, both in words', async () => {
	const shop = await trained();
	const { id } = await start(shop);
	const starting = (await all(shop.scope)).find((each) => each.id === id)!;
	const later = (minutes: number) => new Date(starting.createdAt.getTime() + minutes * 60_000);
	expect(afterState(starting, 'starting', later(59))).toEqual({});
	expect(afterState(starting, 'starting', later(61))).toMatchObject({
		status: 'stopping',
		problem: expect.stringMatching(/60 minutes/)
	});
	expect(afterState(starting, 'failed', later(1))).toMatchObject({ status: 'stopping', problem: expect.any(String) });
	// given up before it was ever ready: failed; stopped after it worked: stopped
	const stopping = { ...starting, status: 'stopping' as const, problem: 'No machine was free.' };
	expect(afterState(stopping, 'stopping', later(62))).toEqual({});
	expect(afterState(stopping, 'stopped', later(63))).toMatchObject({ status: 'failed' });
	expect(afterState({ ...stopping, readyAt: later(5) }, 'stopped', later(63))).toMatchObject({ status: 'stopped' });
	expect(afterState({ ...starting, status: 'ready', readyAt: later(5) }, 'stopped', later(6))).toMatchObject({
		status: 'stopped',
		problem: expect.any(String)
	});
});

test('two workers at once deploy once', async () => {
	const shop = await trained();
	const { id } = await start(shop);
	await Promise.all([look(shop.scope, id), look(shop.scope, id), look(shop.scope, id)]);
	await until(shop.scope, id, ({ status }) => status === 'ready');
	expect(await endpointsAt(shop.key)).toHaveLength(1);
});

test('stopped while it starts, nothing is left at the provider', async () => {
	const shop = await trained();
	const { id } = await start(shop);
	await orderFault(sandbox.url, shop.key, 'cut', '/endpoints');
	await look(shop.scope, id);
	await stop(shop);
	expect(await until(shop.scope, id, (now) => !isAlive(now))).toMatchObject({ status: 'stopped' });
	expect(await endpointsAt(shop.key)).toHaveLength(0);
});

test('an evaluation gets the name to call it by, its uses keep it, its release ends it soon', async () => {
	const shop = await trained();
	expect(await ensureServed(shop.scope, shop.run.id)).toEqual({ ready: false, status: 'starting' });
	expect(await ensureServed(shop.scope, shop.run.id)).toEqual({ ready: false, status: 'starting' });
	const [serving] = await all(shop.scope);
	await until(shop.scope, serving!.id, ({ status }) => status === 'ready');
	await change(shop.scope, serving!.id, { idleAt: new Date(Date.now() + 1000) });
	expect(await ensureServed(shop.scope, shop.run.id)).toEqual({ ready: true, callAs: expect.stringContaining('/') });
	const [used] = await all(shop.scope);
	expect(used!.idleAt.getTime()).toBeGreaterThan(Date.now() + (idleMinutes - 1) * 60_000);
	await releaseServing(shop.scope, shop.run.id);
	const [released] = await all(shop.scope);
	expect(released!.status).toBe('ready');
	expect(released!.idleAt.getTime()).toBeLessThan(Date.now() + 3 * 60_000);
	await ensureServed(shop.scope, shop.run.id);
	expect((await all(shop.scope))[0]!.idleAt.getTime()).toBeGreaterThan(Date.now() + (idleMinutes - 1) * 60_000);
});

test('a model that cannot be deployed is refused before anything is billed', async () => {
	const shop = await trained();
	await rewriteHistory('runs', (sql) => sql`update runs set model_object = 'ml_unknown' where id = ${shop.run.id}`);
	await expect(start(shop)).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringMatching(/no hardware/)
	});
	await expect(ensureServed(shop.scope, shop.run.id)).rejects.toMatchObject({ code: 'conflict' });
	expect(await all(shop.scope)).toHaveLength(0);
});

test('a failure is the answer to whoever wanted the model before it, and no answer to whoever wants it afterwards', async () => {
	const shop = await trained();
	await ensureServed(shop.scope, shop.run.id);
	const [serving] = await all(shop.scope);
	const stoppedAt = new Date();
	await change(shop.scope, serving!.id, { status: 'failed', problem: 'No machine was free.', stoppedAt });
	const wanted = (ms: number) => ({ since: new Date(stoppedAt.getTime() + ms), still: async () => true });
	expect(await ensureServed(shop.scope, shop.run.id, wanted(-1))).toEqual({
		ready: false,
		status: 'failed',
		problem: 'No machine was free.'
	});
	const unwanted = { ...wanted(1), still: async () => false };
	expect(await ensureServed(shop.scope, shop.run.id, unwanted)).toEqual({ ready: false, status: 'stopped' });
	expect(await ensureServed(shop.scope, shop.run.id, wanted(1))).toEqual({ ready: false, status: 'starting' });
});

test('a deployment that breaks fails in words, leaves nothing behind, and can be started again', async () => {
	const shop = await trained({ baseModel: 'sandbox-deploy-fails' });
	for (const count of [1, 2]) {
		const { id } = await start(shop);
		expect(await until(shop.scope, id, (now) => !isAlive(now))).toMatchObject({
			status: 'failed',
			problem: expect.stringMatching(/could not keep the model running/),
			stoppedAt: expect.any(Date)
		});
		expect(await endpointsAt(shop.key)).toHaveLength(0);
		expect(await all(shop.scope)).toHaveLength(count);
	}
});

/** Everything is made at the provider, only its answer does not arrive. */
const loseAnswer = () => {
	const { deploy } = providers.sandbox;
	vi.spyOn(providers.sandbox, 'deploy').mockImplementationOnce(async (...asked) => {
		await deploy(...asked);
		throw new ProviderError('cut', 'The connection was cut.', { lost: true });
	});
};

test('a refused key ends no start and no stop, because something may exist', async () => {
	const shop = await trained();
	const { id } = await start(shop);
	loseAnswer();
	await look(shop.scope, id);
	expect(await endpointsAt(shop.key)).toHaveLength(1);
	await replaceKey(shop.scope, { connectionId: shop.connection.id, key: 'refused-now' });
	for (const status of ['starting', 'stopping']) {
		for (let looks = 0; looks < 3; looks++) await look(shop.scope, id);
		expect((await all(shop.scope))[0]).toMatchObject({ status, deployment: null });
		await stop(shop);
	}
	await replaceKey(shop.scope, { connectionId: shop.connection.id, key: shop.key });
	expect(await until(shop.scope, id, (now) => !isAlive(now))).toMatchObject({ status: 'stopped' });
	expect(await endpointsAt(shop.key)).toHaveLength(0);
});

test('what exists is found and stopped, also when the model could not be deployed any more', async () => {
	const shop = await trained();
	const { id } = await start(shop);
	loseAnswer();
	await look(shop.scope, id);
	await rewriteHistory('runs', (sql) => sql`update runs set model_object = 'ml_gone' where id = ${shop.run.id}`);
	await stop(shop);
	expect(await until(shop.scope, id, (now) => !isAlive(now))).toMatchObject({ status: 'stopped' });
	expect(await endpointsAt(shop.key)).toHaveLength(0);
});

test('a page instead of the list of what exists does not mean that nothing does', async () => {
	const shop = await trained();
	const { id } = await start(shop);
	loseAnswer();
	await look(shop.scope, id);
	await stop(shop);
	await orderFault(sandbox.url, shop.key, 'garbled', '/endpoints', 3);
	await look(shop.scope, id);
	expect((await all(shop.scope))[0]).toMatchObject({ status: 'stopping', deployment: null });
	expect(await until(shop.scope, id, (now) => !isAlive(now))).toMatchObject({ status: 'stopped' });
	expect(await endpointsAt(shop.key)).toHaveLength(0);
});

test('what a person stops has not failed, whatever was wrong with it before', async () => {
	const shop = await trained();
	const { id } = await start(shop);
	await orderFault(sandbox.url, shop.key, '503', '/deployments/', 3);
	await look(shop.scope, id);
	expect((await all(shop.scope))[0]).toMatchObject({ status: 'starting', problem: expect.any(String) });
	await stop(shop);
	expect(await until(shop.scope, id, (now) => !isAlive(now))).toMatchObject({ status: 'stopped', problem: null });
});

test('to the key of another account nothing counts as stopped, and the key is not marked for it', async () => {
	const shop = await trained();
	const { id } = await ready(shop);
	await replaceKey(shop.scope, { connectionId: shop.connection.id, key: 'of-somebody-else' });
	await look(shop.scope, id);
	expect((await all(shop.scope))[0]).toMatchObject({
		status: 'ready',
		problem: expect.stringMatching(/belongs to another account/)
	});
	await stop(shop);
	await look(shop.scope, id);
	expect((await all(shop.scope))[0]).toMatchObject({ status: 'stopping', stoppedAt: null });
	const [row] = await shop.scope.tx((tx) =>
		tx.select().from(connections).where(eq(connections.id, shop.connection.id))
	);
	expect(row!.status).not.toBe('refused');
	await replaceKey(shop.scope, { connectionId: shop.connection.id, key: shop.key });
	expect(await until(shop.scope, id, (now) => !isAlive(now))).toMatchObject({ status: 'stopped' });
	expect(await endpointsAt(shop.key)).toHaveLength(0);
});

test('what breaks us is said at the serving before it goes to the log', async () => {
	const shop = await trained();
	const { id } = await start(shop);
	await orderFault(sandbox.url, shop.key, 'garbled', '/whoami', 3);
	await look(shop.scope, id);
	expect((await all(shop.scope))[0]).toMatchObject({ problem: expect.stringMatching(/can not be read/) });
	vi.spyOn(providers.sandbox, 'deploy').mockRejectedValueOnce(new TypeError('x is not iterable'));
	await expect(look(shop.scope, id)).rejects.toThrow(TypeError);
	expect((await all(shop.scope))[0]).toMatchObject({
		status: 'starting',
		problem: 'The provider answered in a way that can not be read.'
	});
	await until(shop.scope, id, ({ status, problem }) => status === 'ready' && problem === null);
});

test('where the provider answers at once, nothing is started', async () => {
	const shop = await trained();
	await shop.scope.tx((tx) =>
		tx.update(connections).set({ provider: 'openai-compatible', baseUrl: 'http://127.0.0.1:1/v1' })
	);
	await rewriteHistory('runs', (sql) => sql`update runs set model = 'ft:base:us::1' where id = ${shop.run.id}`);
	expect(await ensureServed(shop.scope, shop.run.id)).toEqual({ ready: true, callAs: 'ft:base:us::1' });
	await expect(start(shop)).rejects.toMatchObject({ code: 'conflict' });
	await releaseServing(shop.scope, shop.run.id);
	expect(await all(shop.scope)).toHaveLength(0);
});

test('a run that is not ready cannot be served', async () => {
	const workshop = await newWorkshop(sandbox.url);
	const run = await startRun(await inProject(workshop.scope, workshop.slug), newRun());
	await expect(start({ ...workshop, run })).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringMatching(/not ready/)
	});
	await expect(ensureServed(workshop.scope, run.id)).rejects.toMatchObject({ code: 'conflict' });
});

test('a serving that lost its job gets one, and only one', async () => {
	const shop = await trained();
	const { id } = await start(shop);
	await owner`delete from pgboss.job where singleton_key = ${id}`;
	await requeueOpenServings(shop.scope);
	await requeueOpenServings(shop.scope);
	expect(await owner`select 1 from pgboss.job where singleton_key = ${id} and state < 'completed'`).toHaveLength(1);
});

test('a stranger finds nothing and a rater may not', async () => {
	const shop = await trained();
	await start(shop);
	const { scope: stranger } = await newTeam();
	const { project } = await inProject(shop.scope, shop.slug);
	const rater = await inProject(await shop.as('rater'), shop.slug);
	for (const useCase of [startServing, stopServing]) {
		const asked = { runId: shop.run.id };
		await expect(useCase({ ...stranger, project }, asked)).rejects.toMatchObject({ code: 'not_found' });
		await expect(useCase(rater, asked)).rejects.toMatchObject({ code: 'forbidden' });
	}
	await expect(ensureServed(stranger, shop.run.id)).rejects.toMatchObject({ code: 'not_found' });
	await releaseServing(stranger, shop.run.id);
	expect(await all(shop.scope)).toEqual([expect.objectContaining({ status: 'starting', stoppedBy: null })]);
});

test('nothing is started in a rater’s name: the database refuses what no operation offers', async () => {
	const shop = await trained();
	await expect(ensureServed(await shop.as('rater'), shop.run.id)).rejects.toThrow();
	expect(await all(shop.scope)).toEqual([]);
});

test('what a person has stopped is told to whoever wanted it before, and started for whoever wants it afterwards', async () => {
	const shop = await trained();
	const { id } = await ready(shop);
	const before = { since: new Date(), still: async () => true };
	await stop(shop);
	expect((await all(shop.scope))[0]).toMatchObject({ status: 'stopping', stoppedBy: shop.scope.userId });
	const told = { ready: false, status: 'stopped', stoppedByPerson: true };
	expect(await ensureServed(shop.scope, shop.run.id, before)).toEqual(told);
	// wanted anew while it is still on its way out: waited for, not refused for an earlier press
	await sleep(5);
	const after = { since: new Date(), still: async () => true };
	expect(await ensureServed(shop.scope, shop.run.id, after)).toEqual({ ready: false, status: 'stopping' });
	await until(shop.scope, id, (now) => !isAlive(now));
	expect(await ensureServed(shop.scope, shop.run.id, before)).toEqual(told);
	expect(await all(shop.scope)).toHaveLength(1);
	expect(await ensureServed(shop.scope, shop.run.id, after)).toEqual({ ready: false, status: 'starting' });
	// what is newest counts: it is there again, for both
	expect(await ensureServed(shop.scope, shop.run.id, before)).toEqual({ ready: false, status: 'starting' });
	expect(await all(shop.scope)).toHaveLength(2);
});

test('what stops by itself may be started again, and a press while it stops counts as one', async () => {
	const shop = await trained();
	const { id } = await ready(shop);
	const wanted = { since: new Date(0), still: async () => true };
	await change(shop.scope, id, { idleAt: new Date(Date.now() - 1) });
	await until(shop.scope, id, ({ status }) => status === 'stopping');
	expect(await ensureServed(shop.scope, shop.run.id, wanted)).toEqual({ ready: false, status: 'stopping' });
	await stop(shop);
	expect(await ensureServed(shop.scope, shop.run.id, wanted)).toMatchObject({ stoppedByPerson: true });
});

test('a refusal is believed the second time, and then nothing is left behind', async () => {
	const shop = await trained();
	const { id } = await start(shop);
	await rewriteHistory('runs', (sql) => sql`update runs set model_object = 'ml_gone' where id = ${shop.run.id}`);
	await look(shop.scope, id);
	expect((await all(shop.scope))[0]).toMatchObject({
		status: 'starting',
		problem: expect.stringMatching(/no hardware/)
	});
	await look(shop.scope, id);
	expect((await all(shop.scope))[0]).toMatchObject({ status: 'failed', stoppedAt: expect.any(Date) });
	expect(await endpointsAt(shop.key)).toHaveLength(0);
});
