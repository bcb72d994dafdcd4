import * as v from 'valibot';
import { requestsPerMinute } from '../../contract/rest-limits.ts';
import { decodeKeks } from './config-secrets.ts';

const whole = (from: number, to: number) =>
	v.pipe(
		v.string(),
		v.regex(/^\d+$/, `a whole number from ${from} to ${to}`),
		v.transform(Number),
		v.minValue(from, `a whole number from ${from} to ${to}`),
		v.maxValue(to, `a whole number from ${from} to ${to}`)
	);
const address = (what: string, ...schemes: string[]) =>
	v.pipe(
		v.string(),
		v.check(
			(text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)),
			`${what}, beginning with ${schemes.join(':// or ')}://`
		)
	);
const database = address('the address of a PostgreSQL database', 'postgres', 'postgresql');
const origin = v.pipe(
	v.string(),
	v.check(
		(text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol),
		'the address people open, like https://aitelier.example.com'
	),
	v.transform((text) => new URL(text).origin)
);
const yesNo = v.pipe(
	v.picklist(['true', 'false'], 'true or false'),
	v.transform((text) => text === 'true')
);
const text = v.pipe(v.string(), v.minLength(1));

/** Every variable the app reads. `.env.example` documents the same names, and a test compares the two. */
export const Variables = v.object({
	NODE_ENV: v.optional(v.picklist(['production', 'development', 'test'], 'production, development or test')),
	ROLE: v.optional(v.picklist(['all', 'web', 'worker'], 'all, web or worker'), 'all'),
	ORIGIN: v.optional(origin),
	HOST: v.optional(text),
	PORT: v.optional(whole(0, 65_535), '3000'),
	DATA_DIR: v.optional(text, '.data'),
	DATABASE_URL: v.optional(database),
	APP_DATABASE_URL: v.optional(database),
	QUEUE_DATABASE_URL: v.optional(database),
	LISTEN_DATABASE_URL: v.optional(database),
	DATABASE_SOCKET_DIR: v.optional(text),
	KEKS: v.optional(v.pipe(v.string(), v.rawTransform(decodeKeks))),
	SMTP_URL: v.optional(address('the address of a mail server', 'smtp', 'smtps')),
	MAIL_FROM: v.optional(v.pipe(v.string(), v.regex(/@/, 'a sender, like aitelier <no-reply@example.com>'))),
	SANDBOX_URL: v.optional(address('the address of a sandbox server', 'http', 'https')),
	SANDBOX_PORT: v.optional(whole(0, 65_535), '0'),
	SANDBOX_SPEED: v.optional(whole(1, 1000), '1'),
	ALLOW_LOCAL_PROVIDERS: v.optional(yesNo, 'false'),
	POLL_SECONDS: v.optional(whole(1, 300), '10'),
	KEEP_ACTIVITY_DAYS: v.optional(whole(7, 36_500), '90'),
	KEEP_DELIVERIES_DAYS: v.optional(whole(7, 36_500), '30'),
	KEEP_REFUSALS_DAYS: v.optional(whole(7, 36_500), '90'),
	KEEP_AUDIT_DAYS: v.optional(whole(365, 36_500)),
	KEEP_FILES_DAYS: v.optional(whole(30, 36_500)),
	KEEP_ANSWERS_DAYS: v.optional(whole(90, 36_500)),
	API_REQUESTS_PER_MINUTE: v.optional(whole(1, 10_000_000), String(requestsPerMinute)),
	LOG_LEVEL: v.optional(v.picklist(['debug', 'info', 'warn', 'error'], 'debug, info, warn or error'), 'info'),
	GITHUB_CLIENT_ID: v.optional(text),
	GITHUB_CLIENT_SECRET: v.optional(text),
	GOOGLE_CLIENT_ID: v.optional(text),
	GOOGLE_CLIENT_SECRET: v.optional(text),
	OIDC_ISSUER: v.optional(address('the address of an OpenID Connect issuer', 'https', 'http')),
	OIDC_CLIENT_ID: v.optional(text),
	OIDC_CLIENT_SECRET: v.optional(text),
	OIDC_NAME: v.optional(text, 'Single sign-on'),
	// Read by SvelteKit's node adapter itself, before any line of ours
	BODY_SIZE_LIMIT: v.optional(v.pipe(v.string(), v.regex(/^(\d+[KMG]?|Infinity)$/, 'a size, like 512K or 1100M'))),
	SHUTDOWN_TIMEOUT: v.optional(whole(1, 600)),
	ADDRESS_HEADER: v.optional(text),
	XFF_DEPTH: v.optional(whole(1, 20)),
	PROTOCOL_HEADER: v.optional(text),
	HOST_HEADER: v.optional(text)
});

export const variableNames = Object.keys(Variables.entries) as (keyof typeof Variables.entries)[];
