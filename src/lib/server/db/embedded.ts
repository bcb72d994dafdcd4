import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { freePort, isAlive, withFileLock } from '../process.ts';
import { initialise, platformBinaries } from './embedded-binaries.ts';
import { chooseHome, serverEnv, serverUser } from './embedded-home.ts';

export type EmbeddedPostgres = {
	/** Of the superuser `postgres`; the password is in it. */
	url: string;
	port: number;
	/** False when another process had it running already. */
	started: boolean;
	/** Shuts it down and waits. Does nothing when it belongs to another process that is still alive. */
	stop(): Promise<void>;
};

type Options = {
	/** The data directory; `<dir>.json` (password and port, 0600) and `<dir>.log` lie beside it. */
	dir: string;
	/** Default: the one used last time if it is free, else a random free one. */
	port?: number;
	settings?: Record<string, string>;
	/** Gets a sentence when the data had to go elsewhere. */
	note?: (sentence: string) => void;
};

type State = { password: string; port: number; owner: number };

/**
 * Starts the Postgres that came with npm, or finds the one that is running on this directory. Made on first use: data
 * directory, superuser and password. Works as root (then the server runs as `postgres` or `nobody`) and as anybody else.
 * Throws an Error with a sentence that says what to do when it cannot run here.
 */
export async function startEmbeddedPostgres({ dir, port, settings = {}, note }: Options): Promise<EmbeddedPostgres> {
	const place = path.resolve(dir);
	const user = serverUser();
	const home = chooseHome(place, user, note);
	return withFileLock(`${place}.lock`, async () => {
		const stateFile = `${place}.json`;
		const state = readState(stateFile) ?? { password: randomBytes(24).toString('base64url'), port: 0, owner: 0 };
		const running = await findRunning(home, state);
		if (running) {
			const theirs = isAlive(state.owner) && state.owner !== process.pid;
			if (!theirs) writeState(stateFile, { ...state, port: running.port, owner: process.pid });
			return {
				url: urlOf(state.password, running.port),
				port: running.port,
				started: false,
				stop: async () => {
					if (!theirs && state.owner !== process.pid) await shutDown(running.pid, home);
				}
			};
		}

		const binaries = await platformBinaries(user);
		try {
			initialise(binaries.initdb, home, state.password, user);
			const chosen = port ?? (await freePort(state.port));
			const child = launch(binaries.postgres, home, chosen, settings, `${place}.log`, user);
			await ready(child, home, `${place}.log`);
			writeState(stateFile, { ...state, port: chosen, owner: process.pid });
			// Without a stop, because somebody called process.exit, it ends with us all the same
			const lastly = () => void child.kill('SIGINT');
			process.once('exit', lastly);
			return {
				url: urlOf(state.password, chosen),
				port: chosen,
				started: true,
				stop: async () => {
					process.off('exit', lastly);
					await shutDown(child.pid!, home);
					binaries.tidy();
				}
			};
		} catch (error) {
			binaries.tidy();
			throw error;
		}
	});
}

const urlOf = (password: string, port: number) => `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;

function readState(file: string): State | undefined {
	if (!fs.existsSync(file)) return undefined;
	try {
		return JSON.parse(fs.readFileSync(file, 'utf8')) as State;
	} catch (error) {
		throw new Error(`${file} cannot be read, and it holds the password of the built-in Postgres.`, { cause: error });
	}
}

/** Written beside and renamed, so that a crash never leaves half a password. */
function writeState(file: string, state: State) {
	fs.writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
	fs.renameSync(`${file}.new`, file);
}

/** Line 1 of postmaster.pid is the process, line 4 the port, line 8 the status. */
function readPidFile(home: string) {
	const file = path.join(home, 'postmaster.pid');
	const lines = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : [];
	return { file, pid: Number(lines[0] ?? 0), port: Number(lines[3] ?? 0), status: lines[7]?.trim() ?? '' };
}

/** The server on this directory, waited for while it starts or stops; a pid file that nobody stands behind is removed. */
async function findRunning(home: string, state: State) {
	for (const deadline = Date.now() + 30_000; Date.now() < deadline; await pause(50)) {
		const { file, pid, port, status } = readPidFile(home);
		if (!pid) return undefined;
		if (!isAlive(pid) || !isServerOf(pid, home)) {
			fs.rmSync(file, { force: true });
			return undefined;
		}
		if (status === 'ready' && (await answers(urlOf(state.password, port)))) return { pid, port };
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

/** `detached`: Ctrl-C in the terminal must reach us first, and Postgres last. */
function launch(
	binary: string,
	home: string,
	port: number,
	settings: Record<string, string>,
	logFile: string,
	user: ReturnType<typeof serverUser>
) {
	const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
	const flags = Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
	const log = fs.openSync(logFile, 'a', 0o600);
	const child = spawn(binary, ['-D', home, '-p', String(port), ...flags], {
		uid: user?.uid,
		gid: user?.gid,
		cwd: '/',
		env: serverEnv(),
		stdio: ['ignore', log, log],
		detached: true
	});
	fs.closeSync(log);
	child.unref();
	return child;
}

/** Accepting TCP is not enough: postmaster.pid says `ready`. */
async function ready(child: ReturnType<typeof launch>, home: string, logFile: string) {
	let failed: Error | undefined;
	child.once('error', (error) => (failed = error));
	child.once('exit', (code) => (failed ??= new Error(`exit code ${code}`)));
	for (const deadline = Date.now() + 60_000; ; await pause(10)) {
		const { pid, status } = readPidFile(home);
		if (pid === child.pid && status === 'ready') return;
		if (Date.now() > deadline) failed = new Error('not ready after 60 s');
		if (failed) {
			child.kill('SIGINT');
			throw new Error(`The built-in Postgres did not start (${failed.message}). Its log: ${logFile}\n${tail(logFile)}`);
		}
	}
}

const tail = (file: string) => fs.readFileSync(file, 'utf8').trimEnd().split('\n').slice(-5).join('\n');

/** SIGINT is Postgres' fast shutdown: sessions end, data is flushed. */
async function shutDown(pid: number, home: string) {
	const runs = () => isAlive(pid) && isServerOf(pid, home);
	if (!runs()) return;
	process.kill(pid, 'SIGINT');
	for (const deadline = Date.now() + 15_000; runs(); await pause(10)) {
		if (Date.now() > deadline) return void process.kill(pid, 'SIGQUIT');
	}
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
