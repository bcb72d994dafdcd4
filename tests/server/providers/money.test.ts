import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import type { Access, ProviderId } from '../../../src/lib/server/providers/provider.ts';
import { startOddServer } from './odd-server.ts';
import { type Places, follow, openPlaces, prepare } from './places.ts';

let places: Places;
beforeAll(async () => {
	places = await openPlaces();
});
afterAll(() => places.stop());

const { together } = providers;
const ready = async (access: Access, model?: string) => {
	const order = await prepare(access, model);
	const { jobId } = await together.submit(access, order);
	return { order, report: (await follow(together, access, jobId)).at(-1)! };
};

test('what a job cost comes in billionths of a dollar', async () => {
	const access = places.access('together');
	const { order, report } = await ready(access, 'sandbox-large');
	const estimate = (await together.estimate(access, order))!;
	expect(report.costCents).toBe(estimate.cents);
	expect(report.costCents).toBeGreaterThan(0);
	expect(report.costCents).toBeLessThan(100);
});

test('a deployment stops by itself when nobody asks it for an hour: a worker that died leaves no bill', async () => {
	const access = places.access('together');
	const { order, report } = await ready(access);
	const { projectId, endpointId, deploymentId } = await together.deploy(
		access,
		{ modelObject: report.modelObject! },
		order.mark
	);
	const reply = await fetch(
		`${places.url}/together/v2/projects/${projectId}/endpoints/${endpointId}/deployments/${deploymentId}`,
		{ headers: { authorization: `Bearer ${access.key}` } }
	);
	expect(await reply.json()).toMatchObject({ inactiveTimeout: 60 });
});

test('a result that is an adapter alone is deployed by its number, and merged', async () => {
	const access = places.access('together');
	expect(await together.model(access, 'sandbox-adapter-only')).toMatchObject({
		servable: true,
		note: expect.stringMatching(/adapter/)
	});
	const { order, report } = await ready(access, 'sandbox-adapter-only');
	expect(report.modelObject).toMatch(/_adapter$/);
	expect(await together.deployable(access, { modelObject: report.modelObject! })).toMatchObject({ ok: true });
	const deployment = await together.deploy(access, { modelObject: report.modelObject! }, order.mark);
	expect(['starting', 'ready']).toContain(await together.deploymentState(access, deployment));
	await together.stop(access, deployment);
});

describe('a job that is over is told, whatever fails beside it', () => {
	test.each(['sandbox', 'together', 'openai'] as ProviderId[])('%s', async (id) => {
		const access = places.access(id);
		const provider = providers[id];
		const { jobId } = await provider.submit(access, await prepare(access));
		await follow(provider, access, jobId);
		for (const path of ['/events', '/metrics']) await places.fail(access, '500', { path, times: 9 });
		const report = await provider.report(access, jobId);
		expect(report).toMatchObject({ jobId, status: 'ready' });
		if (id !== 'openai')
			expect(report.events.at(-1)).toMatchObject({ level: 'warning', message: expect.stringMatching(/log|losses/) });
	});
});

describe('a job that was restarted', () => {
	const now = () => new Date().toISOString();
	const long = () => new Date(Date.now() - 3_600_000).toISOString();
	const serverOf = (updated_at: string, events: object | undefined) =>
		startOddServer((path) => {
			if (path.endsWith('/ft-1')) return { id: 'ft-1', status: 'error', created_at: long(), updated_at };
			if (path.endsWith('/ft-1/events')) return events;
			return path.endsWith('/metrics') ? { metrics: [] } : undefined;
		});
	const restarted = { data: [{ type: 'job_restarted', created_at: long(), message: 'Goes on as ft-2.' }] };
	const accessTo = (baseUrl: string): Access => ({ provider: 'together', baseUrl, key: 'a key' });

	test('is waited for while the other number is not known yet, which may be billed', async () => {
		const server = await serverOf(now(), restarted);
		const report = together.report(accessTo(server.url), 'ft-1');
		await expect(report).rejects.toMatchObject({ kind: 'down', message: expect.stringContaining('ft-2') });
		await server.stop();
	});

	test('has failed when the other number does not exist after ten minutes', async () => {
		const server = await serverOf(long(), restarted);
		expect(await together.report(accessTo(server.url), 'ft-1')).toMatchObject({ jobId: 'ft-1', status: 'failed' });
		await server.stop();
	});
});

describe('a pause that is asked for keeps its reason', () => {
	test('a storm of them is waited through', async () => {
		const access = places.access('together', { key: 'storm-1' });
		expect((await together.models(access)).length).toBeGreaterThan(10);
	});

	test('the limit of a day is said as such, and is not asked about every few seconds', async () => {
		const access = places.access('together', { key: 'daily-limit-1' });
		await expect(together.submit(access, await prepare(access))).rejects.toMatchObject({
			kind: 'busy',
			lost: false,
			retryAfterMs: 15 * 60_000,
			message: expect.stringMatching(/limit of 5 fine-tuning jobs per day.*again by itself/s)
		});
	});

	test('of a server that anybody can name only that it was asked for', async () => {
		const access = places.access('own-server', { key: 'daily-limit-2' });
		await expect(providers['own-server'].submit(access, await prepare(access))).rejects.toMatchObject({
			kind: 'busy',
			message: expect.not.stringMatching(/per day/)
		});
	});
});
