import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { methodsOf } from '../../../src/lib/core/runs/method.ts';
import { presets } from '../../../src/lib/core/runs/recipe.ts';
import { type Access, type ProviderId } from '../../../src/lib/server/providers/provider.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { startOddServer } from './odd-server.ts';
import { type Places, follow, openPlaces, pause, prepare, trainers } from './places.ts';

let places: Places;
beforeAll(async () => {
	places = await openPlaces();
});
afterAll(() => places.stop());

const offering = trainers.filter((id) => methodsOf(id).includes('dpo'));

test('examples alone are trained where nobody has said that preferences are', async () => {
	expect(trainers.filter((id) => !offering.includes(id)).sort()).toEqual(['crusoe', 'nebius']);
	const access = places.access('nebius');
	const order = await prepare(access, 'sandbox-small', 12, 'dpo');
	await expect(providers.nebius.submit(access, order)).rejects.toMatchObject({
		kind: 'refused',
		lost: false,
		message: expect.stringContaining('examples only')
	});
	expect(await providers.nebius.find(access, order.mark)).toEqual([]);
});

const answerOf = async (
	access: Access,
	id: ProviderId,
	mark: string,
	report: { model: string | null; modelObject: string | null }
) => {
	const provider = providers[id];
	const ask = (model: string) => ({
		model,
		messages: [{ role: 'user' as const, content: 'parcel P-2272 is late. Tom' }],
		temperature: 0,
		maxTokens: 200,
		seed: 1
	});
	if (provider.servesTunedModels === 'at-once') return (await provider.chat(access, ask(report.model!))).text;
	const deployment = await provider.deploy(access, { modelObject: report.modelObject! }, mark);
	while ((await provider.deploymentState(access, deployment)) !== 'ready') await pause();
	return (await provider.chat(access, ask(deployment.callAs))).text;
};

describe.each(offering)('%s', (id) => {
	test('learns from pairs, towards the better answers, and the same way twice', async () => {
		const provider = providers[id];
		const access = places.access(id);
		const order = await prepare(access, 'sandbox-small', 40, 'dpo');
		const train = async (mark: string) => {
			const { jobId } = await provider.submit(access, { ...order, mark });
			return (await follow(provider, access, jobId)).at(-1)!;
		};
		const first = await train(order.mark);
		expect(first).toMatchObject({ status: 'ready', problem: null });
		const losses = (series: string) => first.points.filter((point) => point.series === series).map(({ loss }) => loss);
		expect(losses('train')[0]).toBeCloseTo(Math.LN2, 2); // nothing is preferred before anything is learnt
		expect(losses('train').at(-1)!).toBeLessThan(0.5);
		expect(losses('validation').at(-1)!).toBeLessThan(Math.LN2);

		const said = await answerOf(access, id, order.mark, first);
		expect(said).toContain('P-2272');
		expect(said).not.toContain('website');
		const second = await train(`${order.mark}-2`);
		expect(second.points.map(({ series, step, loss }) => ({ series, step, loss }))).toEqual(
			first.points.map(({ series, step, loss }) => ({ series, step, loss }))
		);
	});

	test('a file of the other training is refused', async () => {
		const provider = providers[id];
		const access = places.access(id);
		const order = await prepare(access, 'sandbox-small', 12, 'dpo');
		const { jobId } = await provider.submit(access, { ...order, method: 'sft' });
		expect((await follow(provider, access, jobId)).at(-1)).toMatchObject({ status: 'failed' });
	});
});

test('a server that learns examples from pairs is stopped at once', async () => {
	let cancelled = 0;
	const odd = await startOddServer((path) => {
		if (path.endsWith('/cancel')) cancelled++;
		return { id: 'ftjob-1', status: 'queued', created_at: 1, hyperparameters: { n_epochs: 2 } };
	});
	const access: Access = { provider: 'own-server', baseUrl: odd.url, key: 'x' };
	const order = {
		mark: 'mark-1',
		model: 'm',
		method: 'dpo' as const,
		trainingFileId: 'file-1',
		validationFileId: null,
		recipe: presets.dpo.balanced,
		seed: 1
	};
	await expect(providers['own-server'].submit(access, order)).rejects.toMatchObject({
		message: expect.stringContaining('does not say that it learns preferences')
	});
	expect(cancelled).toBe(1);
	await odd.stop();
});
