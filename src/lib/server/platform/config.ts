import fs from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { readSecrets } from './config-secrets.ts';
import { Variables, variableNames } from './config-variables.ts';

/** Secrets: each may come as `<NAME>_FILE` instead, the path of a file that holds it. */
const fromFile = [
	'DATABASE_URL',
	'APP_DATABASE_URL',
	'QUEUE_DATABASE_URL',
	'LISTEN_DATABASE_URL',
	'KEKS',
	'SMTP_URL',
	'GITHUB_CLIENT_SECRET',
	'GOOGLE_CLIENT_SECRET',
	'OIDC_CLIENT_SECRET'
];

const needed = [
	'DATABASE_URL',
	'APP_DATABASE_URL',
	'QUEUE_DATABASE_URL',
	'ORIGIN',
	'KEKS',
	'SMTP_URL',
	'MAIL_FROM'
] as const;
const together = [
	['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET'],
	['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'],
	['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET']
] as const;

/** Names every variable that is wrong or missing. Whoever starts the process exits with `exitCode` (EX_CONFIG). */
export class ConfigError extends Error {
	readonly exitCode = 78;
	constructor(problems: string[]) {
		super(
			`The configuration is not complete:\n${problems.map((problem) => `  ${problem}`).join('\n')}\n.env.example describes every variable.`
		);
		this.name = 'ConfigError';
	}
}

export type Config = ReturnType<typeof readConfig>;

/**
 * Checks variables and gives them types. Nothing is cached and nothing is read but the files that `*_FILE` name and,
 * outside production, the generated secrets below DATA_DIR. Throws a ConfigError that names all problems at once.
 */
export function readConfig(env: Record<string, string | undefined>) {
	const problems: string[] = [];
	const given = Object.fromEntries(
		variableNames.flatMap((name) => {
			const value =
				env[name]?.trim() || (fromFile.includes(name) ? contents(name, env[`${name}_FILE`], problems) : undefined);
			return value ? [[name, value]] : [];
		})
	);
	const parsed = v.safeParse(Variables, given);
	for (const issue of parsed.issues ?? []) problems.push(`${v.getDotPath(issue)} must be ${issue.message}.`);

	const production = given.NODE_ENV === 'production';
	if (production)
		for (const name of needed)
			if (!given[name] && !problems.some((p) => p.startsWith(`${name}_FILE `))) problems.push(`${name} is missing.`);
	if (production && parsed.success) problems.push(...productionRules(parsed.output));
	for (const group of together) {
		const missing = group.filter((name) => !given[name]);
		if (missing.length && missing.length < group.length)
			problems.push(`${missing.join(' and ')} missing: ${group.join(', ')} belong together.`);
	}
	if (!parsed.success || problems.length) throw new ConfigError(problems);

	const values = parsed.output;
	const dataDir = path.resolve(values.DATA_DIR);
	const secrets = values.KEKS ? undefined : readSecrets(dataDir);
	return {
		production,
		role: values.ROLE,
		origin: values.ORIGIN ?? `http://localhost:${values.PORT}`,
		port: values.PORT,
		/** Everything that is kept outside the database, only outside production: secrets, embedded Postgres, outbox, sandbox. */
		dataDir,
		/** The owner's. Only migrations use it. */
		databaseUrl: values.DATABASE_URL,
		appDatabaseUrl: values.APP_DATABASE_URL,
		/** Of the role that runs pg-boss. Only a process that works on jobs uses it. */
		queueDatabaseUrl: values.QUEUE_DATABASE_URL,
		/** Where news is heard: not through a pooler, which would hand the connection to somebody else. */
		listenDatabaseUrl: values.LISTEN_DATABASE_URL,
		/** Where the Unix socket of a server on this machine lies. */
		databaseSocketDir: values.DATABASE_SOCKET_DIR,
		/** Key encryption keys; the first one encrypts, all of them decrypt. */
		keks: values.KEKS ?? secrets!.keks,
		smtpUrl: values.SMTP_URL,
		mailFrom: values.MAIL_FROM ?? 'aitelier <no-reply@aitelier.localhost>',
		sandboxUrl: values.SANDBOX_URL,
		sandboxPort: values.SANDBOX_PORT,
		sandboxSpeed: values.SANDBOX_SPEED,
		/** Whether a connection or a webhook may point at this machine or a private network. */
		allowLocalProviders: values.ALLOW_LOCAL_PROVIDERS,
		pollSeconds: values.POLL_SECONDS,
		/** How many days the logs of what was done and sent, and the texts of refused lines, are kept. */
		keepDays: {
			activities: values.KEEP_ACTIVITY_DAYS,
			deliveries: values.KEEP_DELIVERIES_DAYS,
			refusals: values.KEEP_REFUSALS_DAYS,
			/** None: as long as its team. */
			audit: values.KEEP_AUDIT_DAYS,
			/** None: as long as its project. */
			files: values.KEEP_FILES_DAYS,
			/** The same. */
			answers: values.KEEP_ANSWERS_DAYS
		},
		apiRequestsPerMinute: values.API_REQUESTS_PER_MINUTE,
		logLevel: values.LOG_LEVEL,
		github: pair(values.GITHUB_CLIENT_ID, values.GITHUB_CLIENT_SECRET),
		google: pair(values.GOOGLE_CLIENT_ID, values.GOOGLE_CLIENT_SECRET),
		oidc: values.OIDC_ISSUER
			? {
					issuer: values.OIDC_ISSUER,
					name: values.OIDC_NAME,
					...pair(values.OIDC_CLIENT_ID, values.OIDC_CLIENT_SECRET)!
				}
			: undefined
	};
}

let known: (Config & { appDatabaseUrl: string }) | undefined;

/** The configuration of this process, read once, on the first call. Call it after `startPlatform()`, never at import. */
export function config(): Config & { appDatabaseUrl: string } {
	if (known) return known;
	const read = readConfig(process.env);
	if (!read.appDatabaseUrl)
		throw new ConfigError(['APP_DATABASE_URL is missing: startPlatform() sets it, and it has not run.']);
	return (known = { ...read, appDatabaseUrl: read.appDatabaseUrl });
}

const pair = (id?: string, secret?: string) => (id && secret ? { clientId: id, clientSecret: secret } : undefined);

function productionRules(values: v.InferOutput<typeof Variables>) {
	const problems: string[] = [];
	const url = values.ORIGIN ? new URL(values.ORIGIN) : undefined;
	if (url && url.protocol !== 'https:' && !['localhost', '127.0.0.1', '[::1]'].includes(url.hostname))
		problems.push('ORIGIN must begin with https:// in production; only localhost may do without.');
	if (url?.protocol === 'https:' && !values.ADDRESS_HEADER)
		problems.push(
			'ADDRESS_HEADER is missing: https comes from a proxy in front, and without the header in which it names the visitor, like x-forwarded-for, all visitors share one limit.'
		);
	const roleOf = (url?: string) => url && new URL(url).username;
	const [owner, app, queue] = [values.DATABASE_URL, values.APP_DATABASE_URL, values.QUEUE_DATABASE_URL].map(roleOf);
	if (owner && owner === app)
		problems.push('APP_DATABASE_URL must log in as another role than DATABASE_URL: the owner never serves.');
	if (queue && (queue === owner || queue === app))
		problems.push('QUEUE_DATABASE_URL must log in as a third role: the queue is neither the owner’s nor for pages.');
	if (values.POLL_SECONDS < 5 && !values.SANDBOX_URL)
		problems.push('POLL_SECONDS must be at least 5: providers limit how often they may be asked.');
	return problems;
}

function contents(name: string, file: string | undefined, problems: string[]) {
	if (!file) return undefined;
	try {
		return fs.readFileSync(file, 'utf8').trim();
	} catch {
		problems.push(`${name}_FILE names a file that cannot be read: ${file}`);
		return undefined;
	}
}
