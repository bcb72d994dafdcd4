import fs from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { ait, linesOf, originalLine, originalProject } from '../../support/app/cli.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 200 });
});
afterAll(() => sandbox.stop());
const env = () => ({ AITELIER_SANDBOX_URL: sandbox.url });

const configOf = (folder: string) => JSON.parse(fs.readFileSync(path.join(folder, '.aitelier.json'), 'utf8'));

const splitProject = async (config: Record<string, unknown> = {}) => {
	const lines = Array.from({ length: 40 }, (_, at) => originalLine(at + 1, { rating: 9 }));
	const folder = originalProject(lines, { provider: 'sandbox', model: 'sandbox-small', note: 'kept', ...config });
	await ait(folder, 'split');
	return folder;
};

test('what blocks is named, nothing is sent, and the exit code says so', async () => {
	const folder = originalProject([originalLine(1, { rating: 9, split: 'train' })], {
		provider: 'sandbox',
		model: 'sandbox-small'
	});
	const { code, err, json } = await ait(folder, 'train --yes --json', { env: env() });
	expect(code).toBe(3);
	expect(err).toContain('Nothing was sent: Good examples, Training set');
	expect(json()).toMatchObject({ isClear: false, started: null });
	expect(configOf(folder).runs).toEqual([]);
});

test('preferences train on rewrites, and what they have taught never measures', async () => {
	const lines = Array.from({ length: 24 }, (_, at) =>
		originalLine(at + 1, { rating: at === 3 ? 4 : 9, ...(at !== 5 && { originalOutput: `Worse ${at}.` }) })
	).map((line, at) => line.replace(/}$/, `,"split":"${at < 20 ? 'train' : 'val'}"}`));
	const folder = originalProject(lines, { provider: 'sandbox', model: 'sandbox-small' });
	expect(await ait(folder, 'train --beta 0.2', { env: env() })).toMatchObject({
		code: 2,
		err: expect.stringContaining('Try: ait train --method dpo --beta 0.2')
	});
	const dry = await ait(folder, 'train --method dpo --beta 0.2 --dry-run --json', { env: env() });
	expect(dry.json()).toMatchObject({
		...{ method: 'dpo', isClear: true, train: 18, validation: 4, started: null },
		recipe: { beta: 0.2, epochs: 2, learningRate: 1e-5 }
	});
	expect(dry.json().findings[1].sentence).toBe(
		'18 pairs: 18 from rewrites. Left out: 1 rated below the threshold as rewritten; 4 to a prompt that is locked in validation. Fewer than 50 seldom change much.'
	);
	expect(configOf(folder).runs).toEqual([]);
	expect(await ait(folder, 'train --method dpo --beta 0.2 --yes --watch', { env: env() })).toMatchObject({ code: 0 });
	expect(configOf(folder).runs).toMatchObject([{ method: 'dpo', stage: 'ready', recipe: { beta: 0.2 } }]);
	const sent = fs
		.readFileSync(path.join(folder, 'data', 'runs', 'v1', 'train.jsonl'), 'utf8')
		.trim()
		.split('\n');
	expect(JSON.parse(sent[0]!)).toEqual({
		input: {
			messages: [
				{ role: 'system', content: 'Be kind.' },
				{ role: 'user', content: 'Question 1?' }
			]
		},
		preferred_output: [{ role: 'assistant', content: 'Answer 1.' }],
		non_preferred_output: [{ role: 'assistant', content: 'Worse 0.' }]
	});
	// the same again is warned of, the other way is not
	const last = async (method: string) =>
		(await ait(folder, `train --method ${method} --beta 0.2 --dry-run --json`, { env: env() })).json().findings.at(-1);
	expect(await last('dpo')).toMatchObject({ level: 'warn', sentence: expect.stringContaining('The same') });
	const other = (await ait(folder, 'train --dry-run --json', { env: env() })).json().findings.at(-1);
	expect(other).toMatchObject({ sentence: 'v1 was trained the other way.' });
	// what was learnt stays in train, whatever the file says
	fs.writeFileSync(
		path.join(folder, 'data', 'examples.jsonl'),
		lines.map((line) => `${line.replace(/,"split":"\w+"}$/, '}')}\n`).join('')
	);
	await ait(folder, 'split --ratio 0.5');
	const sides = linesOf(folder).map((line) => (JSON.parse(line) as { split?: string }).split);
	expect(sides.slice(0, 20).filter((side) => side === 'val')).toEqual(sides[5] === 'val' ? ['val'] : []);
});

test('who trains with examples alone is not sent preferences', async () => {
	const folder = await splitProject({ provider: 'nebius', model: 'm' });
	const { code, json } = await ait(folder, 'train --method dpo --yes --json', { env: { NEBIUS_API_KEY: 'k' } });
	expect({ code, started: code === 3 ? json().started : null }).toMatchObject({ started: null });
	expect(code).not.toBe(0);
	expect(configOf(folder).runs).toEqual([]);
});

test('without a terminal and without --yes nothing is ordered', async () => {
	const folder = await splitProject();
	expect((await ait(folder, 'train', { env: env() })).code).toBe(2);
	expect((await ait(folder, 'train', { env: env(), keys: 'n\n' })).code).toBe(1);
	expect(configOf(folder).runs).toEqual([]);
});

test('a run keeps the bytes it sent, and is written as the original reads it', async () => {
	const folder = await splitProject();
	expect(await ait(folder, 'train --yes --watch --lora-r 8', { env: env() })).toMatchObject({ code: 0 });
	const { runs, note } = configOf(folder);
	expect(note).toBe('kept');
	expect(runs).toMatchObject([
		{
			status: 'completed',
			stage: 'ready',
			version: 1,
			hyperparameters: { epochs: 3, loraR: 8 },
			modelId: expect.any(String)
		}
	]);
	for (const name of ['train.jsonl', 'val.jsonl'])
		expect(fs.readFileSync(path.join(folder, 'data', 'runs', 'v1', name), 'utf8')).toBe(
			fs.readFileSync(path.join(folder, 'data', name), 'utf8')
		);
	// the same again is warned of, another model is not called before it is deployed
	expect((await ait(folder, 'train --dry-run --lora-r 8 --json', { env: env() })).json().findings.at(-1)).toMatchObject(
		{ level: 'warn', sentence: expect.stringContaining('same examples and settings as v1') }
	);
	expect(await ait(folder, 'eval', { env: env() })).toMatchObject({
		code: 1,
		err: expect.stringContaining('ait serve v1')
	});
});

/** A provider that takes an order and does not answer: whether it was placed is not known. */
const losing = async () => {
	let orders = 0;
	const server = createServer((request, response) => {
		if (request.method === 'POST' && /fine-tunes$/.test(request.url!)) {
			orders++;
			return request.socket.destroy();
		}
		const pieces: Buffer[] = [];
		request.on('data', (piece: Buffer) => pieces.push(piece));
		request.on('end', async () => {
			const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
			const body = pieces.length > 0 ? Buffer.concat(pieces) : undefined;
			const answer = await fetch(sandbox.url + request.url, {
				method: request.method!,
				headers: headers as Record<string, string>,
				...(body && { body })
			});
			response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
			response.end(Buffer.from(await answer.arrayBuffer()));
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		env: { AITELIER_SANDBOX_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
		orders: () => orders,
		stop: async () => {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		}
	};
};

test('what is too long by the provider’s count is named before anything is ordered', async () => {
	const lines = Array.from({ length: 40 }, (_, at) =>
		originalLine(at + 1, { rating: 9, ...(at === 2 && { answer: 'word '.repeat(27_000) }) })
	).map((line, at) => line.replace(/}$/, `,"split":"${at < 30 ? 'train' : 'val'}"}`));
	const folder = originalProject(lines, { provider: 'sandbox', model: 'sandbox-small' });
	// by our estimate it fits
	const dry = (await ait(folder, 'train --dry-run --json', { env: env() })).json();
	expect(dry.findings.find(({ id }: { id: string }) => id === 'length')).toMatchObject({
		level: 'ok',
		sentence: expect.stringMatching(/^By our estimate .*counts them exactly once it has the file, before/)
	});
	expect(await ait(folder, 'train --yes', { env: env() })).toMatchObject({
		code: 4,
		err: expect.stringMatching(/Line 3 of train\.jsonl has more tokens than the 32,768 that fit, as Sandbox counts/)
	});
	expect(configOf(folder).runs).toMatchObject([{ status: 'failed', stage: 'failed', jobId: '' }]);
});

test('an order without an answer is looked for, and nothing is ordered meanwhile', async () => {
	const folder = await splitProject();
	const provider = await losing();
	try {
		expect(await ait(folder, 'train --yes', { env: provider.env })).toMatchObject({
			code: 4,
			err: expect.stringContaining('No answer came to the order')
		});
		expect(configOf(folder).runs[0]).toMatchObject({ stage: 'unknown', status: 'pending' });
		expect(await ait(folder, 'train --yes', { env: provider.env })).toMatchObject({
			code: 3,
			err: expect.stringContaining('ait status')
		});
		expect(provider.orders()).toBe(1);
		// three lists without it: it is certain not to exist
		for (let look = 0; look < 3; look++) await ait(folder, 'status', { env: provider.env });
		expect(configOf(folder).runs[0]).toMatchObject({
			stage: 'failed',
			problem: expect.stringContaining('nothing is billed')
		});
	} finally {
		await provider.stop();
	}
});

test('a provider that is away, a missing key and a refused one end with 4', async () => {
	const folder = await splitProject();
	expect(await ait(folder, 'train --dry-run', { env: { AITELIER_SANDBOX_URL: 'http://127.0.0.1:1' } })).toMatchObject({
		code: 4,
		err: expect.stringContaining('can not be reached')
	});
	const keyless = await splitProject({ provider: 'together' });
	expect(await ait(keyless, 'train --dry-run')).toMatchObject({
		code: 4,
		err: expect.stringContaining('Try: ait key together')
	});
	const refused = { TOGETHER_API_KEY: 'refused', TOGETHER_BASE_URL: `${sandbox.url}/together/v1` };
	expect((await ait(keyless, 'doctor', { env: refused })).code).toBe(1);
});

test('keys lie where nobody else reads them, and are never shown', async () => {
	const folder = await splitProject({ provider: 'together' });
	const secret = 'tgp_very_secret';
	const kept = await ait(folder, 'key together', { pipe: `${secret}\n` });
	const file = path.join(folder, '.home', '.config', 'aitelier', 'credentials');
	expect(fs.statSync(file).mode & 0o777).toBe(0o600);
	const doctor = await ait(folder, 'doctor', { env: { TOGETHER_BASE_URL: `${sandbox.url}/together/v1` } });
	expect(doctor.out).toContain(`From ${file}`);
	for (const said of [kept, doctor]) expect(said.out + said.err).not.toContain(secret);
	fs.chmodSync(file, 0o644);
	expect(await ait(folder, 'train --dry-run')).toMatchObject({
		code: 1,
		err: expect.stringContaining(`chmod 600 ${file}`)
	});
	fs.chmodSync(file, 0o600);
	fs.writeFileSync(path.join(folder, '.env'), 'TOGETHER_API_KEY="from the project"\n');
	expect((await ait(folder, 'doctor --offline')).out).toContain('From .env');
	await ait(folder, 'key together --forget');
	expect(fs.readFileSync(file, 'utf8')).not.toContain(secret);
	expect((await ait(folder, 'key tgether', { pipe: 'x' })).err).toContain('ait key together');
});

test('it is compared on the prompts of a file: what nearly asks what trains is left out, and each question asked once', async () => {
	const folder = await splitProject();
	await ait(folder, 'train --yes --watch', { env: env() });
	const trains = fs
		.readFileSync(path.join(folder, 'data', 'examples.jsonl'), 'utf8')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as { split: string; messages: { role: string; content: string }[] })
		.find(({ split }) => split === 'train')!;
	const known = JSON.stringify(trains.messages.filter(({ role }) => role === 'user'));
	const lines = [
		`{"messages": ${known}}`,
		'Which of your 2 warehouses ships to the island of Chiloé?',
		'Which of your 2 warehouses ships to the island of Chiloé ?!',
		'{"nothing": 1}',
		'',
		'"May somebody else collect my parcel at your shop in Lima on a Sunday?"',
		'{"prompt": "How do I change the address of an order that has left the house?"}'
	];
	fs.writeFileSync(path.join(folder, 'prompts.txt'), lines.join('\n'));
	const asked = await ait(folder, 'eval --prompts prompts.txt', { env: env() });
	expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('ait eval --compare --prompts prompts.txt') });
	const made = await ait(folder, 'eval --compare --prompts prompts.txt --serve --yes --generate --json', {
		env: env()
	});
	expect(made.err).toContain('1 line of prompts.txt has no prompt');
	expect(made.err).toContain('1 prompt left out: a model knows what nearly asks the same, example ');
	expect(made.err).toContain('1 prompt left out: another of the file nearly asks the same.');
	const { answers, ballots } = made.json();
	expect(answers).toBe(3);
	expect(ballots.map(({ exampleId }: { exampleId: number }) => exampleId).sort()).toEqual([2, 6, 7]);
	expect((await ait(folder, 'eval --compare --prompts prompts.txt', { env: env(), keys: 'aq' })).out).toContain(
		'1 of 3 judged. ait eval --compare --prompts prompts.txt goes on'
	);
	// the validation set is another comparison
	expect((await ait(folder, 'eval --compare --serve --yes', { env: env(), keys: 'q' })).out).toContain('0 of 8 judged');
	const done = await ait(folder, 'eval --compare --prompts prompts.txt --json', { env: env(), keys: 'bt' });
	expect(done.json()).toMatchObject({ tally: { planned: 3, leaked: 0 }, verdict: { kind: 'need-more-data' } });
	const kept = JSON.parse(fs.readFileSync(path.join(folder, done.json().file), 'utf8'));
	expect(kept).toMatchObject({ prompts: 'prompts.txt', totalExamples: 3 });
	fs.writeFileSync(path.join(folder, 'none.txt'), lines[0]!);
	expect(await ait(folder, 'eval --compare --prompts none.txt', { env: env() })).toMatchObject({
		code: 1,
		err: expect.stringContaining('none.txt has no prompt that can be asked')
	});
});

test('results are never written over, and votes go on where they were left', async () => {
	const folder = await splitProject();
	await ait(folder, 'train --yes --watch', { env: env() });
	expect((await ait(folder, 'eval --compare --serve --yes', { env: env(), keys: 'abq' })).out).toContain(
		'2 of 8 judged'
	);
	const done = await ait(folder, 'eval --compare --exit-code --json', { env: env(), keys: 'auatx'.padEnd(12, 'b') });
	expect(done.code).toBe(5);
	expect(done.json().tally).toMatchObject({ planned: 8, leaked: 0, bothBad: 1 });
	await ait(folder, 'eval --compare --reveal', { env: env() });
	const names = fs.readdirSync(path.join(folder, 'data', 'evals')).filter((name) => name.startsWith('compare'));
	expect(names.sort()).toEqual(['compare-v1-2026-02-12-2.json', 'compare-v1-2026-02-12.json']);
	const kept = JSON.parse(fs.readFileSync(path.join(folder, 'data', 'evals', 'compare-v1-2026-02-12.json'), 'utf8'));
	expect(kept.results).toHaveLength(8);
	expect(kept.results.every((each: { exampleId: unknown }) => typeof each.exampleId === 'number')).toBe(true);
	// the answers are kept: no model has to be there any more
	await ait(folder, 'eval', { env: env(), keys: '9'.repeat(8) });
	expect(
		JSON.parse(fs.readFileSync(path.join(folder, 'data', 'evals', 'eval-v1-2026-02-12.json'), 'utf8'))
	).toMatchObject({ averageScore: 9, sendableRate: 1, totalExamples: 8 });
});
