import { afterAll, expect, test } from 'vitest';

// A file of its own: the configuration is read once, and here people come over https.
process.env.ORIGIN = 'https://aitelier.example.com';
const { closePools } = await import('../../../src/lib/server/platform/db/pools.ts');
const { currentSession, startSession } = await import('../../../src/lib/server/access/sessions.ts');
const { newCookies } = await import('../../support/data/cookies.ts');
const { newPerson } = await import('../../support/data/team.ts');

afterAll(() => closePools());

test('over https the cookie is bound to this host, and secure', async () => {
	const person = await newPerson();
	const browser = newCookies();
	await startSession(browser.jar, person.id, '');
	expect([...browser.values.keys()]).toEqual(['__Host-session']);
	expect(browser.options.get('__Host-session')).toMatchObject({
		secure: true,
		httpOnly: true,
		sameSite: 'lax',
		path: '/'
	});
	expect((await currentSession(browser.jar))?.person.id).toBe(person.id);
});
