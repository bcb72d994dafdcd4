import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { freePort, isAlive, withFileLock } from '../process.ts';
import { initialise, platformBinaries } from './embedded-binaries.ts';
import { chooseHome, serverEnv, serverUser, socketDirOf } from './embedded-home.ts';
import { findRunning, pause, readPidFile, shutDown, urlOf } from './embedded-running.ts';

export type EmbeddedPostgres = {
	/** Of the superuser `postgres`; the password is in it. */
	url: string;
	port: number;
	/** Where its Unix socket lies, unless the path is too long for one. */
	socketDir?: string;
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

/** `made`: initdb came to its end. `owner`: the process that started the server. */
type State = { password: string; port: number; owner: number; made: boolean };

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
		const state = readState(stateFile) ?? newState(stateFile, home);
		const running = await findRunning(home, state.password);
		if (running) {
			const theirs = isAlive(state.owner) && state.owner !== process.pid;
			if (!theirs) writeState(stateFile, { ...state, port: running.port, owner: process.pid });
			return {
				url: urlOf(state.password, running.port),
				port: running.port,
				socketDir: socketDirOf(home),
				started: false,
				stop: async () => {
					if (!theirs && state.owner !== process.pid) await shutDown(running.pid, home);
				}
			};
		}

		const binaries = await platformBinaries(user);
		try {
			if (!state.made) initialise(binaries.initdb, home, state.password, user);
			writeState(stateFile, { ...state, made: true });
			const chosen = port ?? (await freePort(state.port));
			const child = launch(binaries.postgres, home, chosen, settings, `${place}.log`, user);
			await ready(child, home, `${place}.log`);
			writeState(stateFile, { password: state.password, port: chosen, owner: process.pid, made: true });
			// Without a stop, because somebody called process.exit, it ends with us all the same
			const lastly = () => void child.kill('SIGINT');
			process.once('exit', lastly);
			return {
				url: urlOf(state.password, chosen),
				port: chosen,
				socketDir: socketDirOf(home),
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

function readState(file: string): State | undefined {
	if (!fs.existsSync(file)) return undefined;
	try {
		return JSON.parse(fs.readFileSync(file, 'utf8')) as State;
	} catch (error) {
		throw new Error(`${file} cannot be read, and it holds the password of the built-in Postgres.`, { cause: error });
	}
}

/** The password is kept before it is used: a start that is cut off is simply made again. */
function newState(file: string, home: string): State {
	if (fs.readdirSync(home).length)
		throw new Error(
			`There is a database in ${home}, but ${file}, which held its password, is gone. Remove ${home} to begin anew.`
		);
	const state = { password: randomBytes(24).toString('base64url'), port: 0, owner: 0, made: false };
	writeState(file, state);
	return state;
}

/** Written beside and renamed, so that a crash never leaves half a password. */
function writeState(file: string, state: State) {
	fs.writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
	fs.renameSync(`${file}.new`, file);
}

/**
 * Megabytes that Postgres keeps pages in, of a machine with so many bytes of memory: an eighth, from its own default to 512. With the default a large
 * import writes each page out while it waits, to read it back for the next part.
 */
export const sharedMegabytes = (memory: number): number =>
	Math.min(512, Math.max(leastShared, Math.floor(memory / 8 / 1024 / 1024)));
const leastShared = 128;

/** `detached`: Ctrl-C in the terminal must reach us first, and Postgres last. */
function launch(
	binary: string,
	home: string,
	port: number,
	settings: Record<string, string>,
	logFile: string,
	user: ReturnType<typeof serverUser>
) {
	const shared = sharedMegabytes(Math.min(os.totalmem(), process.constrainedMemory() || Infinity));
	const all = {
		listen_addresses: '127.0.0.1',
		unix_socket_directories: socketDirOf(home) ?? '',
		// the first change of a page after a checkpoint logs all of it, and pages of conversations come to half of themselves
		wal_compression: 'on',
		// where initdb found that there is room for less, it stays at that
		...(shared > leastShared ? { shared_buffers: `${shared}MB` } : {}),
		...settings
	};
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
