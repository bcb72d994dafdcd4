import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type * as v from 'valibot';

/** A key encryption key: 32 bytes under a short name, which is stored next to what it encrypted. */
export type Kek = { id: string; key: Buffer };

/** `2026a:<base64 of 32 bytes>,2025:<…>` → the keys in the same order. */
export function decodeKeks({ dataset, addIssue, NEVER }: v.RawTransformContext<string>): Kek[] {
	const keks = dataset.value.split(/[\s,]+/).map((entry) => {
		const [, id = '', encoded = ''] = /^([A-Za-z0-9_-]{1,16}):([A-Za-z0-9+/_-]+={0,2})$/.exec(entry) ?? [];
		return { id, key: Buffer.from(encoded, 'base64') };
	});
	if (keks.every(({ id, key }) => id && key.length === 32) && new Set(keks.map(({ id }) => id)).size === keks.length)
		return keks;
	addIssue({
		message: 'a list like id:key,id:key, each key 32 bytes in base64 and each id once (openssl rand -base64 32)'
	});
	return NEVER;
}

/**
 * The secrets of a machine without configuration: made once, kept in `<dataDir>/secrets.json` for nobody but us. Two
 * processes that begin together end up with the same ones.
 */
export function readSecrets(dataDir: string): { keks: Kek[]; passwords: { app: string; queue: string } } {
	const file = path.join(dataDir, 'secrets.json');
	if (!fs.existsSync(file)) {
		fs.mkdirSync(dataDir, { recursive: true });
		const made = {
			kek: `dev:${randomBytes(32).toString('base64')}`,
			appPassword: randomBytes(24).toString('base64url')
		};
		const own = `${file}.${process.pid}`;
		fs.writeFileSync(own, JSON.stringify(made), { mode: 0o600 });
		try {
			fs.linkSync(own, file); // fails when the other one was first; never half a file
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		} finally {
			fs.rmSync(own);
		}
	}
	const { kek, appPassword } = JSON.parse(fs.readFileSync(file, 'utf8')) as { kek: string; appPassword: string };
	const [id, key] = kek.split(':') as [string, string];
	// made from the other one, since the file may be older than this role
	const queue = createHmac('sha256', appPassword).update('queue').digest('base64url');
	return { keks: [{ id, key: Buffer.from(key, 'base64') }], passwords: { app: appPassword, queue } };
}

/** The way KEKS spells them, for a child process. */
export const encodeKeks = (keks: Kek[]) => keks.map(({ id, key }) => `${id}:${key.toString('base64')}`).join(',');
