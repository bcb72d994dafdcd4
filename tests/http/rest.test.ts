// The REST API as a script meets it: over HTTP, with a key, on the built app.
import { randomUUID } from 'node:crypto';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rest } from '../../src/lib/contract/rest.ts';
import { may } from '../../src/lib/core/permissions.ts';
import { addExample } from '../../src/lib/server/examples/commands.ts';
import { inProject } from '../../src/lib/server/access/scope.ts';
import { newKey } from '../../src/lib/server/access/keys.ts';
import { createKey, revokeKey } from '../../src/lib/server/keys/commands.ts';
import { checksumOf } from '../support/database/checksum.ts';
import { newBallot, voteAs } from '../support/data/evaluation.ts';
import { oneOfEach } from '../support/data/one-of-each.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { newPerson, newProject, newTeam } from '../support/data/team.ts';

let app: StartedApp;
beforeAll(async () => {
	app = await startApp({ LOG_LEVEL: 'info' });
});
afterAll(() => app.close());

type Said = {
	status: number;
	headers: Headers;
	text: string;
	// eslint-disable-next-line @typescript-eslint/no-explicit-any -- whatever it says
	body: any;
};

const send = async (path: string, init: RequestInit = {}): Promise<Said> => {
	const response = await fetch(`${app.origin}/api/v1${path}`, init);
	const text = await response.text();
	const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
	return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : null };
};

/** A team with a project, and how a script with a key of it asks. */
const newScript = async (role: 'trainer' | 'rater' = 'trainer') => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const asOwner = { ...team.scope, userId: team.owner.id };
	const made = await createKey(asOwner, { name: 'Script', role, projectIds: null, days: 90 });
	const authorization = `Bearer ${made.key}`;
	const ask = (method: string, path: string, body?: unknown, more: Record<string, string> = {}) =>
		send(path, {
			method,
			headers: { authorization, ...(body !== undefined && { 'content-type': 'application/json' }), ...more },
			...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
		});
	const within = await inProject(team.scope, project.slug);
	return { ...team, asOwner, project, key: made, authorization, ask, within, at: `/projects/${project.slug}` };
};

let number = 0;
const talk = (question = `Question ${++number} ${randomUUID()}?`) => ({
	messages: [
		{ role: 'user', content: question },
		{ role: 'assistant', content: 'Yes.' }
	]
});
const count = async (teamId: string) =>
	(await app.owner`select count(*)::int as count from examples where team_id = ${teamId} and deleted_at is null`)[0]!
		.count as number;

/** Every refusal has this one shape. */
const refusal = (status: number, code: string, field?: string) => ({
	status,
	body: {
		error: {
			code,
			message: expect.any(String),
			...(field !== undefined && { field }),
			doc_url: expect.stringMatching(new RegExp(`^http://127.0.0.1:\\d+/docs/api/errors#${code}$`)),
			request_id: expect.stringMatching(/^[0-9a-f-]{36}$/)
		}
	}
});

test('a key opens its team, without an Origin; the answer names the request', async () => {
	const { ask, slug, teamId } = await newScript();
	const me = await ask('GET', '/me');
	expect(me).toMatchObject({ status: 200, body: { team: { id: teamId, slug }, role: 'trainer' } });
	expect(me.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
	expect(me.headers.get('ratelimit-policy')).toBe('"default";q=600;w=60');
	expect(me.headers.get('ratelimit')).toMatch(/^"default";r=\d+;t=\d+$/);
	expect((await ask('GET', '/projects')).body).toHaveLength(1);
	// an address that Kit makes for its own pages
	const beside = await ask('GET', '/me/__data.json');
	expect(beside.status).toBe(404);
	expect(beside.text).not.toContain(teamId);
});

test('what does not work gets one answer: none, another sort, a wrong check, unknown, ended, expired', async () => {
	const { ask, asOwner, key } = await newScript();
	const old = await newScript();
	await app.owner`update api_keys set expires_at = now() - interval '1 second' where id = ${old.key.id}`;
	await revokeKey(asOwner, { keyId: key.id });
	const wrong = key.key.slice(0, -1) + (key.key.endsWith('a') ? 'b' : 'a');
	const answers = [
		await send('/me'),
		await send('/me', { headers: { authorization: 'Basic YTpi' } }),
		await send('/me', { headers: { authorization: `Bearer ${wrong}` } }),
		await ask('GET', '/me'),
		await old.ask('GET', '/me')
	];
	for (const answer of answers) {
		expect(answer).toMatchObject(refusal(401, 'unauthenticated'));
		expect(answer.headers.get('www-authenticate')).toBe('Bearer');
		expect(answer.body.error.message).toBe(answers[0]!.body.error.message);
	}
});

test('a cookie opens nothing here, and with one a write needs our Origin', async () => {
	const { authorization, at } = await newScript();
	const foreign = { cookie: 'session=x', origin: 'https://elsewhere.example', 'content-type': 'application/json' };
	const body = JSON.stringify(talk());
	expect(await send(`${at}/examples`, { method: 'POST', headers: { ...foreign, authorization }, body })).toMatchObject(
		refusal(403, 'forbidden')
	);
	expect((await send(`${at}/examples`, { headers: { cookie: 'session=x' } })).status).toBe(401);
});

test('a key’s role is asked for every row of the table, and no row is a bug', async () => {
	for (const role of ['trainer', 'rater'] as const) {
		const { ask, at } = await newScript(role);
		for (const { operation, method, path, takesFile } of rest) {
			const real = path.replace('/projects/{project}', at).replaceAll(/\{kind\}/g, 'train');
			const answer = await ask(
				method,
				real.replaceAll(/\{\w+\}/g, randomUUID()),
				method === 'GET' || takesFile ? undefined : {}
			);
			const allowed = may(role, operation.action as never);
			const what = `${role} ${method} ${path}: ${answer.text.slice(0, 200)}`;
			expect(answer.status, what).toBeLessThan(500);
			if (allowed) expect([401, 403, 405], what).not.toContain(answer.status);
			else expect([403, 404, 422], what).toContain(answer.status);
		}
	}
});

test('a key that is limited to a project, and one of another team, find nothing elsewhere', async () => {
	const { scope, asOwner, project, ask } = await newScript();
	const other = await newProject(scope, { slug: 'other' });
	const { key } = await createKey(asOwner, { name: 'One', role: 'trainer', projectIds: [project.id], days: 90 });
	const limited = (path: string) => send(path, { headers: { authorization: `Bearer ${key}` } });
	expect((await limited('/projects')).body).toHaveLength(1);
	const stranger = await newScript();
	for (const answer of [
		await limited(`/projects/${other.project.slug}/examples`),
		await limited(`/projects/${other.project.id}/examples`),
		await stranger.ask('GET', `/projects/${project.id}/examples`),
		await ask('GET', '/projects/no-such/examples')
	])
		expect(answer).toMatchObject(refusal(404, 'not_found'));
});

describe('what cannot be read is told, and changes nothing', () => {
	const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
	const cases: [string, string, string, unknown, Record<string, string>, ReturnType<typeof refusal>][] = [
		['an unknown field', 'POST', '/examples', { ...talk(), colour: 'red' }, {}, refusal(422, 'invalid', 'colour')],
		[
			'one inside',
			'POST',
			'/examples',
			{ messages: [{ role: 'user', content: 'a', x: 1 }] },
			{},
			refusal(422, 'invalid')
		],
		['a wrong type', 'POST', '/examples', { messages: 'a' }, {}, refusal(422, 'invalid', 'messages')],
		['no JSON', 'POST', '/examples', '{"messages":', {}, refusal(400, 'bad_request')],
		['a list', 'POST', '/examples', '[]', {}, refusal(400, 'bad_request')],
		['brackets', 'POST', '/examples', deep, {}, refusal(400, 'bad_request')],
		['one field twice', 'POST', '/examples', '{"messages":[],"messages":[]}', {}, refusal(400, 'bad_request')],
		['half a character', 'POST', '/examples', '{"messages":"\\ud800"}', {}, refusal(400, 'bad_request')],
		[
			'a form',
			'POST',
			'/examples',
			'a=1',
			{ 'content-type': 'application/x-www-form-urlencoded' },
			refusal(415, 'wrong_type')
		],
		['a word in the address of a write', 'POST', '/examples?limit=1', talk(), {}, refusal(422, 'invalid', 'limit')],
		['an unknown word in the address', 'GET', '/examples?colour=red', undefined, {}, refusal(422, 'invalid', 'colour')],
		['a page of a billion', 'GET', '/examples?limit=1000000000', undefined, {}, refusal(422, 'invalid', 'limit')],
		['no cursor', 'GET', '/examples?cursor=abc', undefined, {}, refusal(422, 'invalid', 'cursor')],
		['a page’s own field', 'GET', '/examples?before=3', undefined, {}, refusal(422, 'invalid', 'before')],
		['an id that is none', 'GET', '/examples/12', undefined, {}, refusal(404, 'not_found')],
		['nothing there', 'GET', '/nothing', undefined, {}, refusal(404, 'not_found')],
		['a wrong method', 'DELETE', '/examples', undefined, {}, refusal(405, 'wrong_method')],
		['HEAD of what leaves a trace', 'PUT', '/export', undefined, {}, refusal(405, 'wrong_method')],
		[
			'a name with a space',
			'POST',
			'/examples',
			talk(),
			{ 'idempotency-key': 'a b' },
			refusal(422, 'invalid', 'Idempotency-Key')
		]
	];
	test.each(cases)('%s', async (_, method, path, body, more, expected) => {
		const { ask, at, teamId } = await newScript();
		const answer = await ask(method, at + path, body, more);
		if (expected.body.error.field === undefined && answer.body?.error) delete answer.body.error.field;
		expect(answer).toMatchObject(expected);
		if (answer.status === 405) expect(answer.headers.get('allow')).toMatch(/GET/);
		expect(await count(teamId)).toBe(0);
	});

	test('a body of a gigabyte is refused before it comes', async () => {
		const { authorization, at } = await newScript();
		const request = http.request(`${app.origin}/api/v1${at}/examples`, {
			method: 'POST',
			headers: { authorization, 'content-type': 'application/json', 'content-length': String(1 << 30) }
		});
		request.on('error', () => {});
		const status = await new Promise((done) => {
			request.on('response', (answer) => done(answer.statusCode));
			request.flushHeaders();
		});
		request.destroy();
		expect(status).toBe(413);
	});

	test('a key in an address or in a body', async () => {
		const { ask, at, key, teamId } = await newScript();
		for (const answer of [
			await ask('GET', `/me?key=${key.key}`),
			await ask('GET', `/me?key=${key.key.replaceAll('_', '%5F')}`),
			await ask('GET', `/me?key=${key.key.replaceAll('_', '%255F')}`),
			await ask('POST', `${at}/examples`, talk(`My key is ${key.key}`)),
			await ask('POST', `${at}/examples`, talk(`My key:\n${key.key}`)),
			await ask('POST', `${at}/examples`, JSON.stringify(talk('x')).replace('x', key.key.replaceAll('_', '\\u005f'))),
			await ask('POST', `${at}/examples`, talk(), { 'idempotency-key': key.key }),
			await ask('POST', `${at}/imports`, '{}\n', { 'x-file-name': key.key })
		]) {
			expect(answer).toMatchObject(refusal(400, 'exposed_key'));
			expect(answer.text).not.toContain(key.key);
		}
		expect(await count(teamId)).toBe(0);
	});

	test('its line in the log names the key and the address, and no secret', async () => {
		const { ask, key } = await newScript();
		const { body } = await ask('GET', '/nothing');
		await expect.poll(() => app.said()).toContain(body.error.request_id);
		const line = app
			.said()
			.split('\n')
			.find((one) => one.includes(body.error.request_id))!;
		expect(JSON.parse(line)).toMatchObject({ key: key.id, address: expect.any(String), code: 'not_found' });
		expect(app.said()).not.toContain(key.key);
	});
});

describe('a request with a name', () => {
	test('is carried out once, and answered the same; with another body it is refused', async () => {
		const { ask, at, teamId } = await newScript();
		const [body, name] = [talk(), { 'idempotency-key': randomUUID() }];
		const first = await ask('POST', `${at}/examples`, body, name);
		expect(first).toMatchObject({ status: 201, body: { id: expect.any(String) } });
		expect(first.headers.get('idempotent-replayed')).toBeNull();
		const again = await ask('POST', `${at}/examples`, body, name);
		expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([201, first.text, 'true']);
		expect(await count(teamId)).toBe(1);
		expect(await ask('POST', `${at}/examples`, talk(), name)).toMatchObject(refusal(422, 'invalid', 'Idempotency-Key'));
		expect(await count(teamId)).toBe(1);
	});

	test('sent ten times at once, one acts and the others wait or hear the same', async () => {
		const { ask, at, teamId } = await newScript();
		const [body, name] = [talk(), { 'idempotency-key': 'ten' }];
		const answers = await Promise.all(Array.from({ length: 10 }, () => ask('POST', `${at}/examples`, body, name)));
		expect(await count(teamId)).toBe(1);
		for (const { status, headers } of answers)
			expect([
				[201, null],
				[409, '5']
			]).toContainEqual([status, headers.get('retry-after')]);
		expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThan(0);
	});

	test('that was refused may be sent again when it is right; two keys do not share names', async () => {
		const { ask, at, teamId } = await newScript();
		const name = { 'idempotency-key': 'a' };
		expect((await ask('POST', `${at}/examples`, {}, name)).status).toBe(422);
		expect((await ask('POST', `${at}/examples`, talk(), name)).status).toBe(201);
		const other = await newScript();
		expect((await other.ask('POST', `${other.at}/examples`, talk(), name)).status).toBe(201);
		expect(await count(teamId)).toBe(1);
	});

	test('may be a file: sent twice, it is imported once', async () => {
		const { authorization, at, ask, teamId } = await newScript();
		const lines = [talk(), talk(), { no: 'messages' }].map((line) => JSON.stringify(line)).join('\n');
		const importFile = (file = lines) =>
			send(`${at}/imports`, {
				method: 'POST',
				headers: { authorization, 'idempotency-key': 'night', 'x-file-name': 'a.jsonl' },
				body: file
			});
		const first = await importFile();
		expect(first).toMatchObject({ status: 201, body: { added: 2, refused: 1 } });
		const again = await importFile();
		expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true']);
		// another file of the same name and length is another request
		expect(await importFile(lines.toUpperCase())).toMatchObject(refusal(422, 'invalid', 'Idempotency-Key'));
		expect(await count(teamId)).toBe(2);
		expect(await ask('GET', `${at}/imports/${first.body.id}`)).toMatchObject({
			status: 200,
			body: { added: 2, refused: 1, fileName: 'a.jsonl', refusals: [{ line: 3 }] }
		});
	});
});

test('a list gives every row that was there once, while others are added', async () => {
	const { ask, at, within } = await newScript();
	const there: string[] = [];
	for (let i = 0; i < 25; i++) there.push((await addExample(within, talk() as never)).id);
	const found: string[] = [];
	let next: string | null = null;
	do {
		const page: Said = await ask('GET', `${at}/examples?limit=4${next ? `&cursor=${next}` : ''}`);
		found.push(...page.body.data.map(({ id }: { id: string }) => id));
		next = page.body.next;
		await addExample(within, talk() as never);
	} while (next);
	expect(found.length).toBe(new Set(found).size);
	expect(found.filter((id) => there.includes(id))).toEqual(there.toReversed());
	const cursor = (await ask('GET', `${at}/examples?limit=1`)).body.next;
	expect(await ask('GET', `${at}/runs?cursor=${cursor}`)).toMatchObject(refusal(422, 'invalid', 'cursor'));
	const other = await newScript();
	expect(await other.ask('GET', `${other.at}/examples?cursor=${cursor}`)).toMatchObject(
		refusal(422, 'invalid', 'cursor')
	);
});

test('what was looked at has a tag; what has changed since is not changed unseen', async () => {
	const { ask, at, within } = await newScript();
	const { id } = await addExample(within, talk() as never);
	const first = await ask('GET', `${at}/examples/${id}`);
	const etag = first.headers.get('etag')!;
	const again = await ask('GET', `${at}/examples/${id}`, undefined, { 'if-none-match': etag });
	expect([again.status, again.text]).toEqual([304, '']);

	const made = await ask('POST', '/webhooks', { url: `${app.sandboxUrl}/hook`, events: ['run.finished'] });
	const webhook = `/webhooks/${made.body.id}`;
	const tag = (await ask('GET', webhook)).headers.get('etag')!;
	const changed = await ask('PATCH', webhook, { name: 'New' }, { 'if-match': tag });
	expect(changed.status).toBe(200);
	expect(await ask('PATCH', webhook, { name: 'Newer' }, { 'if-match': tag })).toMatchObject(
		refusal(412, 'changed', 'If-Match')
	);
	expect((await ask('GET', webhook)).body.name).toBe('New');
});

test('an example that was rewritten meanwhile is not rewritten unseen, not even at the same moment', async () => {
	const { ask, at, within } = await newScript();
	const { id } = await addExample(within, talk() as never);
	const example = `${at}/examples/${id}`;
	for (let round = 0; round < 5; round++) {
		const etag = (await ask('GET', example)).headers.get('etag')!;
		const both = await Promise.all(
			['One', 'Two'].map((output) =>
				ask('POST', `${example}/rewrite`, { output: `${output} ${round}`, score: 8 }, { 'if-match': etag })
			)
		);
		expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
	}
	expect((await ask('GET', example)).body.rewrites).toHaveLength(5);
	expect(await ask('POST', `${at}/examples`, talk(), { 'if-match': '"x"' })).toMatchObject(
		refusal(422, 'invalid', 'If-Match')
	);
});

test('a script rates, rewrites and takes its rewrite back', async () => {
	const { ask, at, within } = await newScript('rater');
	const { id } = await addExample(within, talk() as never);
	const example = `${at}/examples/${id}`;
	const name = { 'idempotency-key': randomUUID() };
	for (const _ of [1, 2])
		expect(await ask('POST', `${example}/rating`, { score: 7 }, name)).toMatchObject({
			status: 200,
			body: { score: 7 }
		});
	const rewritten = await ask('POST', `${example}/rewrite`, { output: 'Better.', score: 9 });
	expect(rewritten).toMatchObject({ status: 200, body: { output: 'Better.', ownScore: 9 } });
	const undone = await ask('POST', `${example}/rewrite/undo`, {});
	expect(undone).toMatchObject({ status: 200, body: { output: 'Yes.', rewritten: false, ownScore: 7 } });
	expect(await ask('POST', `${example}/rewrite/undo`, {})).toMatchObject(refusal(404, 'not_found'));
	const seen = await ask('GET', example);
	expect(seen.body).toMatchObject({ rating: null, ratingsCount: 0 });
	expect(
		seen.body.scriptRatings.map(({ script, score }: { script: string; score: number }) => [script, score])
	).toEqual([
		['Script', 9],
		['Script', 7]
	]);
	const { body } = await ask('GET', `${at}/activity?limit=2`);
	expect(body.data.map(({ script, event }: { script: string; event: string }) => [script, event])).toEqual([
		['Script', 'rewrite.undone'],
		['Script', 'example.rewritten']
	]);
	expect((await ask('GET', `${at}/activity?limit=2&cursor=${body.next}`)).body.data).toMatchObject([
		{ event: 'example.rated', script: 'Script', subject: id },
		{ event: 'example.added', person: 'Ana', subject: id }
	]);
});

test('a script votes, apart from people, until the results are known', async () => {
	const contest = await newBallot(2);
	const asOwner = { ...contest.scope, userId: contest.owner.id };
	const { key } = await createKey(asOwner, { name: 'Judge', role: 'trainer', projectIds: null, days: 90 });
	const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
	const at = `/projects/${contest.slug}/evaluations/${contest.id}`;
	const post = (path: string, body: object) => send(at + path, { method: 'POST', headers, body: JSON.stringify(body) });
	const { body: first } = await send(`${at}/pairs`, { headers });
	expect(first).toMatchObject({ state: 'open', judged: 0, total: 2 });
	for (const { ballotId } of first.pairs)
		expect((await post('/votes', { ballotId, choice: 'first' })).status).toBe(200);
	expect((await send(`${at}/pairs`, { headers })).body).toMatchObject({ state: 'done', judged: 2, pairs: [] });
	expect((await post('/votes', { ballotId: first.pairs[0].ballotId, choice: null })).body.judged).toBe(1);
	const [stored] = await app.owner`
		select count(*)::int as count from votes where evaluation_id = ${contest.id} and voter = 'script'`;
	expect(stored!.count).toBe(3);
	await voteAs(contest.scope, contest.slug, contest.id, () => 'a');
	expect((await post('/reveal', {})).status).toBe(200);
	expect(await post('/votes', { ballotId: first.pairs[0].ballotId, choice: 'tie' })).toMatchObject(
		refusal(409, 'conflict')
	);
	const results = await send(`${at}/results`, { headers });
	expect(results.status).toBe(200);
	expect(results.body.results.verdict).toBeDefined();
});

test('with a key or a token of another team, no row shows or changes anything', async () => {
	const here = await newScript();
	const ids = await oneOfEach(here.asOwner, (await newPerson('Extra')).id);
	const before = await checksumOf(app.owner, here.teamId);
	const there = await newScript();
	const token = newKey('pt');
	await app.owner`insert into personal_tokens (team_id, person_id, name, hash, hint, expires_at)
		values (${there.teamId}, ${there.owner.id}, 'ait', ${token.hash}, 'ait_pt_…x', now() + interval '1 day')`;
	const places: Record<string, string> = {
		exampleId: ids.ids.examples!,
		importId: ids.ids.imports!,
		runId: ids.ids.runs!,
		evaluationId: ids.ids.evaluations!,
		webhookId: ids.ids.webhook_endpoints!,
		deliveryId: ids.ids.webhook_deliveries!,
		kind: 'train'
	};
	const foreign = Object.values(ids.ids);
	for (const bearer of [there.key.key, token.key])
		for (const { operation, method, path, takesFile } of rest) {
			// their own project by its name, and everything in it by ids of the other team
			const real = path.replace('/projects/{project}', there.at).replaceAll(/\{(\w+)\}/g, (_, name) => places[name]!);
			const fields = Object.entries(operation.example.input as object).map(([name, value]) => [
				name,
				places[name] ?? value
			]);
			const body = Object.fromEntries(fields.filter(([name]) => !path.includes(`{${name}}`) && name !== 'clientId'));
			const answer = await send(real, {
				method,
				headers: { authorization: `Bearer ${bearer}`, ...(method !== 'GET' && { 'content-type': 'application/json' }) },
				...(method !== 'GET' && { body: takesFile ? '' : JSON.stringify(body) })
			});
			const what = `${method} ${real}: ${answer.status} ${answer.text.slice(0, 300)}`;
			expect(answer.status, what).toBeLessThan(500);
			for (const id of foreign) if (!real.includes(id)) expect(answer.text, what).not.toContain(id);
		}
	expect(await checksumOf(app.owner, here.teamId)).toEqual(before);
});

test('an export comes as a file that imports back to the same', async () => {
	const { ask, at, within } = await newScript();
	await addExample(within, talk('What?') as never);
	const file = await ask('GET', `${at}/export`);
	expect([file.status, file.headers.get('content-type')]).toEqual([200, 'application/jsonl; charset=utf-8']);
	expect(JSON.parse(file.text.trim()).messages[0].content).toBe('What?');
	for (const format of ['train', 'validation', 'preference'])
		expect((await ask('GET', `${at}/export?format=${format}`)).status, format).toBe(200);
	expect(await ask('GET', `${at}/export?format=parquet`)).toMatchObject(refusal(422, 'invalid', 'format'));
	expect((await ask('HEAD', `${at}/export`)).status).toBe(405);
	expect((await ask('HEAD', `${at}/examples`)).status).toBe(200);
});

test('strangers share a small bucket by their network, and hear when to come again', async () => {
	let last = await send('/me', { headers: { 'x-forwarded-for': '198.51.100.7' } });
	for (let i = 0; i < 80 && last.status !== 429; i++) last = await send('/me');
	expect(last).toMatchObject(refusal(429, 'rate_limited'));
	const seconds = Number(last.headers.get('retry-after'));
	expect(last.headers.get('ratelimit')).toBe(`"default";r=0;t=${seconds}`);
	expect(seconds).toBeGreaterThan(0);
	const { ask } = await newScript();
	expect((await ask('GET', '/me')).status).toBe(200);
});

test('an address that is no encoding is no bug; a webhook called imports is no import', async () => {
	const { ask, authorization } = await newScript();
	for (const path of ['/me?x=%', '/me?x=%E9']) expect((await ask('GET', path)).status).toBe(422);
	const pieces = new ReadableStream<Uint8Array>({
		start(controller) {
			controller.enqueue(new TextEncoder().encode('{}'));
			controller.close();
		}
	});
	const answer = await send('/webhooks/imports', {
		method: 'PATCH',
		headers: { authorization, 'content-type': 'application/json' },
		body: pieces,
		duplex: 'half'
	} as RequestInit);
	expect(answer).toMatchObject(refusal(413, 'too_large'));
});

test('a change with a name and a tag, sent again, gets its first answer', async () => {
	const { ask } = await newScript();
	const made = await ask('POST', '/webhooks', { url: `${app.sandboxUrl}/hook`, events: ['run.finished'] });
	const webhook = `/webhooks/${made.body.id}`;
	const tag = (await ask('GET', webhook)).headers.get('etag')!;
	const more = { 'if-match': tag, 'idempotency-key': 'once' };
	const first = await ask('PATCH', webhook, { name: 'New' }, more);
	expect(first.status).toBe(200);
	const again = await ask('PATCH', webhook, { name: 'New' }, more);
	expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([200, first.text, 'true']);
	expect(await ask('PATCH', webhook, { projectIds: [] })).toMatchObject({ status: 422 });
});

test('a file that broke off is sent again under its name, and brings what was missing', async () => {
	const { authorization, at, teamId } = await newScript();
	const lines = [talk(), talk()].map((line) => `${JSON.stringify(line)}\n`);
	const headers = { authorization, 'idempotency-key': 'night', 'x-file-name': 'a.jsonl' };
	const cut = http.request(`${app.origin}/api/v1${at}/imports`, { method: 'POST', headers });
	cut.on('error', () => {});
	cut.write(lines[0]);
	await expect.poll(async () => (await app.owner`select from imports where team_id = ${teamId}`).length).toBe(1);
	cut.destroy();
	const whole = () => send(`${at}/imports`, { method: 'POST', headers: { ...headers }, body: lines.join('') });
	// without its length the first was another file
	await expect
		.poll(async () => (await app.owner`select from named_requests where team_id = ${teamId}`).length, {
			timeout: 20_000
		})
		.toBe(0);
	expect((await whole()).status).toBe(201);
	expect(await count(teamId)).toBe(2);
});
