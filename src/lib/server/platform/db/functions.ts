import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type postgres from 'postgres';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/**
 * Runs each file of `folder` whose text is another than the one this database has seen last: the tree holds the current text
 * of every function and trigger, and a change of one is read as a change. Each file may run any number of times (`create or
 * replace`); what goes away is dropped by a numbered migration. Returns the names of the files that ran.
 */
export async function applyFunctions(sql: postgres.Sql | postgres.TransactionSql, folder: string): Promise<string[]> {
	// in the schema of the migrations, where whoever serves has nothing to look for
	await sql.unsafe(`
		create schema if not exists drizzle;
		create table if not exists drizzle.functions (file text primary key, sha256 text not null, applied_at timestamptz not null default now())`);
	const seen = new Map((await sql`select file, sha256 from drizzle.functions`).map((row) => [row.file, row.sha256]));
	const files = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.endsWith('.sql')) : [];
	const applied: string[] = [];
	for (const file of files.sort()) {
		const text = fs.readFileSync(path.join(folder, file), 'utf8').replaceAll('\r\n', '\n');
		const hash = sha256(text);
		if (seen.get(file) === hash) continue;
		await sql.unsafe(text);
		await sql`
			insert into drizzle.functions (file, sha256) values (${file}, ${hash})
			on conflict (file) do update set sha256 = excluded.sha256, applied_at = now()`;
		applied.push(file);
	}
	return applied;
}
