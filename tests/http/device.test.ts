import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { to } from '../../src/lib/paths.ts';
import { newSession } from '../support/data/session.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { newTeam } from '../support/data/team.ts';

// The device flow as a program and a browser see it, over the built app.

let app: StartedApp;
beforeAll(async () => void (app = await startApp()));
beforeEach(() => app.owner`delete from buckets`);
afterAll(() => app.close());

type Told = { error: { code: string; message: string; field?: string; doc_url: string; request_id: string } };
/** As a program asks: no cookie, JSON. */
const ask = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
	const answer = await fetch(`${app.origin}/api/v1${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', ...headers },
		body: typeof body === 'string' ? body : JSON.stringify(body)
	});
	return { status: answer.status, headers: answer.headers, body: (await answer.json()) as never };
};
const begin = async () =>
	(await ask('/device', { client: 'ait on laptop' })).body as {
		deviceCode: string;
		userCode: string;
		verificationUriComplete: string;
	};
const poll = async (deviceCode: string) => {
	await app.owner`update device_requests set asked_at = null`;
	return ask('/device/token', { deviceCode });
};
const me = (bearer: string) => fetch(`${app.origin}/api/v1/me`, { headers: { authorization: `Bearer ${bearer}` } });
const press = (address: string, action: string, session: string, fields: Record<string, string>) =>
	fetch(`${app.origin}${address}?/${action}`, {
		method: 'POST',
		redirect: 'manual',
		headers: { cookie: `session=${session}`, origin: app.origin, accept: 'text/html' },
		body: new URLSearchParams(fields)
	});

test('from the question in the terminal to the end in the account', async () => {
	const team = await newTeam();
	const { userId } = await team.as('trainer');
	const session = await newSession(app.owner, userId);
	const asked = await begin();
	expect(asked.verificationUriComplete).toBe(`${app.origin}/device?code=${asked.userCode}`);

	// whoever is not signed in comes back to the very code
	const led = await fetch(asked.verificationUriComplete, { redirect: 'manual', headers: { accept: 'text/html' } });
	expect([led.status, led.headers.get('location')]).toEqual([303, to.login(to.device(asked.userCode))]);
	const page = await fetch(asked.verificationUriComplete, { headers: { cookie: `session=${session}` } });
	const text = await page.text();
	for (const fact of [asked.userCode, 'ait on laptop', '127.0.0.1', 'Team ']) expect(text).toContain(fact);
	expect((await poll(asked.deviceCode)).body).toMatchObject({ error: { code: 'authorization_pending' } });

	const fields = { code: asked.userCode, teamId: team.teamId };
	expect(await (await press('/device', 'confirm', session, fields)).text()).toContain('The program is in');
	const taken = await poll(asked.deviceCode);
	expect(taken.status).toBe(200);
	const { token } = taken.body as { token: string };
	expect(await (await me(token)).json()).toMatchObject({ team: { slug: team.slug }, role: 'trainer', key: null });

	const account = await fetch(`${app.origin}/account`, { headers: { cookie: `session=${session}` } });
	const listed = await account.text();
	expect(listed).toContain('ait on laptop');
	expect(listed).not.toContain(token);
	const [row] = await app.owner`select id from personal_tokens where person_id = ${userId}`;
	expect((await press('/account', 'endToken', session, { tokenId: row!.id })).status).toBe(200);
	const after = await me(token);
	expect([after.status, after.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
});

test('refused, the page says so and the program hears it', async () => {
	const team = await newTeam();
	const session = await newSession(app.owner, team.owner.id);
	const asked = await begin();
	const page = await press('/device', 'refuse', session, { code: asked.userCode, teamId: team.teamId });
	expect(await page.text()).toContain('The program gets no token');
	expect((await poll(asked.deviceCode)).body).toMatchObject({ error: { code: 'access_denied' } });
});

test('what is wrong is said in the one shape, with a stable code', async () => {
	const { deviceCode } = await begin();
	await poll(deviceCode);
	const early = await ask('/device/token', { deviceCode });
	const cases: [Awaited<ReturnType<typeof ask>>, number, string][] = [
		[early, 400, 'slow_down'],
		[await ask('/device/token', { deviceCode: 'unknown' }), 400, 'expired'],
		[await ask('/device/token', {}), 422, 'invalid'],
		[await ask('/device', { client: 'x'.repeat(61) }), 422, 'invalid'],
		[await ask('/device', { name: 'x' }), 422, 'invalid'],
		[await ask('/device', '{"client":"a","client":"b"}'), 400, 'bad_request'],
		[await ask('/device', '{', {}), 400, 'bad_request'],
		[await ask('/device', 'client=x', { 'content-type': 'text/csv' }), 415, 'wrong_type']
	];
	for (const [{ status, body, headers }, expected, code] of cases) {
		const { error } = body as Told;
		expect([status, error.code]).toEqual([expected, code]);
		expect(error.doc_url).toBe(`${app.origin}/docs/api/errors#${code}`);
		expect(error.request_id).toBe(headers.get('x-request-id'));
		expect(headers.get('ratelimit')).toMatch(/^"default";r=\d+;t=\d+$/);
	}
	expect((await ask('/device', '')).status).toBe(200);
});

test('a network that asks without end is told when to come again', async () => {
	const answers = await Promise.all(Array.from({ length: 70 }, () => ask('/device/token', { deviceCode: 'unknown' })));
	const limited = answers.filter(({ status }) => status === 429);
	expect(limited.length).toBeGreaterThanOrEqual(5);
	expect(limited[0]!.body).toMatchObject({ error: { code: 'rate_limited' } });
	expect(Number(limited[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
});
