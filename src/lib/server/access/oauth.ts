// Sign-in through GitHub, Google or any OpenID Connect issuer. A person is their email address, and the provider stands in
// for our own mail: it proves the address, and nothing else is kept of it. So there is no table of accounts by issuer and
// subject. Two providers that vouch for one address lead to one person, and only an address they call verified counts.
import { CodeChallengeMethod, OAuth2Client, generateCodeVerifier, generateState } from 'arctic';
import type { Cookies } from '@sveltejs/kit';
import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import { Email, Name } from '../../core/team/fields.ts';
import { safeNext, to } from '../../paths.ts';
import { config } from '../platform/config.ts';
import { log } from '../platform/log.ts';
import { personWith } from './people.ts';
import type { SignedIn } from './sign-in.ts';
import {
	type Endpoints,
	type Profile,
	discovered,
	githubEndpoints,
	githubProfile,
	userInfo
} from './oauth-endpoints.ts';

type Door = {
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

const doors = (): Door[] => {
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
export const oauthProviders = () => doors().map(({ id, name }) => ({ id, name, href: to.signInWith(id) }));

const doorOf = (id: string): Door => {
	const door = doors().find((door) => door.id === id);
	if (!door) throw new AppError('not_found', 'There is nothing at this address.');
	return door;
};

const clientOf = ({ id, clientId, clientSecret }: Door) =>
	new OAuth2Client(clientId, clientSecret, config().origin + to.signInCallback(id));

const isSecure = () => config().origin.startsWith('https:');
const cookieName = () => (isSecure() ? '__Host-oauth' : 'oauth');

const Attempt = v.object({ provider: v.string(), state: v.string(), verifier: v.string(), next: v.string() });

/** Where the browser goes to prove an address. State and PKCE verifier wait in a cookie of this browser, for ten minutes (AU14). */
export const beginOAuth = async (id: string, cookies: Cookies, next: string | null): Promise<URL> => {
	const door = doorOf(id);
	const { authorize } = await door.endpoints().catch((problem) => refuse(door, 'away', problem));
	const attempt = { provider: id, state: generateState(), verifier: generateCodeVerifier(), next: safeNext(next) };
	cookies.set(cookieName(), JSON.stringify(attempt), {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: isSecure(),
		maxAge: 600
	});
	return clientOf(door).createAuthorizationURLWithPKCE(
		authorize,
		attempt.state,
		CodeChallengeMethod.S256,
		attempt.verifier,
		door.scopes
	);
};

const sentences = {
	away: 'does not answer. Wait a moment and try again, or sign in with a magic link.',
	declined: 'did not let you in. Try again, or sign in with a magic link.',
	unverified: 'has no verified email address of yours. Sign in with a magic link instead.'
};

const refuse = ({ id, name }: Door, outcome: keyof typeof sentences, problem?: unknown): never => {
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
export const finishOAuth = async (id: string, cookies: Cookies, answer: URLSearchParams): Promise<SignedIn> => {
	const door = doorOf(id);
	const attempt = takeAttempt(cookies);
	if (!attempt || attempt.provider !== id || attempt.state !== answer.get('state')) {
		log.info('sign-in', { step: id, outcome: 'foreign' });
		throw new AppError('invalid', 'This sign-in was not begun in this browser, or it took too long. Begin again.');
	}
	const code = answer.get('code');
	if (!code) return refuse(door, 'declined', answer.get('error'));
	const profile = await proven(door, code, attempt.verifier, answer.get('iss')).catch((problem) =>
		refuse(door, 'away', problem)
	);
	const email = v.safeParse(Email, profile.isVerified ? profile.email : undefined);
	if (!email.success) return refuse(door, 'unverified');
	const name = v.safeParse(Name, profile.name);
	const person = await personWith(email.output, name.success ? name.output : undefined);
	log.info('sign-in', { step: id, outcome: 'ok', person: person.id, isNew: person.isNew });
	return { personId: person.id, next: safeNext(attempt.next), isNew: person.isNew };
};

const proven = async (door: Door, code: string, verifier: string, issuer: string | null) => {
	const endpoints = await door.endpoints();
	// an answer that names another issuer was meant for another client (RFC 9207)
	if (issuer !== null && endpoints.issuer !== null && issuer !== endpoints.issuer)
		throw new Error('Another issuer answered');
	const tokens = await clientOf(door).validateAuthorizationCode(endpoints.token, code, verifier);
	return door.profile(endpoints, tokens.accessToken());
};
