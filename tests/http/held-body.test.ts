import { createHash, randomUUID } from 'node:crypto';
import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newSession } from '../support/data/session.ts';
import { type StartedApp, startApp } from '../support/app/started-app.ts';

/** HELD=1000 is the run that was asked for once. */
const tries = Number(process.env.HELD ?? 40);

let app: StartedApp;
beforeAll(async () => {
	app = await startApp();
}, 240_000);
afterAll(() => app.close());

type Answer = { status: number; text: string; headers: http.IncomingHttpHeaders };

/** Sends a form and holds back its second half. */
const hold = async (address: string, session: string, fields: Record<string, string>) => {
	const body = new URLSearchParams(fields).toString();
	const request = http.request(app.origin + address, {
		method: 'POST',
		agent: false,
		headers: {
			origin: app.origin,
			cookie: `session=${session}`,
			accept: 'application/json',
			'x-sveltekit-action': 'true',
			'content-type': 'application/x-www-form-urlencoded',
			'content-length': body.length
		}
	});
	const answer = new Promise<Answer>((done, failed) => {
		request.once('error', failed);
		request.once('response', async (response) => {
			let text = '';
			for await (const piece of response) text += piece;
			done({ status: response.statusCode!, text, headers: response.headers });
		});
	});
	answer.catch(() => {});
	request.write(body.slice(0, 10));
	return { answer, letGo: () => request.end(body.slice(10)) };
};

/** A team with one more owner, who is signed in. */
const newOwner = async () => {
	const name = randomUUID().slice(0, 8);
	const [[founder], [person]] = await Promise.all([
		app.owner`insert into people (email, name) values (${`f-${name}@example.com`}, 'Founder') returning id`,
		app.owner`insert into people (email, name) values (${`o-${name}@example.com`}, 'Owner') returning id`
	]);
	const [team] = await app.owner`select create_team(${founder!.id}, ${name}, ${`t-${name}`}) as id`;
	await app.owner`insert into members (team_id, person_id, role) values (${team!.id}, ${person!.id}, 'owner')`;
	return {
		teamId: team!.id,
		slug: `t-${name}`,
		personId: person!.id,
		session: await newSession(app.owner, person!.id)
	};
};
const invitationsOf = async (teamId: string) =>
	(await app.owner`select count(*)::int as n from invitations where team_id = ${teamId}`)[0]!.n as number;
const invitation = () => ({ email: `new-${randomUUID()}@example.com`, role: 'owner', projects: 'all' });

test(
	`${tries} owners hold an invitation back, are removed and let it go: none is made`,
	{ timeout: 300_000 },
	async () => {
		const once = async (i: number) => {
			const { teamId, slug, personId, session } = await newOwner();
			const held = await hold(`/${slug}/settings/members?/invite`, session, invitation());
			await sleep(i % 4 === 0 ? 60 : Math.random() * 60);
			const gone = await app.owner`delete from members where team_id = ${teamId} and person_id = ${personId}`;
			expect(gone.count).toBe(1);
			held.letGo();
			const { text } = await held.answer;
			expect(text).toMatch(/Your rights in this team have changed|it is not yours to see/);
			expect(await invitationsOf(teamId)).toBe(0);
			return text.includes('Your rights') ? 1 : 0;
		};
		let within = 0;
		for (let i = 0; i < tries; i += 4) {
			const ends = await Promise.all([i, i + 1, i + 2, i + 3].map(once));
			for (const end of ends) within += end;
		}
		if (process.env.HELD) console.log({ tries, refusedInside: within });
		// most were inside already when their rights ended
		expect(within).toBeGreaterThan(tries / 4);
	}
);

test('a code whose confirmation is held back while its person signs out everywhere gets no token', async () => {
	const code = 'BCDF-GHJK';
	const { teamId, personId, session } = await newOwner();
	const hash = (text: string) => createHash('sha256').update(text).digest();
	await app.owner`select begin_device(${hash(randomUUID())}, ${hash(code)}, 'ait', '203.0.113.7')`;
	const confirmed = async () =>
		(await app.owner`select count(*)::int as n from device_requests where person_id = ${personId}`)[0]!.n as number;
	const fields = { code, teamId };
	const held = await hold('/device?/confirm', session, fields);
	await sleep(300);
	await app.owner`select end_sessions_of(${personId})`;
	held.letGo();
	expect((await held.answer).text).toContain('You have been signed out. Sign in again.');
	expect(await confirmed()).toBe(0);

	const again = await hold('/device?/confirm', await newSession(app.owner, personId), fields);
	again.letGo();
	expect((await again.answer).text).not.toContain('signed out');
	expect(await confirmed()).toBe(1);
});

test(
	'what does not arrive within 15 s is refused with a sentence, and a form that does is not',
	{ timeout: 40_000 },
	async () => {
		const { teamId, slug, session } = await newOwner();
		const address = `/${slug}/settings/members?/invite`;
		const [prompt, late] = [await hold(address, session, invitation()), await hold(address, session, invitation())];
		prompt.letGo();
		expect((await prompt.answer).status).toBe(200);
		expect(await invitationsOf(teamId)).toBe(1);
		const startedAt = performance.now();
		const { text } = await late.answer;
		expect(performance.now() - startedAt).toBeGreaterThan(10_000);
		expect(text).toContain('What you sent took too long to arrive. Send it again.');
		expect(JSON.parse(text)).toMatchObject({ type: 'failure', status: 408 });
		expect(await invitationsOf(teamId)).toBe(1);
	}
);
