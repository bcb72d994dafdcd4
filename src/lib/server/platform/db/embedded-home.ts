import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export type ServerUser = { uid: number; gid: number; name: string };

/** Postgres refuses to run as root: then it runs as `postgres`, else `nobody`. `undefined`: as ourselves. */
export function serverUser(): ServerUser | undefined {
	if (process.getuid?.() !== 0) return undefined;
	const users = fs
		.readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.map((line) => line.split(':'));
	for (const name of ['postgres', 'nobody']) {
		const found = users.find((user) => user[0] === name);
		if (found) return { name, uid: Number(found[2]), gid: Number(found[3]) };
	}
	throw new Error(
		'The built-in Postgres does not run as root, and this machine has no user "postgres" or "nobody". Start as another user, or set DATABASE_URL.'
	);
}

/** What the server needs of our environment: no secret of ours goes along. */
export function serverEnv(): NodeJS.ProcessEnv {
	const kept = ['PATH', 'TMPDIR', 'TEMP', 'TZ', 'LD_LIBRARY_PATH', 'SystemRoot'];
	return {
		...Object.fromEntries(kept.flatMap((key) => (process.env[key] ? [[key, process.env[key]]] : []))),
		LC_ALL: 'C'
	};
}

/** What a path to a socket may have at most, on every system. */
const longestSocketPath = 100;

/** The data directory, which nobody but the server and us may enter; undefined where its path is none for a socket. */
export const socketDirOf = (home: string): string | undefined =>
	path.join(home, '.s.PGSQL.65535').length <= longestSocketPath && !/[",]/.test(home) ? home : undefined;

/** Whether every directory on the way to `file` may be entered by anybody: a home of mode 0700 may not. */
export function reachable(file: string): boolean {
	for (let dir = path.dirname(path.resolve(file)); ; dir = path.dirname(dir)) {
		if (!(fs.statSync(dir).mode & 0o001)) return false;
		if (dir === path.dirname(dir)) return true;
	}
}

/**
 * Makes the data directory and gives it to the user that runs Postgres. When that user cannot get there, the data goes
 * below the system's temporary directory, always to the same place for the same project, and `note` says so.
 */
export function chooseHome(
	place: string,
	user: ServerUser | undefined,
	note: (sentence: string) => void = () => {}
): string {
	try {
		fs.mkdirSync(path.dirname(place), { recursive: true });
		fs.accessSync(path.dirname(place), fs.constants.W_OK);
	} catch (error) {
		throw new Error(
			`The built-in Postgres keeps its data in ${place}, and that cannot be written. Start in a directory of your own, or set DATA_DIR.`,
			{
				cause: error
			}
		);
	}
	const home = !user || reachable(place) ? place : path.join(sharedRoom(place), path.basename(place));
	if (home !== place)
		note(`The user "${user!.name}", who runs Postgres, cannot enter ${path.dirname(place)}: the data lies in ${home}.`);
	fs.mkdirSync(home, { recursive: true });
	if (user) fs.chownSync(home, user.uid, user.gid);
	fs.chmodSync(home, 0o700);
	return home;
}

/** A directory of ours under the temporary one. Anybody can write there, so one that is not ours is not used. */
function sharedRoom(place: string) {
	const room = path.join(os.tmpdir(), `aitelier-${createHash('sha256').update(place).digest('hex').slice(0, 12)}`);
	fs.mkdirSync(room, { recursive: true, mode: 0o711 });
	const found = fs.lstatSync(room);
	if (!found.isDirectory() || found.uid !== process.getuid?.())
		throw new Error(`${room} belongs to somebody else. Remove it, or set DATABASE_URL or DATA_DIR.`);
	fs.chmodSync(room, 0o711);
	if (!reachable(path.join(room, 'data')))
		throw new Error(
			`The user that runs Postgres can enter neither ${path.dirname(place)} nor ${room}. Set DATA_DIR to a directory it can enter, or set DATABASE_URL.`
		);
	return room;
}
