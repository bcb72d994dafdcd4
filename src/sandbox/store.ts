import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Endpoint, SandboxFile } from './records.ts';
import type { Job } from './timeline.ts';

/** Everything one key owns. The key itself is never kept, only a digest of it. */
export type Account = {
	id: string;
	project: string;
	slug: string;
	files: Record<string, SandboxFile>;
	jobs: Record<string, Job>;
	endpoints: Record<string, Endpoint>;
	/** Marks of jobs whose answer was already cut once (`sandbox-cuts-answers`). */
	cut: string[];
};

type Shelf = 'files' | 'models';

export type Store = {
	/** The account of a key; every key has one, and none sees another's. */
	account(key: string): Account;
	/** An account that is known already: signed addresses name it, because they carry no key. */
	accountById(id: string): Account | null;
	/** Writes the account down, whole or not at all. Called after every change. */
	save(account: Account): void;
	put(account: Account, shelf: Shelf, id: string, body: Buffer): Promise<void>;
	get(account: Account, shelf: Shelf, id: string): Promise<Buffer | null>;
	drop(account: Account, shelf: Shelf, id: string): void;
};

const idOf = (key: string) => createHash('sha256').update(`sandbox:${key}`).digest('hex').slice(0, 20);

const newAccount = (id: string): Account => ({
	id,
	project: `proj_${id}`,
	slug: `sandbox-${id.slice(0, 6)}`,
	files: {},
	jobs: {},
	endpoints: {},
	cut: []
});

/** State on disk, one folder per key, so that jobs outlive the process. */
export function openDiskStore(dir: string): Store {
	const accounts = new Map<string, Account>();
	const folder = (id: string) => join(dir, id);
	const place = (account: Account, shelf: Shelf, id: string) => join(folder(account.id), shelf, id);

	const open = (id: string): Account => {
		const known = accounts.get(id);
		if (known) return known;
		for (const shelf of ['files', 'models']) mkdirSync(join(folder(id), shelf), { recursive: true, mode: 0o700 });
		const path = join(folder(id), 'account.json');
		const account = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Account) : newAccount(id);
		accounts.set(id, account);
		return account;
	};

	return {
		account: (key) => open(idOf(key)),
		accountById: (id) => (/^[0-9a-f]{20}$/.test(id) && existsSync(folder(id)) ? open(id) : null),
		save(account) {
			// Rename is atomic: a reader after a crash finds the old state or the new one.
			const path = join(folder(account.id), 'account.json');
			writeFileSync(`${path}.new`, JSON.stringify(account), { mode: 0o600 });
			renameSync(`${path}.new`, path);
		},
		async put(account, shelf, id, body) {
			const path = place(account, shelf, id);
			await writeFile(`${path}.new`, body, { mode: 0o600 });
			await rename(`${path}.new`, path);
		},
		get: (account, shelf, id) => readFile(place(account, shelf, id)).catch(() => null),
		drop: (account, shelf, id) => rmSync(place(account, shelf, id), { force: true })
	};
}

/** State in memory: gone with the process. */
export function openMemoryStore(): Store {
	const accounts = new Map<string, Account>();
	const bodies = new Map<string, Buffer>();
	const place = (account: Account, shelf: Shelf, id: string) => `${account.id}/${shelf}/${id}`;

	return {
		account(key) {
			const id = idOf(key);
			const account = accounts.get(id) ?? newAccount(id);
			accounts.set(id, account);
			return account;
		},
		accountById: (id) => accounts.get(id) ?? null,
		save: () => {},
		put: async (account, shelf, id, body) => void bodies.set(place(account, shelf, id), body),
		get: async (account, shelf, id) => bodies.get(place(account, shelf, id)) ?? null,
		drop: (account, shelf, id) => void bodies.delete(place(account, shelf, id))
	};
}
