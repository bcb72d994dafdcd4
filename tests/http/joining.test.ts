import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { to } from '../../src/lib/paths.ts';
import { inviteMember } from '../../src/lib/server/team/invitations.ts';
import { listMails } from '../../src/lib/server/platform/mail/outbox.ts';
import { newSession } from '../support/data/session.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';
import { newPerson, newTeam } from '../support/data/team.ts';

// The link of an invitation as browsers and scanners open it, over the built app.

let app: StartedApp;
beforeAll(async () => void (app = await startApp()));
afterAll(() => app.close());

/** A team that has invited somebody whom nobody here knows yet, and the address of the page in their mail. */
const invited = async () => {
	const team = await newTeam();
	const email = `rita-${randomUUID().slice(0, 8)}@example.com`;
	await inviteMember(team.scope, { email, role: 'rater', projectIds: null });
	const mail = (await listMails()).find((each) => each.to === email)!;
	return { ...team, email, path: new URL(mail.link).pathname };
};
const look = (path: string, init: RequestInit = {}) =>
	fetch(app.origin + path, { redirect: 'manual', ...init, headers: { accept: 'text/html', ...init.headers } });
const press = (path: string, headers: Record<string, string> = { origin: app.origin }) =>
	look(path, { method: 'POST', headers, body: new URLSearchParams() });
const led = (answer: Response) => [answer.status, answer.headers.get('location')];
const people = async (email: string) => app.owner`select id from people where email = ${email}`;
const stateOf = async (email: string) =>
	(await app.owner`select accepted_at is not null as used from invitations where email = ${email}`)[0]!.used as boolean;

test('scanners that open the link, or whose page presses for them, use nothing up', async () => {
	const { email, path } = await invited();
	for (const method of ['HEAD', 'GET', 'GET', 'GET']) {
		const answer = await look(path, { method });
		expect([answer.status, answer.headers.get('set-cookie')]).toEqual([200, null]);
	}
	for (const origin of ['https://evil.test', 'null']) expect((await press(path, { origin })).status).toBe(403);
	expect(await people(email)).toHaveLength(0);
	expect(await stateOf(email)).toBe(false);
	expect(led(await press(path))[0]).toBe(303);
});

test('somebody new is in with one press: a session, and their team', async () => {
	const { email, path, slug } = await invited();
	const page = await (await look(path)).text();
	expect(page).toContain('>Join<');
	expect(page).not.toContain(email);
	const answer = await press(path);
	expect(led(answer)).toEqual([303, to.team(slug)]);
	const cookie = answer.headers.getSetCookie().find((each) => each.startsWith('session='))!;
	expect(cookie).toMatch(/HttpOnly/i);
	const session = { headers: { cookie: cookie.split(';')[0]! } };
	expect((await look(to.account(), session)).status).toBe(200);
	const [member] = await app.owner`
		select m.role, a.address, a.request_id is not null as named from members m join people p on p.id = m.person_id
			join audit_entries a on a.team_id = m.team_id and a.person_id = p.id and a.action = 'member.joined'
		where p.email = ${email}`;
	expect(member).toEqual({ role: 'rater', address: '127.0.0.1', named: true });

	const again = await press(path);
	expect([again.status, again.headers.get('set-cookie')]).toEqual([410, null]);
	expect(await (await look(path)).text()).toContain('This invitation was used already.');
});

test('an address that has an account is led to the sign-in page, and back', async () => {
	const { email, path } = await invited();
	await app.owner`insert into people (email, name) values (${email}, 'Rita')`;
	expect(await (await look(path)).text()).toContain('Sign in to accept');
	const answer = await press(path);
	expect(led(answer)).toEqual([303, to.login(path)]);
	expect(answer.headers.get('set-cookie')).toBeNull();
	expect(await stateOf(email)).toBe(false);
});

test('whoever is signed in as somebody else joins as nobody, and stays who they are', async () => {
	const { email, path } = await invited();
	const eve = await newPerson('Eve');
	const session = `session=${await newSession(app.owner, eve.id)}`;
	const answer = await press(path, { origin: app.origin, cookie: session });
	expect([answer.status, answer.headers.get('set-cookie')]).toEqual([403, null]);
	expect(await people(email)).toHaveLength(0);
	expect(await stateOf(email)).toBe(false);
});

test('taken back or too old, nobody comes in', async () => {
	for (const change of ['revoked_at = now()', "expires_at = now() - interval '1 second'"]) {
		const { email, path } = await invited();
		await app.owner.unsafe(`update invitations set ${change} where email = $1`, [email]);
		const answer = await press(path);
		expect([answer.status, answer.headers.get('set-cookie')]).toEqual([410, null]);
		expect(await people(email)).toHaveLength(0);
	}
});
