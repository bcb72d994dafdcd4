import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catalogue } from '../../src/sandbox/catalogue.ts';
import { keyCharacters } from '../../src/sandbox/characters.ts';
import { faults } from '../../src/sandbox/fault.ts';
import { startSandbox } from '../../src/sandbox/server.ts';
import { asJsonl, shippingPairs } from './shipping-examples.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(() => sandbox.stop());

const clientFor = (apiKey: string) =>
	new OpenAI({ apiKey, baseURL: `${sandbox.url}/openai/v1`, organization: null, project: null, maxRetries: 0 });
const upload = (client: OpenAI, count = 20) =>
	client.files.create({ file: new File([asJsonl(shippingPairs(count))], 'train.jsonl'), purpose: 'fine-tune' });
const together = (key: string, method: string, path: string, body?: BodyInit | object) =>
	fetch(`${sandbox.url}/together${path}`, {
		method,
		headers: {
			authorization: `Bearer ${key}`,
			...(body && !(body instanceof FormData) ? { 'content-type': 'application/json' } : {})
		},
		...(body && { body: body instanceof FormData ? body : JSON.stringify(body) })
	});

test('one page without a key names every character', async () => {
	const page = await (await fetch(sandbox.url)).text();
	for (const name of [...catalogue.map(({ id }) => id), ...Object.keys(keyCharacters), ...faults])
		expect(page, name).toContain(`<code>${name}</code>`);
});

test('what is trained neither with examples nor with preferences, and a suffix that is too long, is refused on both wires', async () => {
	const client = clientFor('methods');
	const { id: training_file } = await upload(client);
	const order = (more: object) => client.fineTuning.jobs.create({ model: 'sandbox-small', training_file, ...more });
	await expect(order({ method: { type: 'reinforcement' } })).rejects.toMatchObject({ status: 400, param: 'method' });
	await expect(order({ suffix: 'x'.repeat(80) })).rejects.toMatchObject({ status: 400, param: 'suffix' });
	const preferences = { model: 'sandbox-small', training_file: 'file-1', training_method: { method: 'rl' } };
	expect((await together('methods', 'POST', '/v1/fine-tunes', preferences)).status).toBe(400);
});

test('the same content uploaded twice is two files at OpenAI', async () => {
	const client = clientFor('twice');
	expect((await upload(client)).id).not.toBe((await upload(client)).id);
});

test('two answers can be asked for, and no more than eight', async () => {
	const ask = (n: number) =>
		clientFor('choices').chat.completions.create({
			model: 'sandbox-small',
			messages: [{ role: 'user', content: 'Hi?' }],
			n
		});
	expect((await ask(2)).choices.map(({ index }) => index)).toEqual([0, 1]);
	await expect(ask(9)).rejects.toMatchObject({ status: 400, param: 'n' });
});

test('a preview counts the tokens of each row, and those that are trained', async () => {
	const form = new FormData();
	for (const [name, value] of Object.entries({ purpose: 'fine-tune', file_name: 'train.jsonl', file_type: 'jsonl' }))
		form.append(name, value);
	form.append('file', new File([asJsonl(shippingPairs(12))], 'train.jsonl'));
	const { id } = (await (await together('preview', 'POST', '/v1/files/upload', form)).json()) as { id: string };
	const asked = { model: 'sandbox-small', training_file: id, top_k: 5 };
	type Row = { num_tokens: number; num_trained_tokens: number; input_ids: number[]; labels: number[] };
	let answer: { rows?: Row[] } = {};
	// until the file was looked at
	while (!answer.rows)
		answer = (await (await together('preview', 'POST', '/v1/fine-tunes/preview', asked)).json()) as typeof answer;
	expect(answer.rows).toHaveLength(5);
	for (const row of answer.rows) {
		expect(row.input_ids).toHaveLength(row.num_tokens);
		expect(row.labels.filter((label) => label !== -100)).toHaveLength(row.num_trained_tokens);
		expect(row.num_trained_tokens).toBeGreaterThan(0);
		expect(row.num_trained_tokens).toBeLessThan(row.num_tokens);
	}
});

test('whoami is flat in the first version and nested in the third', async () => {
	const who = async (version: string) => (await together('who', 'GET', `/${version}/whoami`)).json();
	const flat = (await who('v1')) as { project_id: string };
	expect(await who('v3')).toMatchObject({ type: 'project_api_key', project: { id: flat.project_id } });
});
