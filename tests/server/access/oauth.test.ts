import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { beginOAuth, finishOAuth, oauthProviders } from '../../../src/lib/server/access/oauth.ts';
import { personWith } from '../../../src/lib/server/access/people.ts';
import { newCookies } from '../../support/data/cookies.ts';
import { startIssuer } from '../../support/servers/issuer.ts';
import { owner } from '../../support/database/owner.ts';

let issuer: Awaited<ReturnType<typeof startIssuer>>;

beforeAll(async () => {
	issuer = await startIssuer({ id: 'us', secret: 'hush' });
	// before the configuration is read
	Object.assign(process.env, {
		OIDC_ISSUER: issuer.url,
		OIDC_CLIENT_ID: 'us',
		OIDC_CLIENT_SECRET: 'hush',
		OIDC_NAME: 'Guild',
		GITHUB_CLIENT_ID: 'us',
		GITHUB_CLIENT_SECRET: 'hush'
	});
});
afterAll(async () => {
	await issuer.stop();
	await closePools();
});

const newEmail = () => `ana-${randomUUID().slice(0, 8)}@example.com`;
const peopleWith = (email: string) => owner`select id, name from people where email = ${email}`;

/** A browser on its way back from the issuer. */
const back = async (claims: typeof issuer.state.claims, next: string | null = null) => {
	issuer.state.claims = claims;
	const { jar, values, options } = newCookies();
	const authorize = await beginOAuth('oidc', jar, next);
	return { jar, values, options, authorize, answer: issuer.visit(authorize) };
};

test('only what is configured is offered', () => {
	expect(oauthProviders()).toEqual([
		{ id: 'github', name: 'GitHub', href: '/login/github' },
		{ id: 'oidc', name: 'Guild', href: '/login/oidc' }
	]);
});

test('each attempt has its own state and PKCE challenge, kept in a cookie of ours', async () => {
	const [one, two] = [await back({}), await back({})];
	const asked = one.authorize.searchParams;
	expect(asked.get('redirect_uri')).toBe('http://localhost:3000/login/oidc/callback');
	expect(asked.get('code_challenge_method')).toBe('S256');
	expect(Buffer.from(asked.get('state')!, 'base64url').length).toBeGreaterThanOrEqual(16);
	for (const name of ['state', 'code_challenge'])
		expect(asked.get(name)).not.toBe(two.authorize.searchParams.get(name));
	expect(one.options.get('oauth')).toMatchObject({ httpOnly: true, sameSite: 'lax', path: '/', maxAge: 600 });
	expect(one.authorize.href).not.toContain(JSON.parse(one.values.get('oauth')!).verifier);
});

test('a verified address signs its person in, who is made the first time', async () => {
	const email = newEmail();
	const first = await back({ email: email.toUpperCase(), email_verified: true, name: 'Ana Sol' }, '/northwind?x=1');
	const made = await finishOAuth('oidc', first.jar, first.answer);
	expect(made).toMatchObject({ isNew: true, next: '/northwind?x=1' });
	expect(await peopleWith(email)).toMatchObject([{ id: made.personId, name: 'Ana Sol' }]);
	const second = await back({ email, email_verified: 'true', name: 'Another Name' });
	expect(await finishOAuth('oidc', second.jar, second.answer)).toMatchObject({ personId: made.personId, isNew: false });
	expect(await peopleWith(email)).toMatchObject([{ name: 'Ana Sol' }]);
});

test('the person is the one who signs in by mail with that address', async () => {
	const email = newEmail();
	const { id } = await personWith(email);
	const { jar, answer } = await back({ email, email_verified: true });
	expect(await finishOAuth('oidc', jar, answer)).toMatchObject({ personId: id, isNew: false });
});

test.each([
	['is not verified', { email_verified: false }],
	['is called verified by nobody', {}],
	['is verified in some other word', { email_verified: 'yes' }]
])('an address that %s signs nobody in', async (_, more) => {
	const email = newEmail();
	await personWith(email);
	const { jar, answer } = await back({ email, ...more });
	await expect(finishOAuth('oidc', jar, answer)).rejects.toMatchObject({
		code: 'forbidden',
		message: /no verified email/
	});
});

test('a person without an address, or with half of one, is refused', async () => {
	for (const email of [undefined, 'ana', 'a@b, c@d.example']) {
		const { jar, answer } = await back({ email, email_verified: true });
		await expect(finishOAuth('oidc', jar, answer)).rejects.toMatchObject({ code: 'forbidden' });
	}
});

test('an answer without our state, with another, or in another browser is not ours', async () => {
	const email = newEmail();
	const claims = { email, email_verified: true };
	const foreign = { code: 'invalid' };
	const stateless = await back(claims);
	stateless.answer.delete('state');
	await expect(finishOAuth('oidc', stateless.jar, stateless.answer)).rejects.toMatchObject(foreign);
	const changed = await back(claims);
	changed.answer.set('state', (await back(claims)).answer.get('state')!);
	await expect(finishOAuth('oidc', changed.jar, changed.answer)).rejects.toMatchObject(foreign);
	const elsewhere = await back(claims);
	await expect(finishOAuth('oidc', newCookies().jar, elsewhere.answer)).rejects.toMatchObject(foreign);
	const forged = newCookies();
	forged.jar.set('oauth', 'x', { path: '/' });
	await expect(finishOAuth('oidc', forged.jar, elsewhere.answer)).rejects.toMatchObject(foreign);
	expect(await peopleWith(email)).toHaveLength(0);
});

test('an attempt is used once, and a code too', async () => {
	const { jar, values, answer } = await back({ email: newEmail(), email_verified: true });
	const kept = values.get('oauth')!;
	await finishOAuth('oidc', jar, answer);
	expect(values.has('oauth')).toBe(false);
	await expect(finishOAuth('oidc', jar, answer)).rejects.toMatchObject({ code: 'invalid' });
	jar.set('oauth', kept, { path: '/' });
	await expect(finishOAuth('oidc', jar, answer)).rejects.toMatchObject({ code: 'forbidden' });
});

test('a code of one provider is refused at the door of another', async () => {
	const { jar, answer } = await back({ email: newEmail(), email_verified: true });
	await expect(finishOAuth('github', jar, answer)).rejects.toMatchObject({ code: 'invalid' });
});

test('a verifier that is not the one of the challenge is refused by the issuer', async () => {
	const { jar, values, answer } = await back({ email: newEmail(), email_verified: true });
	const attempt = JSON.parse(values.get('oauth')!);
	jar.set('oauth', JSON.stringify({ ...attempt, verifier: 'x'.repeat(43) }), { path: '/' });
	await expect(finishOAuth('oidc', jar, answer)).rejects.toMatchObject({ code: 'forbidden' });
});

test('an answer in the name of another issuer is refused', async () => {
	const good = await back({ email: newEmail(), email_verified: true });
	good.answer.set('iss', issuer.url);
	expect(await finishOAuth('oidc', good.jar, good.answer)).toMatchObject({ isNew: true });
	const bad = await back({ email: newEmail(), email_verified: true });
	bad.answer.set('iss', 'https://evil.example');
	await expect(finishOAuth('oidc', bad.jar, bad.answer)).rejects.toMatchObject({ code: 'forbidden' });
});

test('whoever declines, or whose issuer is away, reads a sentence', async () => {
	const declined = await back({});
	const answer = new URLSearchParams({ error: 'access_denied', state: declined.answer.get('state')! });
	await expect(finishOAuth('oidc', declined.jar, answer)).rejects.toMatchObject({
		message: /Guild did not let you in/
	});
	const away = await back({ email: newEmail(), email_verified: true });
	issuer.state.away = true;
	try {
		await expect(finishOAuth('oidc', away.jar, away.answer)).rejects.toMatchObject({
			message: /Guild does not answer/
		});
	} finally {
		issuer.state.away = false;
	}
});

test('where to go next stays on our origin', async () => {
	const { jar, answer } = await back({ email: newEmail(), email_verified: true }, '//evil.example');
	expect(await finishOAuth('oidc', jar, answer)).toMatchObject({ next: '/' });
});

test('a provider that is not configured is not there', async () => {
	for (const id of ['google', 'confirm', 'constructor']) {
		await expect(beginOAuth(id, newCookies().jar, null)).rejects.toMatchObject({ code: 'not_found' });
		await expect(finishOAuth(id, newCookies().jar, new URLSearchParams())).rejects.toMatchObject({ code: 'not_found' });
	}
});
