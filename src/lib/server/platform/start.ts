import path from 'node:path';
import postgres from 'postgres';
import { readConfig } from './config.ts';
import { encodeKeks, readSecrets } from './config-secrets.ts';
import { startEmbeddedPostgres } from './db/embedded.ts';
import { migrate } from './db/migrate.ts';
import { assertMigrated } from './db/migrations.ts';
import { type Group, assertLogin, missingTimeouts } from './db/roles.ts';
import { log } from './log.ts';
import { startSandboxProcess } from './sandbox-process.ts';

export type Platform = {
	/** Unknown when only APP_DATABASE_URL was given: then somebody else migrates. */
	ownerUrl: string | undefined;
	appUrl: string;
	/** Unknown when only APP_DATABASE_URL was given: such a process cannot work on jobs. */
	queueUrl: string | undefined;
	/** Unknown in production without SANDBOX_URL: then there is no sandbox provider. */
	sandboxUrl: string | undefined;
	/** Stops what this process started, and nothing else. */
	stop(): Promise<void>;
};

type Options = {
	/** Gets sentences for the person who started it. */
	note?: (sentence: string) => void;
	sandbox?: boolean;
};

type Global = { aitelierPlatform?: Promise<Platform> };

/**
 * Starts what the configuration leaves out, so that the app runs on a machine with nothing but Node: Postgres,
 * migrations, sandbox provider. Sets the variables that say where they are, for this process and its children. Once per
 * process: a second call gets the same platform. Throws a ConfigError, or an Error with a sentence.
 */
export function startPlatform(options: Options = {}): Promise<Platform> {
	const shared = globalThis as Global;
	shared.aitelierPlatform ??= start(options).catch((error: unknown) => {
		delete shared.aitelierPlatform;
		throw error;
	});
	return shared.aitelierPlatform;
}

async function start({ note = () => {}, sandbox = true }: Options): Promise<Platform> {
	const config = readConfig(process.env);
	const stops: (() => Promise<void>)[] = [];
	const stop = async () => {
		delete (globalThis as Global).aitelierPlatform;
		while (stops.length) await stops.pop()!();
	};
	// while Postgres starts
	const ownSandbox =
		sandbox && !config.sandboxUrl && !config.production
			? startSandboxProcess({
					port: config.sandboxPort,
					dir: path.join(config.dataDir, 'sandbox'),
					speed: config.sandboxSpeed
				})
			: undefined;
	const ready = ownSandbox?.catch(() => undefined); // a start that fails is told when its turn comes
	stops.push(async () => (await ready)?.stop());
	try {
		let ownerUrl = config.databaseUrl;
		let socketDir = config.databaseSocketDir;
		if (!ownerUrl && !config.appDatabaseUrl) {
			const embedded = await startEmbeddedPostgres({ dir: path.join(config.dataDir, 'postgres'), note });
			stops.push(embedded.stop);
			ownerUrl = embedded.url;
			socketDir = embedded.socketDir;
		}
		await untilAnswering(ownerUrl ?? config.appDatabaseUrl!);
		const given = { appUrl: config.appDatabaseUrl, queueUrl: config.queueDatabaseUrl };
		const { appUrl, queueUrl } = ownerUrl
			? await migrate({
					ownerUrl,
					...given,
					passwords: config.production ? undefined : readSecrets(config.dataDir).passwords
				})
			: { ...given, appUrl: given.appUrl! };
		if (!ownerUrl) await asking(appUrl, assertMigrated);
		await lookAtRole('app', appUrl);
		if (queueUrl) await lookAtRole('queue', queueUrl);

		const sandboxUrl = config.sandboxUrl ?? (await ownSandbox)?.url;

		Object.assign(process.env, {
			APP_DATABASE_URL: appUrl,
			KEKS: encodeKeks(config.keks),
			ORIGIN: config.origin,
			...(queueUrl && { QUEUE_DATABASE_URL: queueUrl }),
			...(ownerUrl && { DATABASE_URL: ownerUrl }),
			...(socketDir && { DATABASE_SOCKET_DIR: socketDir }),
			...(sandboxUrl && { SANDBOX_URL: sandboxUrl }),
			BODY_SIZE_LIMIT: process.env.BODY_SIZE_LIMIT || '1100M'
		});
		return { ownerUrl, appUrl, queueUrl, sandboxUrl, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

/** A database that starts at the same time as we do gets half a minute. */
async function untilAnswering(url: string) {
	for (const deadline = Date.now() + 30_000; ; await new Promise((done) => setTimeout(done, 500))) {
		const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
		try {
			await sql`select 1`;
			return;
		} catch (error) {
			const { code = '', message } = error as { code?: string; message: string };
			const { host, pathname } = new URL(url);
			// 57P03: the server is starting up
			if (
				!['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'CONNECT_TIMEOUT', '57P03'].includes(code) ||
				Date.now() > deadline
			)
				throw new Error(
					`The database ${host}${pathname} does not let us in: ${message || code}. Check DATABASE_URL and APP_DATABASE_URL.`,
					{ cause: error }
				);
		} finally {
			await sql.end({ timeout: 1 });
		}
	}
}

/** Refuses one that is too strong, and warns of one without limits. */
async function lookAtRole(group: Group, url: string) {
	await asking(url, async (sql) => {
		await assertLogin(sql, group);
		const problem = await missingTimeouts(sql, group);
		if (problem) log.warn('limits', { problem });
	});
}

async function asking(url: string, work: (sql: postgres.Sql) => Promise<void>) {
	const sql = postgres(url, { max: 1, onnotice: () => {} });
	try {
		await work(sql);
	} finally {
		await sql.end({ timeout: 1 });
	}
}
