import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { applyMigrations } from '../../../src/lib/server/platform/db/migrations.ts';

type Journal = { entries: { tag: string }[] };

const journalOf = (folder: string) =>
	JSON.parse(fs.readFileSync(path.join(folder, 'meta/_journal.json'), 'utf8')) as Journal;

/** The four digits of a migration's file name. */
const numberOf = ({ tag }: { tag: string }) => tag.slice(0, 4);

/** The number of the newest migration, like `0007`. */
export const newestMigration = (folder = 'drizzle') => numberOf(journalOf(folder).entries.at(-1)!);

/**
 * Gives an empty database the tables it had after migration `number`, and nothing that is not written in migrations. `sql` is
 * the owner's. Throws when there is no such migration.
 */
export const migrateUpTo = async (sql: postgres.Sql, number: string, folder = 'drizzle'): Promise<void> => {
	const journal = journalOf(folder);
	const last = journal.entries.findIndex((entry) => numberOf(entry) === number);
	if (last < 0) throw new Error(`There is no migration ${number} in ${folder}.`);
	const entries = journal.entries.slice(0, last + 1);

	// the migrator applies everything its folder names, so it gets one that ends earlier
	const shortened = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-migrations-'));
	try {
		fs.mkdirSync(path.join(shortened, 'meta'));
		fs.writeFileSync(path.join(shortened, 'meta/_journal.json'), JSON.stringify({ ...journal, entries }));
		for (const { tag } of entries) fs.copyFileSync(path.join(folder, `${tag}.sql`), path.join(shortened, `${tag}.sql`));
		await sql.unsafe(fs.readFileSync(path.join(folder, 'roles.sql'), 'utf8'));
		await applyMigrations(sql, shortened, async () => {});
	} finally {
		fs.rmSync(shortened, { recursive: true });
	}
};

/**
 * A database beside that of this test file, as it was after migration `number`, for whoever wants to see what the later ones do to what is
 * there: to be opened in beforeAll. `sql` is the owner's; `drop` belongs in afterAll.
 */
export const openEarlier = async (suffix: string, number: string) => {
	const { DATABASE_URL, APP_DATABASE_URL, QUEUE_DATABASE_URL } = process.env as Record<string, string>;
	const at = (database: string, url = DATABASE_URL!) => Object.assign(new URL(url), { pathname: `/${database}` }).href;
	const name = `${new URL(DATABASE_URL!).pathname.slice(1)}_${suffix}`;
	const admin = postgres(at('postgres'), { max: 1, onnotice: () => {} });
	await admin`create database ${admin(name)}`;
	const sql = postgres(at(name), { max: 1, onnotice: () => {} });
	await migrateUpTo(sql, number);
	return {
		sql,
		/** Where it is, for each of the three roles. */
		urls: { ownerUrl: at(name), appUrl: at(name, APP_DATABASE_URL), queueUrl: at(name, QUEUE_DATABASE_URL) },
		drop: async () => {
			await sql.end();
			await admin`drop database ${admin(name)} with (force)`;
			await admin.end();
		}
	};
};
