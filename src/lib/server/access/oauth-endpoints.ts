import * as v from 'valibot';

/** Where a provider of sign-ins is asked. */
export type Endpoints = { issuer: string | null; authorize: string; token: string; profile: string };
/** What it says of the person. */
export type Profile = { email: string | undefined; isVerified: boolean; name: string | undefined };

const ask = async (url: string, accessToken?: string): Promise<unknown> => {
	const response = await fetch(url, {
		headers: {
			accept: 'application/json',
			'user-agent': 'aitelier',
			...(accessToken && { authorization: `Bearer ${accessToken}` })
		},
		redirect: 'error',
		signal: AbortSignal.timeout(10_000)
	});
	if (!response.ok) throw new Error(`${new URL(url).host} answered ${response.status}`);
	return response.json();
};

const Discovery = v.object({
	issuer: v.string(),
	authorization_endpoint: v.pipe(v.string(), v.url()),
	token_endpoint: v.pipe(v.string(), v.url()),
	userinfo_endpoint: v.pipe(v.string(), v.url())
});

const keptForMs = 3600_000;
const kept = new Map<string, { until: number; endpoints: Endpoints }>();

/** The endpoints of an OpenID Connect issuer, from its discovery document; asked for at most once an hour. */
export const discovered = async (issuer: string): Promise<Endpoints> => {
	const known = kept.get(issuer);
	if (known && known.until > Date.now()) return known.endpoints;
	const base = issuer.replace(/\/+$/, '');
	const found = v.parse(Discovery, await ask(`${base}/.well-known/openid-configuration`));
	if (found.issuer.replace(/\/+$/, '') !== base) throw new Error('The discovery document is of another issuer');
	const endpoints = {
		issuer: found.issuer,
		authorize: found.authorization_endpoint,
		token: found.token_endpoint,
		profile: found.userinfo_endpoint
	};
	kept.set(issuer, { until: Date.now() + keptForMs, endpoints });
	return endpoints;
};

const UserInfo = v.object({
	email: v.optional(v.string()),
	// some issuers write it as a text
	email_verified: v.optional(v.union([v.boolean(), v.string()])),
	name: v.optional(v.string())
});

/** Who an access token belongs to, as the issuer says. */
export const userInfo = async (endpoints: Endpoints, accessToken: string): Promise<Profile> => {
	const found = v.parse(UserInfo, await ask(endpoints.profile, accessToken));
	return {
		email: found.email,
		isVerified: found.email_verified === true || found.email_verified === 'true',
		name: found.name
	};
};

/** GitHub is no OpenID Connect issuer; these are its own. */
export const githubEndpoints = async (): Promise<Endpoints> => ({
	issuer: null,
	authorize: 'https://github.com/login/oauth/authorize',
	token: 'https://github.com/login/oauth/access_token',
	profile: 'https://api.github.com/user'
});

const GithubUser = v.object({ name: v.optional(v.nullable(v.string())) });
const GithubEmails = v.array(v.object({ email: v.string(), primary: v.boolean(), verified: v.boolean() }));

/** The person's primary address at GitHub, which can be hidden from their public profile. */
export const githubProfile = async ({ profile }: Endpoints, accessToken: string): Promise<Profile> => {
	const [user, emails] = await Promise.all([ask(profile, accessToken), ask(`${profile}/emails`, accessToken)]);
	const primary = v.parse(GithubEmails, emails).find(({ primary }) => primary);
	return {
		email: primary?.email,
		isVerified: primary?.verified ?? false,
		name: v.parse(GithubUser, user).name ?? undefined
	};
};
