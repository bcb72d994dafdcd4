import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import postgres from 'postgres';
import { serverUser } from '../../../src/lib/server/platform/db/embedded-home.ts';
import { freePort } from '../../../src/lib/server/platform/process.ts';

/** From 1.21 on it keeps prepared statements in transaction mode. */
const least = [1, 21];

/**
 * A PgBouncer of this machine that is new enough: the one that the variable PGBOUNCER names, else the one on the path. A sentence where there
 * is none: Debian 12 has 1.18.
 */
export const findPooler = (): { binary: string } | { missing: string } => {
	const binary = process.env.PGBOUNCER ?? 'pgbouncer';
	try {
		const said = execFileSync(binary, ['--version'], { encoding: 'utf8' });
		const [, major, minor] = /PgBouncer (\d+)\.(\d+)/.exec(said) ?? [];
		const isNew = Number(major) > least[0]! || (Number(major) === least[0] && Number(minor) >= least[1]!);
		if (isNew) return { binary };
		return {
			missing: `PgBouncer ${least.join('.')} or newer is not here (${major}.${minor} is): PGBOUNCER names one.`
		};
	} catch {
		return { missing: 'PgBouncer is not here: PGBOUNCER names the program.' };
	}
};

/**
 * Starts one in transaction mode before the server of `url`, a role that serves: at most `size` connections for it. `at` is the address of the
 * same database through it.
 */
export const startPooler = async (binary: string, url: string, size: number, room: string) => {
	const server = new URL(url);
	const port = await freePort();
	const name = (file: string) => path.join(room, `pooler-${port}.${file}`);
	const [user, password] = [decodeURIComponent(server.username), decodeURIComponent(server.password)];
	fs.writeFileSync(name('users'), `"${user}" "${password}"\n"asks" "asks"\n`);
	fs.writeFileSync(
		name('ini'),
		`[databases]
* = host=${server.hostname} port=${server.port || 5432}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${name('users')}
stats_users = asks
pool_mode = transaction
max_prepared_statements = 200
default_pool_size = ${size}
max_client_conn = 1000
`
	);
	const as = serverUser(); // it does not run as root either
	for (const file of ['users', 'ini']) if (as) fs.chownSync(name(file), as.uid, as.gid);
	const log = fs.openSync(name('log'), 'a');
	const child = spawn(binary, [name('ini')], { uid: as?.uid, gid: as?.gid, stdio: ['ignore', log, log] });
	const ended = once(child, 'exit');
	const console = postgres(`postgres://asks:asks@127.0.0.1:${port}/pgbouncer`, { max: 1, fetch_types: false });
	const show = async (what: 'pools' | 'version') => [...(await console.unsafe(`show ${what}`).simple())];
	for (const until = Date.now() + 20_000; ; await pause(50)) {
		const answer = await show('version').catch((problem: Error) => problem);
		if (!(answer instanceof Error)) break;
		if (child.exitCode !== null || Date.now() > until)
			throw new Error(`PgBouncer did not start (${answer.message}):\n${fs.readFileSync(name('log'), 'utf8')}`);
	}
	return {
		at: Object.assign(new URL(url), { host: `127.0.0.1:${port}` }).href,
		/** How many of its clients there are, and how many connections it has open for them. */
		count: async () => {
			const pools = (await show('pools')).filter((pool) => pool.user === user);
			const sum = (...columns: string[]) =>
				pools.reduce((all, pool) => all + columns.reduce((one, column) => one + Number(pool[column]), 0), 0);
			return {
				clients: sum('cl_active', 'cl_waiting'),
				servers: sum('sv_active', 'sv_idle', 'sv_used', 'sv_tested', 'sv_login')
			};
		},
		stop: async () => {
			await console.end({ timeout: 1 });
			child.kill('SIGINT');
			setTimeout(() => child.kill('SIGKILL'), 3_000).unref();
			await ended;
			fs.closeSync(log);
		}
	};
};
