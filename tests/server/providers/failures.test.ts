import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import type { Access, ProviderId } from '../../../src/lib/server/providers/provider.ts';
import { catalogue } from '../../../src/sandbox/catalogue.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { type Places, follow, openPlaces, prepare, speaksOpenai, trainers } from './places.ts';

let places: Places;
beforeAll(async () => {
	places = await openPlaces();
});
afterAll(() => places.stop());

const question = {
	model: 'sandbox-small',
	messages: [{ role: 'user' as const, content: 'How do I descale a kettle?' }],
	temperature: 0,
	maxTokens: 200
};
const createPath = (id: ProviderId) => (speaksOpenai(id) ? '/fine_tuning/jobs' : '/fine-tunes');

describe.concurrent.each(trainers)('%s', (id) => {
	const provider = providers[id];
	const jobs = async (access: Access, mark: string) => (await provider.find(access, mark)).length;

	test('an order whose answer is cut counts as lost, and is found exactly once', async () => {
		const access = places.access(id);
		const order = await prepare(access, 'sandbox-cuts-answers');
		await expect(provider.submit(access, order)).rejects.toMatchObject({ kind: 'cut', lost: true, retry: true });
		const found = await provider.find(access, order.mark);
		expect(found).toHaveLength(1);
		expect((await follow(provider, access, found[0]!.jobId)).at(-1)!.status).toBe('ready');
	});

	test('an order that gets no answer in time counts as lost, and is found exactly once', async () => {
		const access = places.access(id);
		const order = await prepare(access);
		await places.fail(access, 'hang', { path: createPath(id) });
		const waiting = { ...access, signal: AbortSignal.timeout(300) };
		await expect(provider.submit(waiting, order)).rejects.toMatchObject({ kind: 'down', lost: true });
		expect(await jobs(access, order.mark)).toBe(1);
	});

	test('an order that is taken but answered with a page counts as lost, and is found exactly once', async () => {
		const access = places.access(id);
		const order = await prepare(access);
		await places.fail(access, 'garbled', { path: createPath(id) });
		await expect(provider.submit(access, order)).rejects.toMatchObject({ kind: 'down', lost: true });
		expect(await jobs(access, order.mark)).toBe(1);
	});

	test('a page instead of a list, a job or an uploaded file is no answer', async () => {
		const access = places.access(id);
		const order = await prepare(access);
		const { jobId } = await provider.submit(access, order);
		await places.fail(access, 'garbled', { path: createPath(id), times: speaksOpenai(id) ? 1 : 3 });
		const looked = provider.find(access, order.mark);
		await expect(looked).rejects.toMatchObject({ kind: 'down', message: expect.stringMatching(/can not be read/) });
		expect(await jobs(access, order.mark)).toBe(1);
		await places.fail(access, 'garbled', { path: jobId, times: 6 });
		await expect(provider.report(access, jobId)).rejects.toMatchObject({ kind: 'down' });
		const stranger = places.access(id);
		await places.fail(stranger, 'garbled', { path: '/files', times: 3 });
		await expect(prepare(stranger)).rejects.toMatchObject({ kind: 'down' });
	});

	test('events and losses that are not there hide nothing of the job', async () => {
		const access = places.access(id);
		const { jobId } = await provider.submit(access, await prepare(access));
		for (const path of ['/events', '/metrics']) await places.fail(access, '404', { path });
		expect(await provider.report(access, jobId)).toMatchObject({ jobId, providerStatus: expect.any(String) });
	});

	test('a stream that tells of an error keeps what had come', async () => {
		const access = places.access(id);
		await places.fail(access, 'stream-error', { path: 'chat' });
		const answer = await provider.chat(access, question, () => {});
		expect(answer.finishReason).toBeNull();
		expect(answer.text).not.toBe('');
	});

	test('a stream that brings nothing is asked for again, and is no empty answer', async () => {
		const access = places.access(id);
		await places.fail(access, 'garbled', { path: 'chat' });
		expect(await provider.chat(access, question, () => {})).toMatchObject({ finishReason: 'stop' });
		await places.fail(access, 'garbled', { path: 'chat', times: 3 });
		await expect(provider.chat(access, question, () => {})).rejects.toMatchObject({ kind: 'cut', retry: true });
	});

	test('an order is never sent twice: 500 and 503 are lost, 429 is not', async () => {
		for (const [fault, expected] of [
			['500', { kind: 'down', lost: true, retry: true }],
			['503', { kind: 'down', lost: true, retry: true }],
			['429', { kind: 'busy', lost: false, retryAfterMs: 1_000 }],
			['429-long', { kind: 'busy', lost: false, retryAfterMs: 3_600_000 }]
		] as const) {
			const access = places.access(id);
			const order = await prepare(access);
			await places.fail(access, fault, { path: createPath(id) });
			await expect(provider.submit(access, order)).rejects.toMatchObject(expected);
			expect(await jobs(access, order.mark), fault).toBe(0); // a second try would have been let through
		}
	});

	test('a question is asked again after 500, 503, a short pause or a cut line', async () => {
		const access = places.access(id);
		for (const fault of ['500', '503', '429', 'cut']) {
			await places.fail(access, fault, { path: 'models' });
			expect((await provider.models(access)).length, fault).toBe(catalogue.length);
		}
	});

	test('a long pause is not slept through but handed on', async () => {
		const access = places.access(id);
		await places.fail(access, '429-long');
		const asked = provider.chat(access, question);
		await expect(asked).rejects.toMatchObject({ kind: 'busy', retry: true, retryAfterMs: 3_600_000 });
	});

	test('an empty account is a normal state', async () => {
		const access = places.access(id, { key: `broke-${id}` });
		const order = await prepare(access);
		await expect(provider.submit(access, order)).rejects.toMatchObject({ kind: 'balance', lost: false, retry: false });
		const estimate = await provider.estimate(access, order);
		if (estimate) expect(estimate.allowed).toBe(false);
	});

	test('closed training is a normal state', async () => {
		const access = places.access(id, { key: `closed-${id}` });
		const order = await prepare(access);
		await expect(provider.submit(access, order)).rejects.toMatchObject({ kind: 'closed', lost: false, retry: false });
		expect(await provider.check(access)).toMatchObject({ ok: true });
		if (speaksOpenai(id)) {
			// what was uploaded for nothing is gone
			const reply = await fetch(`${places.url}/openai/v1/files`, {
				headers: { authorization: `Bearer ${access.key}` }
			});
			expect(await reply.json()).toMatchObject({ data: [] });
		}
	});

	test('a refused key is final', async () => {
		const access = places.access(id, { key: 'refused' });
		await expect(provider.models(access)).rejects.toMatchObject({ kind: 'key', retry: false });
		await expect(provider.chat(access, question)).rejects.toMatchObject({ kind: 'key' });
	});

	test('a job that dies says why, and where it stood', async () => {
		const access = places.access(id);
		const { jobId } = await provider.submit(access, await prepare(access, 'sandbox-dies-at-60'));
		const last = (await follow(provider, access, jobId)).at(-1)!;
		expect(last.status).toBe('failed');
		expect(last.stepsDone).toBe(18);
		expect(last.problem).toMatch(id === 'own-server' ? /without a reason/ : /memory/);
		expect(last.points.length).toBeGreaterThan(10);
	});

	test('data that is refused in the job ends it before the training', async () => {
		const access = places.access(id);
		const { jobId } = await provider.submit(access, await prepare(access, 'sandbox-rejects-data'));
		const last = (await follow(provider, access, jobId)).at(-1)!;
		expect(last).toMatchObject({ status: 'failed', points: [], problem: expect.any(String) });
	});

	test('an unknown status is kept word for word and ends nothing', async () => {
		const access = places.access(id);
		const { jobId } = await provider.submit(access, await prepare(access, 'sandbox-odd-status'));
		const odd = (await follow(provider, access, jobId, ({ status }) => status === 'unrecognised')).at(-1)!;
		expect(odd.providerStatus).toBe('defragmenting');
		expect((await follow(provider, access, jobId)).at(-1)!.status).toBe('ready');
	});

	test('a stream that is cut keeps what had come', async () => {
		const access = places.access(id);
		const pieces: string[] = [];
		const answer = await provider.chat(access, { ...question, model: 'sandbox-cuts-streams' }, (piece) =>
			pieces.push(piece)
		);
		expect(answer.finishReason).toBeNull();
		expect(answer.text.length).toBeGreaterThan(20);
		expect(pieces.join('')).toBe(answer.text);
	});

	test('a stream that a person stops keeps what had come', async () => {
		const access = places.access(id);
		await places.fail(access, 'hang', { path: 'chat' });
		const stop = new AbortController();
		const answer = await provider.chat({ ...access, signal: stop.signal }, question, (piece) => {
			if (piece.trim()) setTimeout(() => stop.abort(), 50);
		});
		expect(answer.finishReason).toBeNull();
		expect(answer.text).not.toBe('');
	});

	test('an answer that is too long ends at the limit', async () => {
		const answer = await provider.chat(places.access(id), { ...question, maxTokens: 10 });
		expect(answer.finishReason).toBe('length');
	});

	test('a server that is not there can not have got the order', async () => {
		const gone = await startSandbox({ port: 0 });
		await gone.stop();
		const access = { ...places.access(id), baseUrl: gone.url };
		const order = await prepare(places.access(id));
		await expect(provider.submit(access, order)).rejects.toMatchObject({ kind: 'down', lost: false });
	});
});

describe.concurrent.each(['sandbox', 'together'] as const)('%s', (id) => {
	const provider = providers[id];

	test('a file in a wrong format is refused with its line, before any order', async () => {
		const bad =
			'{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}]}\n{"messages":[{"role":"user","content":"Hi"}]}\n';
		const upload = provider.upload(places.access(id), { name: 'bad.jsonl', body: bad, purpose: 'train' });
		await expect(upload).rejects.toMatchObject({
			kind: 'refused',
			retry: false,
			message: expect.stringContaining('Line 2')
		});
	});

	test('a job that is restarted under a new number is followed', async () => {
		const access = places.access(id);
		const order = await prepare(access, 'sandbox-restarts');
		const { jobId } = await provider.submit(access, order);
		const reports = await follow(provider, access, jobId);
		const last = reports.at(-1)!;
		expect(last.status).toBe('ready');
		expect(last.jobId).not.toBe(jobId);
		expect(reports.flatMap((report) => report.events.map((event) => event.kind))).toContain('job_restarted');
		expect(reports.map((report) => report.status)).not.toContain('failed');
		// still one order for us: the second number is the first one's continuation
		expect(await provider.find(access, order.mark)).toEqual([{ jobId }]);
	});
});

describe.concurrent.each(['openai', 'own-server'] as const)('%s', (id) => {
	test('bad or too few examples show in the job', async () => {
		const provider = providers[id];
		const access = places.access(id);
		const { jobId } = await provider.submit(access, await prepare(access, 'sandbox-small', 8));
		const last = (await follow(provider, access, jobId)).at(-1)!;
		expect(last.status).toBe('failed');
		if (id === 'openai') expect(last.problem).toContain('at least 10');
	});
});
