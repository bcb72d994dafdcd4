import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PressedName, pressed, tools } from '../../src/lib/contract/mcp.ts';
import { defaultRecipe } from '../../src/lib/core/runs/recipe.ts';
import { may } from '../../src/lib/core/permissions.ts';
import { createKey, revokeKey } from '../../src/lib/server/keys/commands.ts';
import { connections } from '../../src/lib/server/platform/db/schema.ts';
import { newToken } from '../support/browser/device.ts';
import { addExamples } from '../support/data/evaluation.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { newProject, newTeam } from '../support/data/team.ts';

let app: StartedApp;
beforeAll(async () => {
	app = await startApp({ ROLE: 'all', DATABASE_URL: process.env.DATABASE_URL });
});
afterAll(() => app.close());

const clients: Client[] = [];
afterAll(() => Promise.all(clients.map((client) => client.close())));

/** An agent with this key, and what it gets from a tool. */
const connect = async (secret: string) => {
	const client = new Client({ name: 'an agent', version: '1' });
	const headers = { authorization: `Bearer ${secret}` };
	await client.connect(
		new StreamableHTTPClientTransport(new URL('/api/mcp', app.origin), { requestInit: { headers } })
	);
	clients.push(client);
	const ask = async (name: string, given: Record<string, unknown> = {}) => {
		const { content, isError } = await client.callTool({ name, arguments: given });
		return { text: (content as { text: string }[])[0]!.text, isError: isError === true };
	};
	/** One that is expected to go well. */
	const use = async (name: string, given: Record<string, unknown> = {}) => {
		const { text, isError } = await ask(name, given);
		if (isError) throw new Error(`${name}: ${text}`);
		return JSON.parse(text);
	};
	return { client, ask, use };
};

const newAgent = async ({ role = 'trainer' as 'trainer' | 'rater', sandboxUrl = app.sandboxUrl } = {}) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope, { sandboxUrl });
	const asOwner = { ...team.scope, userId: team.owner.id };
	const key = await createKey(asOwner, { name: 'Agent', role, projectIds: null, days: 90 });
	return { ...team, asOwner, project, key, ...(await connect(key.key)) };
};

const raw = (body: unknown, headers: Record<string, string> = {}) =>
	fetch(`${app.origin}/api/mcp`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
		body: JSON.stringify(body)
	});
const listing = { jsonrpc: '2.0', id: 1, method: 'tools/list' };

test('an agent of a person goes from examples to a verdict on the sandbox', async () => {
	const { owner, teamId } = await newAgent();
	const { token } = await newToken(owner.id, teamId);
	const { use, ask } = await connect(token);
	const [project] = (await use('project_list')) as { slug: string }[];
	const here = { project: project!.slug };
	const line = (n: number) =>
		JSON.stringify({
			messages: [
				{ role: 'user', content: `Where is order ${n * 7919}, please? It is the ${n}. one I made.` },
				{ role: 'assistant', content: `Order ${n * 7919} left us on day ${n} and arrives within two days. Thank you!` }
			],
			rating: 9
		});
	const text = Array.from({ length: 40 }, (_, n) => line(n)).join('\n');
	expect(await use('examples_import', { ...here, fileName: 'orders.jsonl', text })).toMatchObject({ added: 40 });
	const { data } = await use('examples_list', { ...here, limit: 5 });
	expect(data).toHaveLength(5);
	expect(await use('ratings_rate', { ...here, exampleId: data[0].id, score: 8 })).toBeDefined();

	const preview = await use('splits_preview', here);
	expect(preview).toBeDefined();
	await use('splits_apply', here);
	expect(await use('runs_preflight', here)).toBeDefined();
	const run = await use('runs_start', { ...here, ...defaultRecipe });
	const until = async (name: string, given: Record<string, unknown>, reached: (seen: never) => boolean) => {
		for (;;) {
			const seen = await use(name, { ...here, ...given });
			if (reached(seen as never)) return seen;
			await sleep(100);
		}
	};
	const ended = await until('runs_get', { runId: run.id }, ({ run }: { run: { status: string } }) =>
		['ready', 'failed', 'cancelled'].includes(run.status)
	);
	expect(ended.run.status).toBe('ready');

	const { id } = await use('evaluations_create', { ...here, runId: run.id, against: 'base', pairs: 5 });
	const at = { evaluationId: id as string };
	await until('evaluations_next_pairs', at, ({ state }: { state: string }) => state !== 'waiting');
	for (;;) {
		const { state, pairs } = await use('evaluations_next_pairs', { ...here, ...at });
		if (state !== 'open') break;
		for (const { ballotId } of pairs) await use('evaluations_vote', { ...here, ...at, ballotId, choice: 'first' });
	}
	const revealed = await ask('evaluations_reveal', { ...here, ...at });
	expect(revealed).toMatchObject({ isError: false });
	expect((await use('evaluations_results', { ...here, ...at })).results.verdict).toBeDefined();

	await until('servings_start', { runId: run.id }, () => true);
	await until('servings_list', {}, (all: { status: string }[]) => all.some(({ status }) => status === 'ready'));
	const messages = [{ role: 'user', content: 'Where is order 7919, please?' }];
	const answer = await ask('servings_chat', { ...here, runId: run.id, messages });
	expect(answer).toMatchObject({ isError: false, text: expect.stringMatching(/\w/) });
	// that nothing costs anything here says nothing of another connection
	const elsewhere = await ask('servings_chat', { ...here, connectionId: randomUUID(), model: 'dear', messages });
	expect(elsewhere.text).toMatch(/^Nothing was done: this costs money/);
});

test('the tools are those of the key’s role, with the schemas of the API', async () => {
	for (const role of ['trainer', 'rater'] as const) {
		const { client } = await newAgent({ role });
		const { tools: listed } = await client.listTools();
		const allowed = tools.filter(({ row }) => may(role, row.operation.action as never));
		expect(listed.map(({ name }) => name)).toEqual(allowed.map(({ name }) => name));
		for (const { name, inputSchema, description } of listed) {
			expect(name).toMatch(/^[a-z_]{3,64}$/);
			expect(description, name).toBeTruthy();
			expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
		}
	}
	const { ask } = await newAgent({ role: 'rater' });
	await expect(ask('runs_start', { project: 'support' })).rejects.toThrow('not yours to use');
	await expect(ask('no_such_tool')).rejects.toThrow('no_such_tool');
});

test('what deletes, and what costs money, is a link for a person, and nothing is done', async () => {
	const { use, ask, scope, project, slug } = await newAgent();
	const [exampleId] = await addExamples(scope, project.id, ['Do you ship to Norway?'], { split: null });
	const here = { project: project.slug };
	const deleted = await ask('examples_delete', { ...here, ids: [exampleId] });
	expect(deleted).toEqual({ isError: false, text: expect.stringContaining(`${app.origin}/${slug}/support/examples`) });
	expect((await use('examples_get', { ...here, exampleId })).number).toBe(1);

	await scope.tx((tx) => tx.update(connections).set({ provider: 'together' }));
	const id = '0199a000-0000-7000-8000-000000000001';
	const given = { ...here, runId: id, evaluationId: id, webhookId: id, ids: [exampleId] };
	for (const operation of Object.keys(pressed) as PressedName[]) {
		const { name } = tools.find(({ row }) => row.operation.name === operation)!;
		const { text } = await ask(name, given);
		expect(text, name).toMatch(
			/^Nothing was done: this (costs money|deletes|lets people in who have no account), so a person decides\./
		);
		const link = /https?:\S+$/.exec(text)![0];
		expect(link, name).toMatch(new RegExp(`^${app.origin}/${slug}/`));
	}
	for (const list of ['runs_list', 'evaluations_list']) expect(await use(list, here)).toMatchObject({ data: [] });
	expect(await use('servings_list', here)).toEqual([]);
});

test('a chat that names another connection is a link, also in a project on the sandbox', async () => {
	const { ask, scope, project } = await newAgent();
	const [elsewhere] = await scope.tx((tx) =>
		tx
			.insert(connections)
			.values({ provider: 'together', name: 'Together', status: 'ok', training: 'open' })
			.returning({ id: connections.id })
	);
	const question = { project: project.slug, messages: [{ role: 'user', content: 'Do you ship to Norway?' }] };
	const at = (connectionId: string) => ask('servings_chat', { ...question, connectionId, model: 'sandbox-small' });
	expect(await at(elsewhere!.id)).toEqual({
		isError: false,
		text: expect.stringMatching(/^Nothing was done: this costs money, .*\/support\/playground$/)
	});
	const own = await at(project.connectionId!);
	expect(own.isError).toBe(false);
	expect(own.text).not.toContain('Nothing was done');
});

test('a project of another team is not there, for whatever tool', async () => {
	const mine = await newAgent();
	const theirs = await newAgent();
	await app.owner`update projects set slug = 'elsewhere' where id = ${theirs.project.id}`;
	for (const name of ['examples_list', 'runs_start', 'examples_delete', 'runs_preflight'])
		expect(await mine.ask(name, { project: 'elsewhere', ids: [], ...defaultRecipe }), name).toEqual({
			isError: true,
			text: expect.stringContaining('(not_found)')
		});
});

test('what is missing or wrong is said, with the field', async () => {
	const { ask } = await newAgent();
	expect(await ask('examples_list')).toEqual({ isError: true, text: expect.stringContaining('(invalid, project)') });
	expect(await ask('examples_list', { project: 'support', nonsense: 1 })).toEqual({
		isError: true,
		text: expect.stringContaining('nonsense')
	});
	for (const exampleId of ['../../me', '..', '.', '%2e%2e'])
		expect(await ask('examples_get', { project: 'support', exampleId }), exampleId).toEqual({
			isError: true,
			text: expect.stringContaining('(not_found)')
		});
	// one place less would be another address: that of the list
	expect(await ask('examples_get', { project: '..', exampleId: 'me' })).toMatchObject({ isError: true });
});

test('a file that is too long for a conversation is read no further, and said where it is', async () => {
	const { ask, use, project } = await newAgent();
	const here = { project: project.slug };
	const line = (n: number) =>
		JSON.stringify({
			messages: [
				{ role: 'user', content: `Question ${n}` },
				{ role: 'assistant', content: 'A long answer. '.repeat(2_000) }
			]
		});
	const text = Array.from({ length: 12 }, (_, n) => line(n)).join('\n');
	expect(await use('examples_import', { ...here, fileName: 'long.jsonl', text })).toMatchObject({ added: 12 });
	expect(await ask('examples_export', here)).toEqual({
		isError: true,
		text: expect.stringContaining(`GET ${app.origin}/api/v1/projects/support/export`)
	});
});

test('a message comes alone, and is no bomb', async () => {
	const { key } = await newAgent();
	const authorization = `Bearer ${key.key}`;
	const codeOf = async (body: unknown) => {
		const answer = await raw(body, { authorization });
		return [answer.status, (await answer.json()).error.code];
	};
	expect(await codeOf([listing, listing])).toEqual([400, 'bad_request']);
	expect(await codeOf({ ...listing, params: { a: Array.from({ length: 40_000 }, () => 1) } })).toEqual([
		422,
		'invalid'
	]);
	expect(await codeOf({ ...listing, params: { key: key.key } })).toEqual([400, 'exposed_key']);
});

test('a personal token acts as its person', async () => {
	const team = await newTeam();
	const { userId } = await team.as('rater');
	const { token } = await newToken(userId, team.teamId);
	const { use } = await connect(token);
	expect(await use('keys_me')).toMatchObject({ role: 'rater', key: null });
});

test('without a key that works there is one answer, also for one that was ended', async () => {
	const { asOwner, key } = await newAgent();
	await revokeKey(asOwner, { keyId: key.id });
	for (const headers of [{}, { authorization: `Bearer ${key.key}` }, { authorization: 'Bearer nonsense' }]) {
		const answer = await raw(listing, headers as Record<string, string>);
		expect(answer.status).toBe(401);
		expect(answer.headers.get('www-authenticate')).toBe('Bearer');
		expect((await answer.json()).error.code).toBe('unauthenticated');
	}
});

test('a browser of somebody signed in opens nothing, and other methods are refused', async () => {
	const { key } = await newAgent();
	const authorization = `Bearer ${key.key}`;
	const foreign = await raw(listing, { authorization, cookie: 'session=x', origin: 'https://elsewhere.example' });
	expect(foreign.status).toBe(403);
	const got = await fetch(`${app.origin}/api/mcp`, { headers: { authorization } });
	expect(got.status).toBe(405);
	expect(got.headers.get('allow')).toContain('POST');
	expect((await raw('no message', { authorization })).status).toBe(400);
});
