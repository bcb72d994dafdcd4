import { afterAll, expect, test } from 'vitest';
import { sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { purge } from '../../../src/lib/server/platform/purge.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import {
	currentSession,
	endEverySession,
	endSession,
	endSessionByHandle,
	listSessions,
	startSession
} from '../../../src/lib/server/access/sessions.ts';
import { newCookies } from '../../support/data/cookies.ts';
import { owner } from '../../support/database/owner.ts';
import { newPerson } from '../../support/data/team.ts';

afterAll(() => closePools());

const signedIn = async () => {
	const person = await newPerson();
	const browser = newCookies();
	await startSession(browser.jar, person.id, 'Mozilla/5.0 (X11; Linux x86_64) Firefox/145.0');
	return { person, browser, id: browser.values.get('session')! };
};
const rowOf = async (id: string) => (await owner`select * from sessions where id_hash = ${sha256(id)}`)[0];
const expireIn = (id: string, time: string) =>
	owner`update sessions set expires_at = now() + ${time}::interval where id_hash = ${sha256(id)}`;
const beganAgo = (id: string, time: string) =>
	owner`update sessions set created_at = now() - ${time}::interval where id_hash = ${sha256(id)}`;

test('a session signs in its person, and shows neither id nor hash', async () => {
	const { person, browser, id } = await signedIn();
	const known = await currentSession(browser.jar);
	expect(known?.person).toEqual(person);
	expect(Object.keys(known!.session).sort()).toEqual(['handle', 'signedInAt']);
	const shown = JSON.stringify([known, await listSessions(known!)]);
	expect(shown).not.toContain(id);
	expect(shown).not.toContain(sha256(id).toString('hex'));
});

test('the id is long and random, and only its hash is kept', async () => {
	const { id } = await signedIn();
	expect(id).toMatch(/^[a-z2-7]{40}$/); // 25 bytes
	const [row] = await owner`select sessions::text as all from sessions where id_hash = ${sha256(id)}`;
	expect(row!.all).not.toContain(id);
	const stranger = newCookies();
	stranger.jar.set('session', (await rowOf(id))!.id_hash.toString('hex'), { path: '/' });
	expect(await currentSession(stranger.jar)).toBeNull();
});

test('the cookie is out of reach of scripts and of other sites, and lasts at most 400 days', async () => {
	const { browser } = await signedIn();
	expect(browser.options.get('session')).toMatchObject({ httpOnly: true, sameSite: 'lax', path: '/' });
	expect(browser.options.get('session')!.domain).toBeUndefined();
	expect(browser.options.get('session')!.maxAge).toBeLessThanOrEqual(400 * 86_400);
});

test('a session in use lives on: renewed after half its life, and the renewed cookie still signs in', async () => {
	const { person, browser, id } = await signedIn();
	browser.options.clear();
	await currentSession(browser.jar);
	expect(browser.options.size).toBe(0);
	await expireIn(id, '14 days');
	expect(await currentSession(browser.jar)).not.toBeNull();
	expect(browser.options.get('session')).toMatchObject({ httpOnly: true });
	const left = (await rowOf(id))!.expires_at - Date.now();
	expect(Math.round(left / 86_400_000)).toBe(30);
	expect((await currentSession(browser.jar))?.person.id).toBe(person.id);
});

test('a session that is over signs nobody in; its row and its cookie go', async () => {
	const { browser, id } = await signedIn();
	await expireIn(id, '-1 second');
	expect(await currentSession(browser.jar)).toBeNull();
	expect(await rowOf(id)).toBeUndefined();
	expect(browser.values.has('session')).toBe(false);
});

test('ninety days after the sign-in it ends, however much it was used', async () => {
	const { browser, id } = await signedIn();
	await beganAgo(id, '89 days');
	expect(await currentSession(browser.jar)).not.toBeNull();
	await beganAgo(id, '90 days 1 second');
	expect(await currentSession(browser.jar)).toBeNull();
	await purge('sessions');
	expect(await rowOf(id)).toBeUndefined();
});

test('a new sign-in is a new session, whatever was in the cookie, and ends the one before', async () => {
	const person = await newPerson();
	const browser = newCookies();
	browser.jar.set('session', 'chosen-by-somebody-else', { path: '/' });
	await startSession(browser.jar, person.id, '');
	const first = browser.values.get('session')!;
	expect(first).not.toBe('chosen-by-somebody-else');
	await startSession(browser.jar, person.id, '');
	expect(browser.values.get('session')).not.toBe(first);
	expect(await rowOf(first)).toBeUndefined();
	expect(await rowOf('chosen-by-somebody-else')).toBeUndefined();
});

test('signing out ends this session and leaves the others', async () => {
	const { person, browser, id } = await signedIn();
	const other = newCookies();
	await startSession(other.jar, person.id, 'Phone');
	await endSession(browser.jar);
	expect(browser.values.has('session')).toBe(false);
	expect(await rowOf(id)).toBeUndefined();
	expect((await currentSession(other.jar))?.person.id).toBe(person.id);
});

test('a person sees and ends their sessions by handle, and nobody else can', async () => {
	const { person, browser } = await signedIn();
	const phone = newCookies();
	await startSession(phone.jar, person.id, 'Mozilla/5.0 (iPhone)');
	const listed = await listSessions((await currentSession(browser.jar))!);
	expect(listed.map(({ device, current }) => [device, current])).toEqual([
		['iPhone', false],
		['Firefox on Linux', true]
	]);
	const stranger = await newPerson('Eve');
	await endSessionByHandle({ person: stranger }, { handle: listed[0]!.handle });
	expect(await currentSession(phone.jar)).not.toBeNull();
	await endSessionByHandle({ person }, { handle: listed[0]!.handle });
	expect(await currentSession(phone.jar)).toBeNull();
	expect(await currentSession(browser.jar)).not.toBeNull();
});

test('signing out everywhere is everywhere, and nobody else', async () => {
	const { person, browser } = await signedIn();
	const phone = newCookies();
	await startSession(phone.jar, person.id, 'Phone');
	const other = await signedIn();
	await endEverySession({ person });
	expect(await currentSession(browser.jar)).toBeNull();
	expect(await currentSession(phone.jar)).toBeNull();
	expect(await currentSession(other.browser.jar)).not.toBeNull();
});
