import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import type { Access } from '../../../src/lib/server/providers/provider.ts';
import { startOddServer } from './odd-server.ts';
import { type Places, follow, openPlaces, prepare } from './places.ts';

let places: Places;
beforeAll(async () => {
	places = await openPlaces();
});
afterAll(() => places.stop());

const jobsOf = async ({ key }: Access) => {
	const reply = await fetch(`${places.url}/openai/v1/fine_tuning/jobs`, {
		headers: { authorization: `Bearer ${key}` }
	});
	return ((await reply.json()) as { data: { status: string; hyperparameters: Record<string, unknown> }[] }).data;
};

test('where nobody knows how a server trains it answers, and trains nothing', async () => {
	const access = places.access('openai-compatible');
	const provider = providers['openai-compatible'];
	expect(await provider.check(access)).toMatchObject({
		ok: true,
		training: 'closed',
		note: expect.stringMatching(/answers.*own training server/is)
	});
	expect((await provider.models(access)).some(({ trainable }) => trainable)).toBe(false);
	const order = await prepare(access);
	await expect(provider.submit(access, order)).rejects.toMatchObject({ kind: 'closed', lost: false });
	expect(await jobsOf(access)).toEqual([]);
});

describe('Nebius Token Factory', () => {
	const { nebius } = providers;

	test('takes the rate as it is, and LoRA by name', async () => {
		const access = places.access('nebius', { key: 'absolute-rate no-metadata 1' });
		const order = await prepare(access);
		const { jobId } = await nebius.submit(access, order);
		expect((await jobsOf(access))[0]!.hyperparameters).toMatchObject({
			learning_rate: order.recipe.learningRate,
			lora: true,
			lora_r: order.recipe.loraRank,
			lora_alpha: order.recipe.loraAlpha,
			lora_dropout: order.recipe.loraDropout,
			warmup_ratio: order.recipe.warmupRatio
		});
		const last = (await follow(nebius, access, jobId)).at(-1)!;
		expect(last.status).toBe('ready');
		const losses = last.points.filter(({ series }) => series === 'train').map(({ loss }) => loss);
		expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
	});

	test('what it trains is not called there, which is said before anything is ordered', async () => {
		const access = places.access('nebius');
		expect(await nebius.model(access, 'sandbox-small')).toMatchObject({
			trainable: true,
			servable: null,
			note: expect.stringMatching(/checkpoint/)
		});
	});
});

describe('an order whose answer was lost is found where a server keeps', () => {
	const lost = async (key: string, model = 'sandbox-cuts-answers') => {
		const access = places.access('own-server', { key });
		const order = await prepare(access, model);
		const provider = providers['own-server'];
		await expect(provider.submit(access, order)).rejects.toMatchObject({ lost: true });
		const about = { trainingFileId: order.trainingFileId, since: new Date(Date.now() - 60_000) };
		return { found: await provider.find(access, order.mark, about), other: await provider.find(access, 'another') };
	};

	test.each([
		['the suffix and no metadata', 'no-metadata 2'],
		['neither of them', 'no-trace 1']
	])('%s', async (_, key) => {
		const { found, other } = await lost(key);
		expect(found).toHaveLength(1);
		expect(other).toEqual([]);
	});

	test('a job of an earlier order with the same file is not this one', async () => {
		const access = places.access('own-server', { key: 'no-trace 2' });
		const order = await prepare(access);
		const provider = providers['own-server'];
		await provider.submit(access, order);
		const later = { trainingFileId: order.trainingFileId, since: new Date(Date.now() + 3_600_000) };
		expect(await provider.find(access, 'a later one', later)).toEqual([]);
	});
});

describe('a server that takes the order with other settings', () => {
	test('is told to stop it at once, and the person reads which', async () => {
		const access = places.access('own-server', { key: 'absolute-rate 3' });
		const submitted = providers['own-server'].submit(access, await prepare(access, 'sandbox-slow'));
		await expect(submitted).rejects.toMatchObject({
			kind: 'refused',
			lost: false,
			message: expect.stringMatching(/whole model.*cancelled/is)
		});
		const [job, ...more] = await jobsOf(access);
		expect(more).toEqual([]);
		expect((await follow(providers['own-server'], access, (job as unknown as { id: string }).id)).at(-1)!.status).toBe(
			'cancelled'
		);
	});

	test('and that cannot be stopped goes on where it is seen', async () => {
		const server = await startOddServer((path) =>
			path.endsWith('/cancel')
				? undefined
				: { id: 'ftjob-1', status: 'queued', created_at: 1, model: 'm', hyperparameters: { n_epochs: 77 } }
		);
		const order = { ...(await prepare(places.access('own-server'))), validationFileId: null };
		const access: Access = { provider: 'own-server', baseUrl: server.url, key: 'a key' };
		expect(await providers['own-server'].submit(access, order)).toEqual({ jobId: 'ftjob-1' });
		await server.stop();
	});
});

describe('OpenAI', () => {
	test('a model has the day on which it is switched off', async () => {
		const access = places.access('openai');
		const models = await providers.openai.models(access);
		expect(models.find(({ id }) => id === 'sandbox-retires')?.until).toMatch(/^\d{4}-\d{2}-\d{2}$/);
	});
});
