import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { expect, inject, onTestFinished, test } from 'vitest';
import { migrate } from '../../../../src/lib/server/platform/db/migrate.ts';

const on = (url: string, database: string) => Object.assign(new URL(url), { pathname: `/${database}` }).href;

test('of two that migrate at once the one that waits holds up no index of the other', async () => {
	const name = `aitelier_at_once_${randomBytes(4).toString('hex')}`;
	const admin = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
	await admin`create database ${admin(name)}`;
	const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-at-once-'));
	const ownerUrl = on(process.env.DATABASE_URL!, name);
	const [holder, watcher] = [1, 2].map(() => postgres(ownerUrl, { max: 1, onnotice: () => {} })) as [
		postgres.Sql,
		postgres.Sql
	];
	onTestFinished(async () => {
		await Promise.all([holder, watcher].map((one) => one.end()));
		await admin`drop database ${admin(name)} with (force)`;
		await admin.end();
		fs.rmSync(folder, { recursive: true });
	});
	const given = { ownerUrl, appUrl: on(inject('appUrl')!, name), queueUrl: on(inject('queueUrl')!, name), folder };
	fs.cpSync('drizzle', folder, { recursive: true });
	await migrate(given);

	const journal = path.join(folder, 'meta/_journal.json');
	const { entries } = JSON.parse(fs.readFileSync(journal, 'utf8'));
	fs.writeFileSync(journal, JSON.stringify({ entries: [...entries, { tag: '9999_beside', when: 9_000_000_000_000 }] }));
	const index = 'create index concurrently if not exists "teams_beside" on "teams" ("name")';
	fs.writeFileSync(path.join(folder, '9999_beside.sql'), `-- without a transaction\n${index}`);

	await holder`begin`;
	await holder`lock table teams in row exclusive mode`; // as somebody does who writes: the index waits for it
	const first = migrate(given);
	first.catch(() => {});
	const migrating = () =>
		watcher`select from pg_stat_activity where datname = ${name} and application_name = 'aitelier migrate'`;
	while (
		!(
			await watcher`select from pg_locks where not granted and pid in (select pid from pg_stat_activity where query like '%teams_beside%')`
		).length
	);
	const second = migrate(given);
	second.catch(() => {});
	while ((await migrating()).length < 2);
	await new Promise((passed) => setTimeout(passed, 200)); // its first question is on its way
	await holder`commit`;
	await Promise.all([first, second]);
	const [made] = await watcher`select indisvalid as valid from pg_index where indexrelid = 'teams_beside'::regclass`;
	expect(made).toEqual({ valid: true });
});
