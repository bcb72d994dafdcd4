import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type postgres from 'postgres';

/** What the first line of a file says that must not run in a transaction (drizzle/README.md). */
const aloneMark = '-- without a transaction';
/** In front of a statement of such a file that changes so many rows at a time. */
const piecesMark = '-- until nothing is left';
const newIndex = /create\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?"?(\w+)"?/i;

type Migration = { tag: string; when: number; hash: string; statements: string[]; alone: boolean };
type Finish = (tx: postgres.TransactionSql) => Promise<unknown>;

const journalOf = (folder: string) => path.join(folder, 'meta/_journal.json');

const readMigrations = (folder: string): Migration[] => {
	const journal = JSON.parse(fs.readFileSync(journalOf(folder), 'utf8'));
	return (journal as { entries: { tag: string; when: number }[] }).entries.map(({ tag, when }) => {
		const text = fs.readFileSync(path.join(folder, `${tag}.sql`), 'utf8');
		return {
			tag,
			when,
			hash: createHash('sha256').update(text).digest('hex'),
			statements: text.split('--> statement-breakpoint'),
			alone: text.startsWith(aloneMark)
		};
	});
};

/** In their order: those that run together, and each of those that run alone. */
const inRuns = (due: Migration[]) => {
	const runs: Migration[][] = [];
	for (const one of due) {
		const last = runs.at(-1);
		if (last && !one.alone && !last[0]!.alone) last.push(one);
		else runs.push([one]);
	}
	// what finishes has its transaction, also when no migration needs one
	return runs.some(([first]) => !first!.alone) ? runs : [[], ...runs];
};

/**
 * Brings the tables to the state of the newest file in `folder`, in the order of its journal. Files run in one transaction with each other, and
 * the last such transaction ends with `finish`: nobody ever meets new tables with old triggers. A file that says so runs alone, statement by
 * statement. Whatever was interrupted is safe to run again, and what met a busy table tries again by itself.
 */
export async function applyMigrations(sql: postgres.Sql, folder: string, finish: Finish): Promise<void> {
	await sql.unsafe(`
		create schema if not exists drizzle;
		create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`);
	const [last] = await sql`select coalesce(max(created_at), 0) as at from drizzle.__drizzle_migrations`;
	const migrations = readMigrations(folder);
	const due = migrations.filter(({ when }) => when > Number(last!.at));
	// a newer version was here: an older one that starts beside it must not bring its functions back
	const isBehind = Number(last!.at) > Math.max(...migrations.map(({ when }) => when));
	const runs = inRuns(due);
	const lastTogether = runs.findLastIndex((run) => !run[0]?.alone);
	for (const [place, run] of runs.entries()) {
		if (run[0]?.alone) {
			await runAlone(sql, run[0]);
			continue;
		}
		await again(() =>
			sql.begin(async (tx) => {
				for (const migration of run) {
					for (const statement of migration.statements) await tx.unsafe(statement);
					await note(tx, migration);
				}
				if (place === lastTogether && !isBehind) await finish(tx);
			})
		);
	}
}

/**
 * For a process that may not migrate: refuses to serve on tables that are older than this version, with a sentence. Newer ones are fine: a
 * version works on those of the next (drizzle/README.md). `sql` is of the role that serves.
 */
export async function assertMigrated(sql: postgres.Sql, folder = 'drizzle'): Promise<void> {
	if (!fs.existsSync(journalOf(folder))) return; // a build that was started elsewhere
	const newest = Math.max(...readMigrations(folder).map(({ when }) => when));
	const unknown = '42883'; // the function came with a migration as well
	const applied = await sql`select newest_migration() as at`.then(
		([row]) => Number(row!.at),
		(problem: { code?: string }) => {
			if (problem.code === unknown) return 0;
			throw problem;
		}
	);
	if (applied < newest)
		throw new Error(
			'The database is older than this version, and this process may not bring it up to date: run "npm run db:migrate" with DATABASE_URL of its owner, then start again.'
		);
}

const note = (sql: postgres.ISql, { hash, when }: Migration) =>
	sql`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${when})`;

/** However long a statement takes: it holds up nobody, and one that was given up would be given up again on the same table the next time. */
async function runAlone(sql: postgres.Sql, migration: Migration) {
	await without(sql, 'statement_timeout', async () => {
		for (const statement of migration.statements) {
			const [, index] = newIndex.exec(statement) ?? [];
			if (index) await makeIndex(sql, index, statement);
			else if (statement.includes(piecesMark)) while ((await again(() => sql.unsafe(statement))).count > 0);
			else await again(() => sql.unsafe(statement));
		}
	});
	await note(sql, migration);
}

/** Lifts a limit of the connection while `work` goes on. */
async function without(sql: postgres.Sql, limit: 'statement_timeout' | 'lock_timeout', work: () => Promise<void>) {
	const [before] = await sql`select current_setting(${limit}) as value`;
	const set = (value: string) => sql`select set_config(${limit}, ${value}, false)`;
	await set('0');
	await work().finally(() => set(before!.value));
}

/**
 * An index that is there was made by a run that was interrupted later. One that is not valid was interrupted itself: it costs with every write
 * and is never read, and `if not exists` would leave it so.
 */
async function makeIndex(sql: postgres.Sql, name: string, statement: string) {
	const [found] = await sql<{ valid: boolean }[]>`
		select i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid
		where c.relname = ${name} and c.relnamespace = 'public'::regnamespace`;
	if (found?.valid) return;
	// It waits for every transaction that is older, and nobody waits for it
	await without(sql, 'lock_timeout', async () => {
		if (found) await sql`drop index concurrently ${sql(name)}`;
		await sql.unsafe(statement);
	});
}

/** It waited too long for a lock, or in a circle with others: what it held was given back. */
const busy = ['55P03', '40P01'];

/** What met a busy table: nothing of it was done, and it may simply be tried again. */
async function again<T>(work: () => Promise<T>): Promise<T> {
	for (let attempt = 1; ; attempt++) {
		try {
			return await work();
		} catch (error) {
			if (!busy.includes((error as { code?: string }).code ?? '') || attempt === 8) throw error;
			await new Promise((done) => setTimeout(done, attempt * 500));
		}
	}
}
