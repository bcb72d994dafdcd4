// Sign-in through GitHub, Google or any OpenID Connect issuer. A person is their email address, and the provider stands in
// for our own mail: it proves the address, and nothing else is kept of it. So there is no table of accounts by issuer and
// subject. Two providers that vouch for one address lead to one person, and only an address they call verified counts.
import { CodeChallengeMethod, OAuth2Client, generateCodeVerifier, generateState } from 'arctic';
import type { Cookies } from '@sveltejs/kit';
import * as v from 'valibot';
import { Email, Name } from '../../contract/fields.ts';
import { AppError } from '../../core/errors.ts';
import { safeNext, to } from '../../paths.ts';
import { config } from '../platform/config.ts';
import { log } from '../platform/log.ts';
import { personWith } from './people.ts';
import type { Proved } from './sign-in.ts';
import {
	type Endpoints,
	type Profile,
	discovered,
	githubEndpoints,
	githubProfile,
	userInfo
} from './oauth-endpoints.ts';

/** Who vouches for an address. */
type Issuer = {
	id: 'github' | 'google' | 'oidc';
	name: string;
	clientId: string;
	clientSecret: string;
	scopes: string[];
	endpoints: () => Promise<Endpoints>;
	profile: (endpoints: Endpoints, accessToken: string) => Promise<Profile>;
};

const openId = (issuer: string) => ({
	scopes: ['openid', 'email', 'profile'],
	endpoints: () => discovered(issuer),
	profile: userInfo
});

const issuers = (): Issuer[] => {
	const { github, google, oidc } = config();
	return [
		...(github
			? [
					{
						id: 'github' as const,
						name: 'GitHub',
						...github,
						scopes: ['user:email'],
						endpoints: githubEndpoints,
						profile: githubProfile
					}
				]
			: []),
		...(google ? [{ id: 'google' as const, name: 'Google', ...google, ...openId('https://accounts.google.com') }] : []),
		...(oidc ? [{ id: 'oidc' as const, ...oidc, ...openId(oidc.issuer) }] : [])
	];
};

/** What the sign-in page offers: only what is configured. */
export const oauthProviders = () => issuers().map(({ id, name }) => ({ id, name, href: to.signInWith(id) }));

const issuerOf = (id: string): Issuer => {
	const found = issuers().find((issuer) => issuer.id === id);
	if (!found) throw new AppError('not_found', 'There is nothing at this address.');
	return found;
};

const clientOf = ({ id, clientId, clientSecret }: Issuer) =>
	new OAuth2Client(clientId, clientSecret, config().origin + to.signInCallback(id));

const isSecure = () => config().origin.startsWith('https:');
const cookieName = () => (isSecure() ? '__Host-oauth' : 'oauth');

const Attempt = v.object({ provider: v.string(), state: v.string(), verifier: v.string(), next: v.string() });

/** Where the browser goes to prove an address. State and PKCE verifier wait in a cookie of this browser, for ten minutes. */
export const beginOAuth = async (id: string, cookies: Cookies, next: string | null): Promise<URL> => {
	const issuer = issuerOf(id);
	const { authorize } = await issuer.endpoints().catch((problem) => refuse(issuer, 'away', problem));
	const attempt = { provider: id, state: generateState(), verifier: generateCodeVerifier(), next: safeNext(next) };
	cookies.set(cookieName(), JSON.stringify(attempt), {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: isSecure(),
		maxAge: 600
	});
	return clientOf(issuer).createAuthorizationURLWithPKCE(
		authorize,
		attempt.state,
		CodeChallengeMethod.S256,
		attempt.verifier,
		issuer.scopes
	);
};

const sentences = {
	away: 'does not answer. Wait a moment and try again, or sign in with a magic link.',
	declined: 'did not let you in. Try again, or sign in with a magic link.',
	unverified: 'has no verified email address of yours. Sign in with a magic link instead.'
};

const refuse = ({ id, name }: Issuer, outcome: keyof typeof sentences, problem?: unknown): never => {
	log.info('sign-in', { step: id, outcome, problem: problem && String(problem) });
	throw new AppError('forbidden', `${name} ${sentences[outcome]}`);
};

/** The attempt of this browser, used up by looking at it. */
const takeAttempt = (cookies: Cookies) => {
	const kept = cookies.get(cookieName());
	cookies.delete(cookieName(), { path: '/' });
	try {
		return v.parse(Attempt, JSON.parse(kept ?? ''));
	} catch {
		return null;
	}
};

/**
 * Ends what `beginOAuth` began: in the same browser, with the same provider, once. Throws *invalid* for a state that is not
 * ours, and *forbidden* with a sentence when the provider does not vouch for an address.
 */
export const finishOAuth = async (id: string, cookies: Cookies, answer: URLSearchParams): Promise<Proved> => {
	const issuer = issuerOf(id);
	const attempt = takeAttempt(cookies);
	if (!attempt || attempt.provider !== id || attempt.state !== answer.get('state')) {
		log.info('sign-in', { step: id, outcome: 'foreign' });
		throw new AppError('invalid', 'This sign-in was not begun in this browser, or it took too long. Begin again.');
	}
	const code = answer.get('code');
	if (!code) return refuse(issuer, 'declined', answer.get('error'));
	const profile = await proven(issuer, code, attempt.verifier, answer.get('iss')).catch((problem) =>
		refuse(issuer, 'away', problem)
	);
	const email = v.safeParse(Email, profile.isVerified ? profile.email : undefined);
	if (!email.success) return refuse(issuer, 'unverified');
	const name = v.safeParse(Name, profile.name);
	const person = await personWith(email.output, name.success ? name.output : undefined);
	log.info('sign-in', { step: id, outcome: 'ok', person: person.id, isNew: person.isNew });
	const { id: personId, isNew, isBack } = person;
	return { personId, next: isBack ? to.accountKept() : safeNext(attempt.next), isNew, isBack };
};

const proven = async (from: Issuer, code: string, verifier: string, named: string | null) => {
	const endpoints = await from.endpoints();
	// an answer that names another issuer was meant for another client (RFC 9207)
	if (named !== null && endpoints.issuer !== null && named !== endpoints.issuer)
		throw new Error('Another issuer answered');
	const tokens = await clientOf(from).validateAuthorizationCode(endpoints.token, code, verifier);
	return from.profile(endpoints, tokens.accessToken());
};
