import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import type { Access } from '../../../src/lib/server/providers/provider.ts';
import { startOddServer } from './odd-server.ts';
import { type Places, follow, openPlaces, prepare } from './places.ts';

// What providers have in more than one form, by their age.

let places: Places;
beforeAll(async () => {
	places = await openPlaces();
});
afterAll(() => places.stop());
afterEach(() => void vi.restoreAllMocks());

const { together } = providers;

test('where Together knows only its newer way a file is announced, sent and asked about, and whoami is nested', async () => {
	const access = places.access('together', { key: 'newer-wire 1' });
	const order = await prepare(access);
	const { jobId } = await together.submit(access, order);
	const ready = (await follow(together, access, jobId)).at(-1)!;
	const deployment = await together.deploy(access, { modelObject: ready.modelObject! }, order.mark);
	expect(deployment.projectId).toMatch(/^proj_/);
	await together.stop(access, deployment);
});

describe('a file of which nothing is said', () => {
	const serverOf = (more: object) =>
		startOddServer((path) => (path.endsWith('/preprocess') ? {} : { id: 'file-1', object: 'file', ...more }));
	const upload = (baseUrl: string) =>
		together.upload({ provider: 'together', baseUrl, key: 'a key' } satisfies Access, {
			name: 'a.jsonl',
			body: '{}\n',
			purpose: 'train'
		});

	test('is not accepted for that', async () => {
		const server = await serverOf({});
		const real = AbortSignal.timeout.bind(AbortSignal);
		vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) =>
			ms === 300_000 ? AbortSignal.abort(new DOMException('over', 'TimeoutError')) : real(ms)
		);
		await expect(upload(server.url)).rejects.toMatchObject({
			kind: 'down',
			message: expect.stringMatching(/does not say whether it accepts/)
		});
		await server.stop();
	});

	test('is taken by the report of the check', async () => {
		const good = await serverOf({ validation_report: { valid: true } });
		expect(await upload(good.url)).toEqual({ fileId: 'file-1' });
		await good.stop();
		const bad = await serverOf({ validation_report: { valid: false, error: 'Line 2 is empty.' } });
		await expect(upload(bad.url)).rejects.toMatchObject({
			kind: 'refused',
			message: expect.stringMatching(/Line 2 is empty/)
		});
		await bad.stop();
	});
});

describe('a model that thinks before it answers', () => {
	const question = {
		model: 'sandbox-thinks',
		messages: [{ role: 'user' as const, content: 'How do I descale a kettle?' }],
		temperature: 0,
		maxTokens: 200
	};

	test('is known as one, and others are not', async () => {
		const access = places.access('together');
		expect(await together.model(access, 'sandbox-thinks')).toMatchObject({ thinks: true });
		expect(await together.model(access, 'sandbox-small')).toMatchObject({ thinks: false });
	});

	test.each(['at once', 'as a stream'])(
		'%s: its thoughts stay apart, are switched off, or begin the text',
		async (how) => {
			const access = places.access('together');
			const ask = (more: object) =>
				together.chat(access, { ...question, ...more }, how === 'at once' ? undefined : () => {});
			const on = await ask({ thinking: true });
			expect(on.reasoning).toMatch(/I look for what fits/);
			expect(on.text).not.toMatch(/<think>|I look for what fits/);
			const off = await ask({ thinking: false });
			expect(off.reasoning).toBeUndefined();
			expect(off.text).toBe(on.text);
			expect((await ask({})).text).toMatch(/^<think>\n/);
		}
	);

	test('behind OpenAI’s protocol it is told in the way that servers there know', async () => {
		const access = places.access('openai-compatible');
		const { chat } = providers['openai-compatible'];
		expect((await chat(access, { ...question, thinking: false })).text).not.toMatch(/<think>/);
		expect((await chat(access, question)).text).toMatch(/^<think>/);
	});
});
