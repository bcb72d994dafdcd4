import fs from 'node:fs';
import path from 'node:path';
import { PgBoss } from 'pg-boss';
import postgres from 'postgres';
import { queues } from '../../jobs/queues.ts';
import { applyFunctions } from './functions.ts';
import { applyMigrations } from './migrations.ts';
import { type Group, groups, prepareLogin } from './roles.ts';

/** Any number, the same in every copy: whoever holds it migrates, the others wait and then find nothing to do. */
const MIGRATION_LOCK = 7_240_518;
/** A large index may take its time. */
const longestWaitMs = 10 * 60_000;

type Options = {
	/** May create roles and owns the tables; never serves. */
	ownerUrl: string;
	/** Where pages and the queue will log in. The roles are made when they are missing. Default: `aitelier_app` and `aitelier_queue` on the owner's database. */
	appUrl?: string;
	queueUrl?: string;
	/** For the default roles; needed for one whose URL is not given. */
	passwords?: Record<Group, string>;
	folder?: string;
};

/**
 * Brings a database to the state this version needs: roles, tables, policies, functions, the job queues and the grants on them.
 * May run in several processes at once and any number of times. Returns the URLs the server works with.
 */
export async function migrate({ ownerUrl, folder = 'drizzle', passwords, ...given }: Options) {
	const sql = postgres(ownerUrl, {
		max: 1,
		onnotice: () => {},
		connection: { application_name: 'aitelier migrate', statement_timeout: 300_000 }
	});
	try {
		await takeTurn(sql);
		// A lock that does not come must not hold up everybody behind us: give up early and try again
		await sql`select set_config('lock_timeout', '2s', false)`;
		await sql.unsafe(fs.readFileSync(path.join(folder, 'roles.sql'), 'utf8'));
		const app = loginUrl(ownerUrl, 'app', given.appUrl, passwords);
		const queue = loginUrl(ownerUrl, 'queue', given.queueUrl, passwords);
		if (app.username === queue.username)
			throw new Error('APP_DATABASE_URL and QUEUE_DATABASE_URL must log in as two roles.');
		const urls = { appUrl: await prepareLogin(sql, 'app', app), queueUrl: await prepareLogin(sql, 'queue', queue) };
		await applyMigrations(sql, folder, (tx) => applyFunctions(tx, path.join(folder, 'functions')));
		await installQueues(ownerUrl);
		await grantQueues(sql);
		return urls;
	} finally {
		await sql.end({ timeout: 5 });
	}
}

/**
 * Asks for the lock again and again: whoever waits for it in one statement is a transaction that an index made beside the work waits for,
 * and so both would wait for each other.
 */
async function takeTurn(sql: postgres.Sql) {
	const until = Date.now() + longestWaitMs;
	for (;;) {
		const [row] = await sql`select pg_try_advisory_lock(${MIGRATION_LOCK}) as taken`;
		if (row!.taken) return;
		if (Date.now() > until)
			throw new Error(
				'Another process is bringing the database up to date, and has not ended yet. Start again when it has.'
			);
		await new Promise((done) => setTimeout(done, 250));
	}
}

function loginUrl(ownerUrl: string, group: Group, given?: string, passwords?: Record<Group, string>) {
	if (given) return new URL(given);
	if (!passwords) throw new Error(`migrate needs ${group}Url or passwords: the server does not work as the owner.`);
	const url = new URL(ownerUrl);
	url.username = groups[group].login;
	url.password = encodeURIComponent(passwords[group]);
	return url;
}

/** pg-boss keeps its own schema version; a queue's settings follow `jobs/queues.ts`, except those fixed at birth. */
async function installQueues(ownerUrl: string) {
	const url = new URL(ownerUrl);
	url.searchParams.set('options', '-c lock_timeout=10s -c statement_timeout=300s');
	const boss = new PgBoss({ connectionString: url.href, max: 1, supervise: false, schedule: false, migrate: true });
	let failure: unknown;
	boss.on('error', (error) => (failure ??= error));
	await boss.start();
	try {
		const known = new Set((await boss.getQueues()).map((queue) => queue.name));
		// A dead-letter queue has to be there before the queue that names it
		const inOrder = Object.entries(queues).sort(([, a], [, b]) => Number(!!a.deadLetter) - Number(!!b.deadLetter));
		for (const [name, options] of inOrder) {
			const { policy: _policy, partition: _partition, ...changeable } = options;
			if (!known.has(name)) await boss.createQueue(name, options);
			else if (Object.keys(changeable).length) await boss.updateQueue(name, changeable);
		}
	} finally {
		await boss.stop({ graceful: false });
	}
	if (failure) throw failure;
}

/**
 * The queue's role works the tables of pg-boss but does not own them; default privileges cover what pg-boss adds later. Pages
 * send by functions of ours: in earlier versions their role had all of it, and so that is taken back.
 */
async function grantQueues(sql: postgres.Sql) {
	const all = ['tables', 'sequences', 'functions'];
	await sql.unsafe(`
		grant usage on schema pgboss to queue;
		grant select, insert, update, delete on all tables in schema pgboss to queue;
		grant usage on all sequences in schema pgboss to queue;
		grant execute on all functions in schema pgboss to queue;
		alter default privileges in schema pgboss grant select, insert, update, delete on tables to queue;
		alter default privileges in schema pgboss grant usage on sequences to queue;
		alter default privileges in schema pgboss grant execute on functions to queue;
		revoke all on schema pgboss from app;
		${all.map((kind) => `revoke all on all ${kind} in schema pgboss from app;`).join('\n')}
		${all.map((kind) => `alter default privileges in schema pgboss revoke all on ${kind} from app;`).join('\n')}
	`);
}
