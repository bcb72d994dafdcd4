import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Io } from '../terminal/io.ts';
import { ownFolder } from './credentials.ts';
import { replaceFile } from './write.ts';

export const usualPort = 4010;

const fileOf = (io: Pick<Io, 'env'>) => path.join(ownFolder(io), 'sandbox.json');

/** Where the sandbox answers: as the environment says, else where `ait sandbox` was last started. */
export const sandboxAddress = (io: Pick<Io, 'env'>): string => {
	if (io.env.AITELIER_SANDBOX_URL) return io.env.AITELIER_SANDBOX_URL;
	try {
		const { url } = JSON.parse(readFileSync(fileOf(io), 'utf8')) as { url?: unknown };
		if (typeof url === 'string') return url;
	} catch {
		// it was never started here
	}
	return `http://127.0.0.1:${usualPort}`;
};

/** Remembers where it answers, until it ends. */
export const announceSandbox = (io: Pick<Io, 'env'>, url: string): (() => void) => {
	mkdirSync(ownFolder(io), { recursive: true, mode: 0o700 });
	replaceFile(fileOf(io), JSON.stringify({ url, pid: process.pid }));
	return () => rmSync(fileOf(io), { force: true });
};
