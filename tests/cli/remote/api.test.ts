import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkedFields } from '../../../src/cli/remote/fields.ts';
import { rest } from '../../../src/lib/contract/rest.ts';
import { ait, newFolder, originalLine, originalProject } from '../../support/app/cli.ts';
import { newToken } from '../../support/browser/device.ts';
import { addExamples } from '../../support/data/evaluation.ts';
import { type StartedApp, startApp } from '../../support/app/started-app.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { startReceiver, verified } from '../../support/servers/webhook-receiver.ts';

// Operations, tools for agents and webhooks from a terminal, over the built app.

let app: StartedApp;
beforeAll(async () => void (app = await startApp()));
beforeEach(() => app.owner`delete from buckets`);
afterAll(() => app.close());

const newTerminal = async (role: 'trainer' | 'rater' = 'trainer') => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const ids = await addExamples(team.scope, project.id, ['One?', 'Two?', 'Three?'], { split: null, from: 100 });
	const { userId } = await team.as(role);
	const { token } = await newToken(userId, team.teamId);
	const folder = originalProject([originalLine(1, { rating: 9 })]);
	const env = { AITELIER_URL: app.origin, AITELIER_API_KEY: token };
	const run = (line: string | readonly string[], more: Parameters<typeof ait>[2] = {}) =>
		ait(folder, line, { env, ...more });
	expect(await run('link support')).toMatchObject({ code: 0 });
	return { team, project, ids, folder, run, env, userId };
};

test('each kind of operation: looks, lists that go on, writes, files in and out', async () => {
	const { run, ids, folder, project } = await newTerminal();
	expect((await run('api project.get')).json()).toMatchObject({ id: project.id, slug: 'support' });
	const first = (await run('api examples.list --limit 2 --json')).json();
	expect(first.data).toHaveLength(2);
	const rest2 = (await run(['api', 'examples.list', '--limit=2', `cursor=${first.next}`])).json();
	expect(rest2).toMatchObject({ data: [{}], next: null });
	expect((await run(`api ratings.rate --exampleId ${ids[0]} --score 8`)).json()).toEqual({ id: ids[0], score: 8 });
	expect((await run(['api', 'ratings.rate', '--data', `{"exampleId":"${ids[1]}","score":null}`])).json()).toMatchObject(
		{
			score: null
		}
	);
	const turns = '[{"role":"user","content":"New?"},{"role":"assistant","content":"Yes."}]';
	expect((await run(['api', 'examples.add', '--messages', turns, '--rating', '7'])).json()).toMatchObject({
		number: 1
	});
	const piped = await run('api examples.add --data -', { pipe: `{"messages":${turns.replace('New', 'Piped')}}` });
	expect(piped.json()).toMatchObject({ number: 2 });
	fs.writeFileSync(path.join(folder, 'more.jsonl'), '{"input":"File?","output":"Yes."}\n{"input":"broken"\n');
	expect((await run('api examples.import --file more.jsonl')).json()).toMatchObject({ added: 1, refused: 1 });
	const pipe = '{"input":"Pipe?","output":"Yes."}\n';
	expect((await run('api examples.import --file -', { pipe })).json()).toMatchObject({ added: 1 });
	expect((await run('api examples.export')).out.trim().split('\n')).toHaveLength(7);
	expect((await run(`api examples.delete --ids ${ids[0]},${ids[1]}`)).json()).toEqual({ count: 2 });
	const outside = await ait(newFolder(), 'api project.get --project support', {
		env: { AITELIER_URL: app.origin, AITELIER_API_KEY: (await newTerminal()).env.AITELIER_API_KEY }
	});
	expect(outside.json()).toMatchObject({ slug: 'support' });
});

test('what is wrong is said before anything is sent', async () => {
	const nobody = { env: { AITELIER_URL: 'http://127.0.0.1:1', AITELIER_API_KEY: 'x' } };
	const cases: [string | string[], string, string][] = [
		['api exampels.list', 'no operation "exampels.list"', 'ait api examples.list'],
		['api ratings.rate --project p --score 8', 'needs exampleId', '--describe'],
		['api ratings.rate --project p --exampleId x --score 8', 'exampleId: The example is not one of ours', '--describe'],
		[
			'api ratings.rate --project p --exampleId 0199a000-0000-7000-8000-0000000000fe --score 11',
			'score: A rating is at most 10',
			'--describe'
		],
		['api examples.list --project p --limt 3', 'has no field "limt"; perhaps limit', '--describe'],
		['api project.get', 'needs project', '--describe'],
		['api project.list extra', '"extra" is no field', '--describe'],
		[['api', 'project.list', '--data', '[1]'], 'no JSON object', '--data'],
		['api examples.import --project p', 'needs a file', '--file']
	];
	for (const [line, words, mend] of cases) {
		const { code, err, out } = await ait(newFolder(), line, nobody);
		expect({ code, out, err }).toMatchObject({ code: 2, out: '', err: expect.stringContaining(words) });
		expect(err).toContain(mend);
	}
});

test('every operation is listed and described, and its example passes its own check', async () => {
	const listed = (await ait(newFolder(), 'api --json')).json() as { name: string }[];
	expect(listed.map(({ name }) => name)).toEqual(rest.map(({ operation }) => operation.name));
	for (const row of rest) {
		const { operation } = row;
		const { code, out } = await ait(newFolder(), `api ${operation.name} --describe`);
		expect(code).toBe(0);
		expect(out).toContain(`/api/v1${row.path}`);
		const {
			clientId: _,
			before: __,
			...given
		} = { ...(row.takesFile ? {} : (operation.example.input as object)) } as Record<string, unknown>;
		expect(checkedFields(row, [], { ...given }, 'support'), operation.name).toMatchObject(given);
	}
});

test('the API refuses in its own words, and the command ends with 1', async () => {
	const { run } = await newTerminal('rater');
	expect(await run('api examples.export --json')).toMatchObject({
		code: 1,
		err: expect.stringContaining('A rater cannot do this.')
	});
});

test('what is too many at once is waited for, and what is no answer of ours is said', async () => {
	const { folder } = await newTerminal();
	const server = await startReceiver();
	const { origin } = new URL(server.url);
	const env = { AITELIER_URL: origin, AITELIER_API_KEY: 'ait_sk_x' };
	server.answers(429, { 'retry-after': '0' });
	server.answers(200, { 'content-type': 'application/json; charset=utf-8' }, '[]');
	expect((await ait(folder, 'api project.list', { env })).json()).toEqual([]);
	expect(server.received).toHaveLength(2);
	server.answers(502, {}, '<html>');
	expect(await ait(folder, 'api project.list', { env })).toMatchObject({
		code: 1,
		err: expect.stringContaining(`${origin} does not answer at the moment (502).`)
	});
	await server.stop();
});

const messages = (...all: object[]) => `${all.map((message) => JSON.stringify(message)).join('\n')}\n`;
const hello = {
	jsonrpc: '2.0',
	id: 0,
	method: 'initialize',
	params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'agent', version: '1' } }
};

test('mcp passes messages on over stdio: what there is, and what comes of it', async () => {
	const { run, ids } = await newTerminal();
	const call = { name: 'ratings_rate', arguments: { project: 'support', exampleId: ids[0], score: 9 } };
	const { code, out, err } = await run('mcp', {
		pipe: messages(
			hello,
			{ jsonrpc: '2.0', method: 'notifications/initialized' },
			{ jsonrpc: '2.0', id: 1, method: 'tools/list' },
			{ jsonrpc: '2.0', id: 'two', method: 'tools/call', params: call }
		)
	});
	expect({ code, err }).toEqual({ code: 0, err: '' });
	const answers = out
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as { id: unknown; result: never });
	const of = (id: unknown) => answers.find((answer) => answer.id === id)!.result;
	expect(answers).toHaveLength(3);
	expect(of(0)).toMatchObject({ protocolVersion: '2025-06-18', serverInfo: { name: 'aitelier' } });
	expect((of(1) as { tools: { name: string }[] }).tools.map(({ name }) => name)).toContain('ratings_rate');
	expect(of('two')).toMatchObject({ isError: false, content: [{ text: expect.stringContaining('9') }] });
});

test('mcp says in a message what is wrong: no JSON, and a token that does not work', async () => {
	const { folder, env } = await newTerminal();
	const list = { jsonrpc: '2.0', id: 5, method: 'tools/list' };
	const { code, out } = await ait(folder, 'mcp', {
		env: { ...env, AITELIER_API_KEY: `${env.AITELIER_API_KEY}x` },
		pipe: `no json\n${messages(list)}`
	});
	expect(code).toBe(0);
	expect(
		out
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line))
	).toMatchObject([
		{ id: null, error: { code: -32700 } },
		{ id: 5, error: { message: expect.stringContaining('The key in AITELIER_API_KEY does not open') } }
	]);
});

test('webhooks listen forwards what a webhook is sent, signed, and only from now on', async () => {
	const { run } = await newTerminal();
	const made = (await run(`api webhooks.create --url ${app.sandboxUrl}/hook --events run.finished`)).json();
	await run(`api webhooks.test --webhookId ${made.id}`);
	const receiver = await startReceiver();
	const stop = new AbortController();
	let begun = () => {};
	const isBegun = new Promise<void>((go) => (begun = go));
	const listening = run(`webhooks listen --json --forward ${receiver.url}`, {
		signal: stop.signal,
		now: new Date(), // the verifier refuses what is old
		hears: (said) => said.includes('"secret"') && begun()
	});
	await isBegun;
	const tests = [];
	for (let at = 0; at < 2; at++)
		tests.push((await run(`api webhooks.test --webhookId ${made.id}`)).json().deliveryId as string);
	await receiver.until(2);
	stop.abort();
	const { code, out } = await listening;
	await receiver.stop();
	expect(code).toBe(0);
	const { secret } = JSON.parse(out.split('\n')[0]!) as { secret: string };
	expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual(tests.map((id) => `msg_${id}`));
	for (const each of receiver.received) expect(verified(secret, each)).toMatchObject({ type: 'webhook.test' });
	expect(() => verified(made.secret, receiver.received[0]!)).toThrow();
	expect(await run('webhooks listen --forward nowhere')).toMatchObject({ code: 2 });
	expect(await run('webhooks send --forward http://localhost:1')).toMatchObject({ code: 2 });
	expect(await run(`webhooks listen --forward ${receiver.url} --webhook nobody`)).toMatchObject({
		code: 2,
		err: expect.stringContaining(made.id)
	});
});
