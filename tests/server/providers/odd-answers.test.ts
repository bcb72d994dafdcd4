import { afterEach, expect, test, vi } from 'vitest';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { type Access } from '../../../src/lib/server/providers/provider.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { startOddServer } from './odd-server.ts';

configureProviders({ allowLocal: true });
afterEach(() => void vi.restoreAllMocks());

const accessTo = (baseUrl: string): Access => ({ provider: 'own-server', baseUrl, key: 'a key' });
const job = { id: 'ftjob-1', object: 'fine_tuning.job', status: 'running', model: 'm', created_at: 1 };
const question = { model: 'm', messages: [{ role: 'user' as const, content: 'Hi?' }], temperature: 0, maxTokens: 9 };
const streamOf = (...chunks: unknown[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');

test('a job whose events have no end is told all the same, with the events that came in time', async () => {
	// the budget for events ends when the test says so, not the clock
	const budget = new AbortController();
	const real = AbortSignal.timeout.bind(AbortSignal);
	vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => (ms === 10_000 ? budget.signal : real(ms)));
	let pages = 0;
	const server = await startOddServer(async (path) => {
		if (!path.endsWith('/events')) return job;
		pages += 1;
		if (pages === 3) {
			budget.abort(new DOMException('over', 'TimeoutError'));
			return new Promise(() => {});
		}
		const event = { id: `e${pages}`, created_at: pages, level: 'info', type: 'message', message: `page ${pages}` };
		return { object: 'list', data: [event], has_more: true };
	});
	const report = await providers['own-server'].report(accessTo(server.url), 'ftjob-1');
	await server.stop();
	expect(report).toMatchObject({ jobId: 'ftjob-1', status: 'training' });
	expect(report.events.map(({ message }) => message)).toEqual(['page 2', 'page 1']);
});

test('events without data, and none at all in their place, are read over', async () => {
	const metrics = { id: 'e', created_at: 5, level: 'info', type: 'metrics', message: 'Step' };
	const server = await startOddServer((path) =>
		path.endsWith('/events')
			? {
					object: 'list',
					has_more: false,
					data: [null, { ...metrics, data: null }, { ...metrics, data: { step: 3, train_loss: 1.5 } }]
				}
			: job
	);
	const report = await providers['own-server'].report(accessTo(server.url), 'ftjob-1');
	await server.stop();
	expect(report).toMatchObject({ stepsDone: 3, points: [{ series: 'train', step: 3, loss: 1.5 }] });
});

test('jobs are looked for on every page of a list, each of which has to be one', async () => {
	const marked = { ...job, metadata: { aitelier_job: 'mark' } };
	let last: object | string = { object: 'list', data: [{ ...marked, id: 'ftjob-2' }], has_more: false };
	const server = await startOddServer((_, query) =>
		query.has('after') ? last : { object: 'list', data: [marked], has_more: true }
	);
	const { find } = providers['own-server'];
	expect(await find(accessTo(server.url), 'mark')).toEqual([{ jobId: 'ftjob-1' }, { jobId: 'ftjob-2' }]);
	last = '<html></html>';
	await expect(find(accessTo(server.url), 'mark')).rejects.toMatchObject({ kind: 'down' });
	await server.stop();
});

test('a chunk that is null is no chunk, and an answer may be empty if it says that it has ended', async () => {
	let said = streamOf(null, { choices: [{ delta: { content: 'Hello' } }] }, { choices: [{ finish_reason: 'stop' }] });
	const server = await startOddServer(() => said);
	const chat = () => providers['own-server'].chat(accessTo(server.url), question, () => {});
	expect(await chat()).toMatchObject({ text: 'Hello', finishReason: 'stop' });
	said = streamOf({ choices: null }, { choices: [{ delta: null, finish_reason: 'stop' }] });
	expect(await chat()).toMatchObject({ text: '', finishReason: 'stop' });
	said = streamOf({ choices: [{ delta: {} }] });
	await expect(chat()).rejects.toMatchObject({ kind: 'cut' });
	await server.stop();
});

test('of a list of models those are shown that have a name, and an end that is a day', async () => {
	const data = [{ id: 'good' }, null, 5, {}, { id: null }, { id: '' }, { id: 7 }, { id: 'odd', shutdown_date: 5 }];
	const server = await startOddServer((path) =>
		path.endsWith('/models') ? { object: 'list', data } : { object: 'list', data: [] }
	);
	const models = await providers['own-server'].models(accessTo(server.url));
	await server.stop();
	expect(models.map(({ id, name, until }) => ({ id, name, until }))).toEqual([
		{ id: 'good', name: 'good', until: null },
		{ id: 'odd', name: 'odd', until: null }
	]);
});

test.each([-5, 'NaN', 1.5, 1e300, {}, null])('tokens that nobody can count are not known: %j', async (count) => {
	const usage = { prompt_tokens: count, completion_tokens: count };
	const finish = { finish_reason: 'stop' };
	let said: object | string = { choices: [{ message: { content: 'Hello' }, ...finish }], usage };
	const server = await startOddServer(() => said);
	const ask = (onText?: () => void) => providers['own-server'].chat(accessTo(server.url), question, onText);
	const unknown = { text: 'Hello', promptTokens: null, completionTokens: null };
	expect(await ask()).toMatchObject(unknown);
	said = streamOf({ choices: [{ delta: { content: 'Hello' }, ...finish }] }, { choices: [], usage });
	expect(await ask(() => {})).toMatchObject(unknown);
	await server.stop();
});

test.each(['sandbox', 'own-server'] as const)('%s: a stream has a deadline as a whole', async (id) => {
	const sandbox = await startSandbox({ port: 0, speed: 20 });
	const baseUrl = id === 'sandbox' ? sandbox.url : `${sandbox.url}/openai/v1`;
	const headers = { authorization: 'Bearer a key' };
	await fetch(`${sandbox.url}/faults`, {
		method: 'POST',
		headers,
		body: JSON.stringify({ fault: 'hang', path: 'chat' })
	});
	const deadline = new AbortController();
	vi.spyOn(AbortSignal, 'timeout').mockReturnValue(deadline.signal);
	const answer = await providers[id].chat(
		{ provider: id, baseUrl, key: 'a key' },
		{ ...question, model: 'sandbox-small' },
		(piece) => piece.trim() && setTimeout(() => deadline.abort(), 20)
	);
	expect(answer.finishReason).toBeNull();
	expect(answer.text).not.toBe('');
	await sandbox.stop();
});
