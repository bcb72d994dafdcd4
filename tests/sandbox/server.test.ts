import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import OpenAI from 'openai';
import Together from 'together-ai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/server.ts';
import { asJsonl, shippingPairs } from './shipping-examples.ts';

let clockMs = Date.parse('2026-11-22T10:00:00Z');
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
const dir = mkdtempSync(join(tmpdir(), 'sandbox-test-'));
beforeAll(async () => {
	// The clock is ours: jobs move on when the test says so.
	sandbox = await startSandbox({ port: 0, speed: 50, now: () => clockMs });
});
afterAll(async () => {
	await sandbox.stop();
	rmSync(dir, { recursive: true });
});

let keys = 0;
const newKey = () => `key-${(keys += 1)}`;
const openaiFor = (apiKey = newKey()) =>
	new OpenAI({ apiKey, baseURL: `${sandbox.url}/openai/v1`, organization: null, project: null, maxRetries: 0 });
const togetherFor = (apiKey = newKey(), prefix = '/together/v1') =>
	new Together({ apiKey, baseURL: `${sandbox.url}${prefix}`, maxRetries: 0, projectID: null });
const body = asJsonl(shippingPairs(30));
const file = (text = body) => new File([text], 'train.jsonl');
const pass = (ms: number) => void (clockMs += ms);

/** Until the learning, which is real work, is done as well. */
async function until<T>(look: () => Promise<T>, enough: (value: T) => boolean): Promise<T> {
	for (let times = 0; times < 300; times++) {
		const value = await look();
		if (enough(value)) return value;
		await new Promise((done) => setTimeout(done, 10));
	}
	throw new Error('It never came.');
}

const upload = async (client: Together, text = body) => {
	const form = new FormData();
	for (const [name, value] of Object.entries({ purpose: 'fine-tune', file_name: 'train.jsonl', file_type: 'jsonl' }))
		form.append(name, value);
	form.append('file', file(text));
	const sent = await client.post<Together.FileResponse>('/files/upload', { body: form });
	pass(1_000);
	return client.files.retrieve(sent.id);
};

test('it listens on this machine only', async () => {
	expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test('without a key, with a refused one, and at an unknown address it says so in the providers’ shape', async () => {
	const get = async (path: string, headers = {}) => {
		const reply = await fetch(sandbox.url + path, { headers });
		return { status: reply.status, id: reply.headers.get('x-request-id'), ...((await reply.json()) as object) };
	};
	const authorization = 'Bearer key';
	expect(await get('/openai/v1/models')).toMatchObject({
		status: 401,
		id: expect.any(String),
		error: { code: 'invalid_api_key', param: null }
	});
	expect(await get('/together/v1/models', { authorization: 'Bearer refused' })).toMatchObject({ status: 401 });
	expect(await get('/nowhere', { authorization })).toMatchObject({ status: 404 });
	expect(await get('/openai/v1/files/', { authorization })).toMatchObject({ status: 404 });
	expect(await get('/openai/v1/files/%2e%2e%2faccount.json', { authorization })).toMatchObject({ status: 404 });
});

test('a file goes to Together in two steps, by a signed address', async () => {
	const key = newKey();
	const client = togetherFor(key);
	const query = new URLSearchParams({ file_name: 'train.jsonl', file_type: 'jsonl', purpose: 'fine-tune' });
	const first = await fetch(`${sandbox.url}/together/v1/files?${query}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}` },
		body: query,
		redirect: 'manual'
	});
	expect(first.status).toBe(302);
	const id = first.headers.get('x-together-file-id')!;
	await expect(client.files.retrieve(id)).rejects.toMatchObject({ status: 404 });
	const address = first.headers.get('location')!;
	expect((await fetch(address.replace(/ticket=\w+/, 'ticket=guess'), { method: 'PUT', body })).status).toBe(403);
	expect((await fetch(address, { method: 'PUT', body })).status).toBe(200);
	expect((await fetch(address, { method: 'PUT', body: 'again' })).status).toBe(403);
	pass(1_000);
	const sent = await client.files.retrieve(id);
	expect(sent).toMatchObject({
		id,
		filename: 'train.jsonl',
		processing_status: 'COMPLETED',
		bytes: Buffer.byteLength(body)
	});
	expect(sent.validation_report).toMatchObject({ valid: true, nlines: 30 });
	expect(await (await client.files.content(id)).text()).toBe(body);
});

test('Together knows a content it already has, checks it in its own time, and says which line is wrong', async () => {
	const client = togetherFor();
	const one = await upload(client);
	expect((await upload(client)).id).toBe(one.id);
	expect((await client.files.list()).data).toHaveLength(1);
	const bad = await upload(client, `${body}{"messages":[]}\n`);
	expect(bad).toMatchObject({
		processing_status: 'INVALID_FORMAT',
		validation_report: { valid: false, error_type: 'INVALID_FORMAT' }
	});
	expect(bad.validation_report!.error).toMatch(/^Line 31 /);
	const job = client.fineTuning.create({ model: 'sandbox-small', training_file: bad.id });
	await expect(job).rejects.toMatchObject({ status: 400 });
	expect(await client.files.delete(one.id)).toMatchObject({ id: one.id, deleted: true });
	await expect(client.files.retrieve(one.id)).rejects.toMatchObject({ status: 404 });
});

test('a file goes to OpenAI whole or in chunks', async () => {
	const client = openaiFor();
	const path = join(dir, 'chunked.jsonl');
	writeFileSync(path, body);
	for (const each of [createReadStream(path), file()]) {
		const sent = await client.files.create({ file: each, purpose: 'fine-tune' });
		expect(sent).toMatchObject({ object: 'file', status: 'processed', bytes: Buffer.byteLength(body) });
		expect(await (await client.files.content(sent.id)).text()).toBe(body);
	}
	const listed = [];
	for await (const each of client.files.list({ limit: 1 })) listed.push(each.filename);
	expect(listed).toEqual(['train.jsonl', 'chunked.jsonl']);
});

test('OpenAI’s jobs are found by their metadata, page by page', async () => {
	const client = openaiFor();
	const { id: training_file } = await client.files.create({ file: file(), purpose: 'fine-tune' });
	const ids: string[] = [];
	for (let at = 0; at < 5; at++) {
		pass(1_000);
		const metadata = { tenant: at % 2 ? 'odd' : 'even' };
		ids.push((await client.fineTuning.jobs.create({ model: 'sandbox-small', training_file, metadata })).id);
	}
	const found = async (query: object) => {
		const list = [];
		for await (const job of client.fineTuning.jobs.list(query)) list.push(job.id);
		return list;
	};
	expect(await found({ limit: 2 })).toEqual([...ids].reverse());
	expect(await found({ limit: 1, metadata: { tenant: 'odd' } })).toEqual([ids[3], ids[1]]);
	expect(await found({ metadata: { tenant: 'none' } })).toEqual([]);
});

test('a job follows the clock, and its events and losses come page by page', async () => {
	const client = openaiFor();
	const { id: training_file } = await client.files.create({ file: file(), purpose: 'fine-tune' });
	const created = await client.fineTuning.jobs.create({ model: 'sandbox-small', training_file, suffix: 'mine' });
	expect(created).toMatchObject({
		object: 'fine_tuning.job',
		status: 'validating_files',
		fine_tuned_model: null,
		trained_tokens: null
	});
	pass(100);
	const look = () => client.fineTuning.jobs.retrieve(created.id);
	const running = await until(look, (job) => job.status === 'running');
	expect(running.finished_at).toBeNull();
	pass(1_000);
	const done = await look();
	expect(done).toMatchObject({ status: 'succeeded', error: null });
	expect(done.fine_tuned_model).toMatch(/^ft:sandbox-small:sandbox:mine:/);
	const events = [];
	for await (const event of client.fineTuning.jobs.listEvents(created.id, { limit: 7 })) events.push(event);
	expect(events.filter((event) => event.type === 'metrics')).toHaveLength(24);
	expect(new Set(events.map((event) => event.id)).size).toBe(events.length);
	const [checkpoint] = (await client.fineTuning.jobs.checkpoints.list(created.id)).data;
	expect(checkpoint).toMatchObject({ step_number: 24, metrics: { train_loss: expect.any(Number) } });
	await expect(client.fineTuning.jobs.cancel(created.id)).rejects.toMatchObject({ status: 400 });
	expect((await client.models.list()).data.map((model) => model.id)).toContain(done.fine_tuned_model);
	expect(await client.models.delete(done.fine_tuned_model!)).toMatchObject({ deleted: true });
	await expect(
		client.chat.completions.create({ model: done.fine_tuned_model!, messages: [{ role: 'user', content: 'Hi' }] })
	).rejects.toMatchObject({ status: 404 });
});

test('Together’s prices follow the tokens, without a minimum, and its limits know which models train', async () => {
	const client = togetherFor();
	const { id: training_file } = await upload(client);
	const price = async (n_epochs: number, model = 'sandbox-small') => {
		const answer = await client.fineTuning.estimatePrice({ training_file, model, n_epochs });
		return answer.estimation_available ? answer.estimated_total_price! : NaN;
	};
	expect(await price(1)).toBeGreaterThan(0);
	expect(await price(1)).toBeLessThan(0.01);
	expect(await price(3)).toBeCloseTo(3 * (await price(1)), 9);
	expect(await price(1, 'sandbox-large')).toBeGreaterThan(await price(1));
	expect(await client.fineTuning.modelLimits({ model_name: 'sandbox-small' })).toMatchObject({ max_num_epochs: 20 });
	await expect(client.fineTuning.modelLimits({ model_name: 'sandbox-not-trainable' })).rejects.toMatchObject({
		status: 404
	});
	const create = (more: object) => client.fineTuning.create({ model: 'sandbox-small', training_file, ...more });
	await expect(create({ n_evals: 2 })).rejects.toMatchObject({ status: 400 });
	await expect(create({ suffix: 'x'.repeat(41) })).rejects.toMatchObject({ status: 400 });
	await expect(create({ n_epochs: 99 })).rejects.toMatchObject({ status: 400 });
});

test('a deployment answers only when it is ready and gets traffic, and leaves in the right order', async () => {
	const key = newKey();
	const client = togetherFor(key);
	const { beta } = togetherFor(key, '/together/v2');
	const { id: training_file } = await upload(client);
	const job = await client.fineTuning.create({ model: 'sandbox-small', training_file, suffix: 'served' });
	pass(100);
	await until(
		() => client.fineTuning.retrieve(job.id),
		({ status }) => status === 'running'
	);
	pass(1_000);
	const done = await client.fineTuning.retrieve(job.id);
	expect(done).toMatchObject({
		status: 'completed',
		suffix: 'served',
		token_count: expect.any(Number),
		model_object_id: expect.stringMatching(/^ml_/)
	});

	const { project_id: projectId, project_slug: slug } = await client.whoami();
	const model = `projects/${projectId}/models/${done.model_object_id}`;
	const [config] = (await beta.models.configs.list({ projectId, referenceModel: model })).data;
	const endpoint = await beta.endpoints.create({ projectId, name: 'mine' });
	expect(endpoint.name).toBe(`${slug}/mine`);
	await expect(beta.endpoints.create({ projectId, name: 'mine' })).rejects.toMatchObject({ status: 409 });
	const wish = {
		projectId,
		name: 'one',
		model,
		config: `projects/${config!.projectId}/configs/${config!.id}`,
		autoscaling: { minReplicas: 1, maxReplicas: 1 }
	};
	await beta.endpoints.deployments.create(endpoint.id, { ...wish, validateOnly: true });
	const { id } = await beta.endpoints.deployments.create(endpoint.id, wish);
	const ids = { projectId, endpointId: endpoint.id };
	expect((await beta.endpoints.retrieve(endpoint.id, ids)).deployments).toHaveLength(1);

	const say = () =>
		client.chat.completions.create({ model: endpoint.name, messages: [{ role: 'user', content: 'Hi' }] });
	const state = async () => (await beta.endpoints.deployments.retrieve(id, ids)).status.state;
	expect(await state()).toBe('DEPLOYMENT_STATE_PROVISIONING');
	await expect(say()).rejects.toMatchObject({ status: 503 });
	pass(100);
	expect(await state()).toBe('DEPLOYMENT_STATE_READY');
	await expect(say()).rejects.toMatchObject({ status: 503 });
	await expect(beta.endpoints.update(endpoint.id, { projectId, trafficSplit: [] })).rejects.toMatchObject({
		status: 400
	});
	await beta.endpoints.update(endpoint.id, { projectId, trafficSplit: [{ deploymentId: id, weight: 1 }] });
	expect((await say()).choices[0]!.message!.content).toContain('Swiftpost');
	await expect(
		client.chat.completions.create({ model: done.model_output_name!, messages: [{ role: 'user', content: 'Hi' }] })
	).rejects.toMatchObject({ status: 404 });

	await expect(beta.endpoints.deployments.delete(id, ids)).rejects.toMatchObject({ status: 400 });
	const scale = (minReplicas: number, maxReplicas: number) =>
		beta.endpoints.deployments.update(id, { ...ids, autoscaling: { minReplicas, maxReplicas } });
	await expect(scale(0, 1)).rejects.toMatchObject({ status: 400 });
	await scale(0, 0);
	expect(await state()).toBe('DEPLOYMENT_STATE_STOPPING');
	await expect(say()).rejects.toMatchObject({ status: 503 });
	pass(100);
	expect(await state()).toBe('DEPLOYMENT_STATE_STOPPED');
	await expect(beta.endpoints.deployments.delete(id, ids)).rejects.toMatchObject({ status: 400 });
	await beta.endpoints.update(endpoint.id, { projectId, trafficSplit: [{ deploymentId: id, weight: 0 }] });
	await expect(beta.endpoints.delete(endpoint.id, { projectId })).rejects.toMatchObject({ status: 400 });
	await beta.endpoints.deployments.delete(id, ids);
	await beta.endpoints.delete(endpoint.id, { projectId });
	await expect(beta.endpoints.retrieve(endpoint.id, ids)).rejects.toMatchObject({ status: 404 });
	await expect(beta.endpoints.list({ projectId: 'another' })).resolves.toMatchObject({ data: [] });
});

test('endpoints of the first version are closed, as at Together', async () => {
	const wish = { model: 'm', hardware: 'h', autoscaling: { min_replicas: 1, max_replicas: 1 } };
	const create = togetherFor().endpoints.create(wish);
	await expect(create).rejects.toMatchObject({
		status: 403,
		error: { error: { code: 'endpoints_v1_create_access_disabled' } }
	});
});

test('a stream has the shape both SDKs read, and ends with the usage', async () => {
	const reply = await fetch(`${sandbox.url}/openai/v1/chat/completions`, {
		method: 'POST',
		headers: { authorization: `Bearer ${newKey()}` },
		body: JSON.stringify({
			model: 'sandbox-small',
			messages: [{ role: 'user', content: 'Hi' }],
			stream: true,
			stream_options: { include_usage: true }
		})
	});
	expect(reply.headers.get('content-type')).toBe('text/event-stream');
	const events = (await reply.text()).trim().split('\n\n');
	expect(events.at(-1)).toBe('data: [DONE]');
	const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)));
	expect(chunks[0].choices[0]).toEqual({ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null });
	expect(chunks.at(-2).choices[0].finish_reason).toBe('stop');
	expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: expect.any(Number) } });
});

test('any request fails as its header says', async () => {
	const ask = (fault: string, signal?: AbortSignal) =>
		fetch(`${sandbox.url}/openai/v1/models`, {
			headers: { authorization: 'Bearer key', 'x-sandbox-fault': fault },
			...(signal ? { signal } : {})
		});
	expect((await ask('429')).headers.get('retry-after')).toBe('1');
	expect((await ask('429-long')).headers.get('retry-after')).toBe('3600');
	expect((await ask('500')).status).toBe(500);
	expect((await ask('503')).status).toBe(503);
	expect((await ask('slow')).status).toBe(200);
	await expect(ask('cut')).rejects.toThrow('fetch failed');
	await expect(ask('hang', AbortSignal.timeout(200))).rejects.toThrow(/timeout/i);
	expect((await ask('unknown')).status).toBe(200);
});
