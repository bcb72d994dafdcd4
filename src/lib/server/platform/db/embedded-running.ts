import fs from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { isAlive } from '../process.ts';

export const urlOf = (password: string, port: number) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

/** Line 1 of postmaster.pid is the process, line 4 the port, line 8 the status. */
export function readPidFile(home: string) {
	const file = path.join(home, 'postmaster.pid');
	const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : [];
	return { file, pid: Number(lines[0] ?? 0), port: Number(lines[3] ?? 0), status: lines[7]?.trim() ?? '' };
}

/** The server on this directory, waited for while it starts or stops; a pid file that nobody stands behind is removed. */
export async function findRunning(home: string, password: string) {
	for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(50)) {
		const { file, pid, port, status } = readPidFile(home);
		if (!pid) return undefined;
		if (!isAlive(pid) || !isServerOf(pid, home)) {
			fs.rmSync(file, { force: true });
			return undefined;
		}
		if (status === 'ready' && (await answers(urlOf(password, port)))) return { pid, port };
	}
	throw new Error(`A Postgres is running on ${home}, but it does not answer. Stop it and start again.`);
}

/** Process ids are used again: on Linux the command line tells whether this one is a server on our directory. */
function isServerOf(pid: number, home: string) {
	try {
		return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(home);
	} catch {
		return process.platform !== 'linux';
	}
}

async function answers(url: string) {
	const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} });
	try {
		await sql`select 1`;
		return true;
	} catch (error) {
		if ((error as { code?: string }).code === '28P01')
			throw new Error('The built-in Postgres refuses the password kept beside its data. Remove both to begin anew.', {
				cause: error
			});
		return false;
	} finally {
		await sql.end({ timeout: 1 });
	}
}

/** SIGINT is Postgres' fast shutdown: sessions end, data is flushed. */
export async function shutDown(pid: number, home: string) {
	const runs = () => isAlive(pid) && isServerOf(pid, home);
	if (!runs()) return;
	process.kill(pid, 'SIGINT');
	for (const deadline = Date.now() + 15_000; runs(); await pause(10)) {
		if (Date.now() > deadline) return void process.kill(pid, 'SIGQUIT');
	}
}

export const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
