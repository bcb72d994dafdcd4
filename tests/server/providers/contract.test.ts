import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { catalogue } from '../../../src/sandbox/catalogue.ts';
import { tokenF1 } from '../../sandbox/shipping-examples.ts';
import { type Places, follow, openPlaces, pause, prepare, trainers } from './places.ts';

let places: Places;
beforeAll(async () => {
	places = await openPlaces();
});
afterAll(() => places.stop());

const prompt = 'Hello, this is Olga. Where is parcel P-4711, it should be here by now. Thanks';
const reference =
	'Hi Olga, thanks for writing to Swiftpost. I opened a search for parcel P-4711 at our depot. You will hear from us within two working days. Warm regards, your Swiftpost team';
const ask = (model: string) => ({
	model,
	messages: [{ role: 'user' as const, content: prompt }],
	temperature: 0,
	maxTokens: 300,
	seed: 1
});

describe.concurrent.each(trainers)('%s', (id) => {
	const provider = providers[id];

	test('a key is checked, and models are listed with what can be done with them', async () => {
		const access = places.access(id);
		expect(await provider.check(access)).toMatchObject({ ok: true, models: catalogue.length, training: 'open' });
		expect(await provider.check({ ...access, key: 'refused' })).toEqual({
			ok: false,
			reason: expect.stringContaining('does not accept this key')
		});
		const models = await provider.models(access);
		expect(models.find((model) => model.id === 'sandbox-small')).toMatchObject({
			trainable: true,
			servable: id === 'nebius' || id === 'crusoe' ? null : true
		});
		expect(await provider.model(access, 'sandbox-small')).toMatchObject({ id: 'sandbox-small', trainable: true });
		expect(await provider.model(access, 'gpt-of-my-dreams')).toBeNull();
	});

	test('a file becomes a model that answers better, and its cost ends', async () => {
		const access = places.access(id);
		const order = await prepare(access);
		const estimate = await provider.estimate(access, order);
		if (estimate) expect(estimate).toMatchObject({ allowed: true, cents: expect.any(Number) });

		const { jobId } = await provider.submit(access, order);
		expect(await provider.find(access, order.mark)).toEqual([{ jobId }]);
		expect(await provider.find(access, 'another-mark')).toEqual([]);
		const reports = await follow(provider, access, jobId);
		const ready = reports.at(-1)!;
		expect(ready).toMatchObject({ jobId, status: 'ready', problem: null, stepsTotal: 30, stepsDone: 30 });
		expect(ready.trainedTokens).toBeGreaterThan(1_000);
		expect(new Set(reports.map((report) => report.status))).toContain('training');

		const losses = (series: string) =>
			ready.points.filter((point) => point.series === series).map((point) => point.loss);
		expect(losses('train')).toHaveLength(30);
		expect(losses('train').at(-1)!).toBeLessThan(losses('train')[0]! / 2);
		expect(losses('validation').at(-1)!).toBeLessThan(losses('validation')[0]!);
		expect(ready.events.length).toBeGreaterThan(5);

		let model = ready.model!;
		if (provider.servesTunedModels === 'after-deploy') {
			expect(await provider.deployable(access, { modelObject: ready.modelObject! })).toEqual({
				ok: true,
				centsPerHour: id === 'sandbox' ? 0 : 399
			});
			const deployment = await provider.deploy(access, { modelObject: ready.modelObject! }, order.mark);
			expect(await provider.deploy(access, { modelObject: ready.modelObject! }, order.mark)).toEqual(deployment);
			await untilReady(access, deployment);
			model = deployment.callAs;
		}
		const base = await provider.chat(access, ask('sandbox-small'));
		const tuned = await provider.chat(access, ask(model));
		expect(tuned.finishReason).toBe('stop');
		expect(tuned.completionTokens).toBeGreaterThan(10);
		expect(tokenF1(tuned.text, reference)).toBeGreaterThan(0.8);
		expect(tokenF1(tuned.text, reference)).toBeGreaterThan(tokenF1(base.text, reference) + 0.3);

		const pieces: string[] = [];
		const streamed = await provider.chat(access, ask(model), (piece) => pieces.push(piece));
		expect(pieces.length).toBeGreaterThan(10);
		expect(pieces.join('')).toBe(streamed.text);
		expect(streamed).toEqual(tuned);
	});

	test('a job can be stopped, also when it is over', async () => {
		const access = places.access(id);
		const { jobId } = await provider.submit(access, await prepare(access, 'sandbox-slow'));
		await follow(provider, access, jobId, ({ status }) => status === 'training');
		await provider.cancel(access, jobId);
		const reports = await follow(provider, access, jobId);
		expect(reports.at(-1)).toMatchObject({ status: 'cancelled' });
		await provider.cancel(access, jobId);
	});

	test('one key does not see what another one owns', async () => {
		const access = places.access(id);
		const stranger = places.access(id);
		const order = await prepare(access);
		const { jobId } = await provider.submit(access, order);
		expect(await provider.find(stranger, order.mark)).toEqual([]);
		await expect(provider.report(stranger, jobId)).rejects.toMatchObject({ kind: 'not_found' });
		const theft = provider.submit(stranger, { ...order, mark: 'other' });
		await expect(theft).rejects.toMatchObject({ kind: 'not_found', lost: false });
	});

	async function untilReady(
		access: ReturnType<Places['access']>,
		deployment: Awaited<ReturnType<typeof provider.deploy>>
	) {
		for (let look = 0; (await provider.deploymentState(access, deployment)) !== 'ready'; look++) {
			expect(look).toBeLessThan(200);
			await pause();
		}
	}
});

describe.concurrent.each(['sandbox', 'together'] as const)('%s deployments', (id) => {
	const provider = providers[id];

	test('stopping can be asked for again and again, and a stopped one does not answer', async () => {
		const access = places.access(id);
		const order = await prepare(access);
		const { jobId } = await provider.submit(access, order);
		const ready = (await follow(provider, access, jobId)).at(-1)!;
		const deployment = await provider.deploy(access, { modelObject: ready.modelObject! }, order.mark);
		expect(['starting', 'ready']).toContain(await provider.deploymentState(access, deployment));
		await provider.stop(access, deployment);
		await provider.stop(access, deployment);
		expect(await provider.deploymentState(access, deployment)).toBe('stopped');
		await expect(provider.chat(access, ask(deployment.callAs))).rejects.toMatchObject({ kind: 'not_found' });
		// the same mark can be used again, for a deployment of its own
		const second = await provider.deploy(access, { modelObject: ready.modelObject! }, order.mark);
		expect(second.deploymentId).not.toBe(deployment.deploymentId);
		await provider.stop(access, second);
	});

	test('a model without hardware is said to be so, and is not deployed', async () => {
		const access = places.access(id);
		expect(await provider.model(access, 'sandbox-not-servable')).toMatchObject({ trainable: true, servable: false });
		expect(await provider.model(access, 'sandbox-not-trainable')).toMatchObject({ trainable: false });
		const { jobId } = await provider.submit(access, await prepare(access, 'sandbox-not-servable'));
		const ready = (await follow(provider, access, jobId)).at(-1)!;
		expect(ready.status).toBe('ready');
		expect(await provider.deployable(access, { modelObject: ready.modelObject! })).toMatchObject({
			ok: false,
			reason: expect.any(String)
		});
		await expect(provider.deploy(access, { modelObject: ready.modelObject! }, 'mark')).rejects.toMatchObject({
			kind: 'refused'
		});
	});
});
