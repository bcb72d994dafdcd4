import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { applyFunctions } from '../../../../src/lib/server/platform/db/functions.ts';
import { migrate } from '../../../../src/lib/server/platform/db/migrate.ts';

const room = fs.mkdtempSync(path.join(os.tmpdir(), 'aitelier-functions-'));
const ends: (() => Promise<unknown>)[] = [async () => fs.rmSync(room, { recursive: true })];
afterAll(async () => {
	while (ends.length) await ends.pop()!();
});

const on = (url: string, database: string) => {
	const at = new URL(url);
	at.pathname = `/${database}`;
	return at.href;
};

/** A database of its own, empty, and a connection as its owner. */
const newDatabase = async () => {
	const name = `aitelier_functions_${randomBytes(4).toString('hex')}`;
	const admin = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
	await admin`create database ${admin(name)}`;
	const url = on(process.env.DATABASE_URL!, name);
	const sql = postgres(url, { max: 1, onnotice: () => {} });
	ends.push(async () => {
		await sql.end();
		await admin`drop database ${admin(name)} with (force)`;
		await admin.end();
	});
	const [appUrl, queueUrl] = [on(inject('appUrl')!, name), on(inject('queueUrl')!, name)];
	return { sql, upTo: (folder?: string) => migrate({ ownerUrl: url, appUrl, queueUrl, folder }) };
};

/** The folder as it was when the migration with this number was the last, and no function had a file. */
const folderOf = (last: number) => {
	const folder = path.join(room, `up-to-${last}`);
	fs.cpSync('drizzle', folder, { recursive: true });
	fs.rmSync(path.join(folder, 'functions'), { recursive: true });
	const journal = path.join(folder, 'meta/_journal.json');
	const { entries, ...rest } = JSON.parse(fs.readFileSync(journal, 'utf8'));
	const kept = entries.filter(({ idx }: { idx: number }) => idx <= last);
	fs.writeFileSync(journal, JSON.stringify({ ...rest, entries: kept }));
	return folder;
};

const functionsOf = async (sql: postgres.Sql) => [
	...(await sql`
		select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as text, p.proacl::text as rights
		from pg_proc p where p.pronamespace = 'public'::regnamespace order by 1`),
	...(await sql`
		select t.tgname as name, pg_get_triggerdef(t.oid) as text, t.tgenabled as rights
		from pg_trigger t join pg_class c on c.oid = t.tgrelid
		where c.relnamespace = 'public'::regnamespace and not t.tgisinternal order by 1, 2`)
];
const tablesOf = async (sql: postgres.Sql) => [
	...(await sql`
		select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as text from pg_constraint
		where connamespace = 'public'::regnamespace order by 1, 2`),
	...(await sql`select tablename as table, indexname as name, indexdef as text from pg_indexes where schemaname = 'public' order by 1, 2`),
	...(await sql`
		select tablename as table, policyname as name, concat(cmd, qual, ' check ', with_check) as text from pg_policies
		where schemaname = 'public' order by 1, 2`)
];

describe('the files of drizzle/functions', () => {
	const folder = path.join(room, 'functions');
	const write = (file: string, says: number) =>
		fs.writeFileSync(
			path.join(folder, file),
			`create or replace function ${path.parse(file).name}() returns int language sql as 'select ${says}';\n`
		);
	let sql: postgres.Sql;
	beforeAll(async () => {
		fs.mkdirSync(folder);
		({ sql } = await newDatabase());
	});

	test('run once, and again only when their text has changed', async () => {
		write('one.sql', 1);
		write('two.sql', 2);
		expect(await applyFunctions(sql, folder)).toEqual(['one.sql', 'two.sql']);
		expect(await applyFunctions(sql, folder)).toEqual([]);
		write('two.sql', 22);
		expect(await applyFunctions(sql, folder)).toEqual(['two.sql']);
		expect(await sql`select one(), two()`).toEqual([{ one: 1, two: 22 }]);
	});

	test('an unchanged one is left alone, whatever the database has in its place', async () => {
		await sql`create or replace function one() returns int language sql as 'select 7'`;
		expect(await applyFunctions(sql, folder)).toEqual([]);
		expect(await sql`select one()`).toEqual([{ one: 7 }]);
	});

	test('one that fails leaves all as it was', async () => {
		write('one.sql', 11);
		fs.writeFileSync(path.join(folder, 'three.sql'), 'create or replace function;');
		await expect(sql.begin((tx) => applyFunctions(tx, folder))).rejects.toThrow('syntax');
		expect(await sql`select one()`).toEqual([{ one: 7 }]);
		fs.rmSync(path.join(folder, 'three.sql'));
		expect(await applyFunctions(sql, folder)).toEqual(['one.sql']);
	});
});

describe('migrating', () => {
	let fresh: postgres.Sql;
	let upgraded: Awaited<ReturnType<typeof newDatabase>>;
	beforeAll(async () => {
		({ sql: fresh } = await newDatabase().then(async (made) => (await made.upTo(), made)));
		upgraded = await newDatabase();
		await upgraded.upTo(folderOf(8));
	});

	test('what breaks a new rule is set aside or mended, and what is derived is computed anew', async () => {
		const { sql, upTo } = upgraded;
		await broken(sql);
		await upTo();
		const aside = await sql`select place, count(*)::int as count from drizzle.set_aside group by 1 order by 1`;
		expect(Object.fromEntries(aside.map(({ place, count }) => [place, count]))).toEqual({
			ballots: 1,
			evaluations: 1,
			outputs: 2,
			pairings: 1,
			ratings: 2,
			rewrites: 1,
			run_events: 1,
			run_examples: 1,
			run_files: 1,
			run_points: 1,
			votes: 4
		});
		expect(await sql`select role from members order by created_at`).toEqual([{ role: 'owner' }, { role: 'rater' }]);
		expect(await sql`select quality_threshold as t from projects order by slug`).toEqual([{ t: 10 }, { t: 8 }]);
		expect(await sql`select status, training from connections`).toEqual([{ status: 'untested', training: 'unknown' }]);
		expect(await sql`select status from runs order by version, project_id limit 1`).toEqual([{ status: 'failed' }]);
		expect(
			await sql`select status, project_id = (select id from projects where slug = 'a') as home from servings`
		).toEqual([{ status: 'stopping', home: true }]);
		const examples = await sql`
			select number, rating, ratings_count as count, rewrite, split, origin, trained from examples
			where project_id = (select id from projects where slug = 'a') order by number`;
		expect(examples).toEqual([
			{ number: 1, rating: 5, count: 2, rewrite: 'newest', split: null, origin: 'written', trained: false },
			// its run failed before it began, so nothing was learnt
			{ number: 2, rating: null, count: 0, rewrite: null, split: 'train', origin: 'import', trained: false },
			{ number: 3, rating: null, count: 0, rewrite: null, split: 'validation', origin: 'import', trained: false },
			// its prompt is that of a deleted validation example
			{ number: 4, rating: null, count: 0, rewrite: null, split: null, origin: 'import', trained: false }
		]);
	});

	test('a fresh database and an upgraded one end with the same functions, triggers, keys and policies', async () => {
		expect(await functionsOf(upgraded.sql)).toEqual(await functionsOf(fresh));
		expect(await tablesOf(upgraded.sql)).toEqual(await tablesOf(fresh));
	});

	test('every function and trigger of the database stands in a file', async () => {
		const files = fs
			.readdirSync('drizzle/functions')
			.map((file) => fs.readFileSync(`drizzle/functions/${file}`, 'utf8'));
		const said = (kind: string) =>
			[...files.join('\n').matchAll(new RegExp(`create or replace ${kind} (\\w+)`, 'g'))].map((match) => match[1]);
		const [functions, triggers] = [
			await fresh`select distinct proname as name from pg_proc where pronamespace = 'public'::regnamespace`,
			await fresh`
				select distinct tgname as name from pg_trigger join pg_class c on c.oid = tgrelid
				where c.relnamespace = 'public'::regnamespace and not tgisinternal`
		];
		expect(functions.map(({ name }) => name).sort()).toEqual([...new Set(said('function'))].sort());
		expect(triggers.map(({ name }) => name).sort()).toEqual(said('trigger').sort());
	});

	test('migrating again changes nothing and runs no file', async () => {
		const before = await upgraded.sql`select file, sha256, applied_at from drizzle.functions order by file`;
		expect(before.length).toBeGreaterThan(3);
		await upgraded.upTo();
		expect(await upgraded.sql`select file, sha256, applied_at from drizzle.functions order by file`).toEqual(before);
	});

	test('an older version that starts beside a newer one does not bring its functions back', async () => {
		const older = folderOf(8);
		fs.mkdirSync(path.join(older, 'functions'));
		fs.writeFileSync(path.join(older, 'functions/ratings.sql'), 'drop function derive_ratings cascade;');
		const before = await functionsOf(upgraded.sql);
		await upgraded.upTo(older);
		expect(await functionsOf(upgraded.sql)).toEqual(before);
	});

	test('whoever serves sees neither what was set aside nor what was run', async () => {
		const [rights] = await fresh`
			select has_schema_privilege('app', 'drizzle', 'usage') as usage,
				has_table_privilege('app', 'drizzle.set_aside', 'select') as aside`;
		expect(rights).toEqual({ usage: false, aside: false });
	});
});

/** Rows as no page could bring them about, in a database of before the keys and checks. */
const broken = (sql: postgres.Sql) =>
	sql.unsafe(`
	create temp table ids as select
		gen_random_uuid() team, gen_random_uuid() ana, gen_random_uuid() bo, gen_random_uuid() a, gen_random_uuid() b,
		gen_random_uuid() conn, gen_random_uuid() run_a, gen_random_uuid() run_b, gen_random_uuid() eval_a, gen_random_uuid() eval_b,
		gen_random_uuid() e1, gen_random_uuid() e2, gen_random_uuid() e3, gen_random_uuid() e4, gen_random_uuid() e_b,
		gen_random_uuid() pair_a, gen_random_uuid() pair_b, gen_random_uuid() ballot_a, gen_random_uuid() ballot_b;
	insert into people (id, email, name) select ana, 'ana@example.com', 'Ana' from ids union all select bo, 'bo@example.com', 'Bo' from ids;
	insert into teams (id, slug, name) select team, 'team', 'Team' from ids;
	insert into members (team_id, person_id, role, created_at) select team, ana, 'owner', 'epoch'::timestamptz from ids
		union all select team, bo, 'king', now() from ids;
	insert into connections (team_id, id, provider, name, status, training) select team, conn, 'sandbox', 'S', 'odd', 'odd' from ids;
	insert into projects (team_id, id, slug, name, base_model, recipe, quality_threshold)
		select team, a, 'a', 'A', 'm', '{}'::json, 11 from ids union all select team, b, 'b', 'B', 'm', '{}', 8 from ids;
	insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, split, origin, rating, ratings_count)
		select team, e1, a, 1, '[]'::json, 'c1'::bytea, 'p1'::bytea, 1, 'test', 'odd', 9, 7 from ids
		union all select team, e2, a, 2, '[]', 'c2', 'p2', 1, 'train', 'import', 11, 1 from ids
		union all select team, e3, a, 3, '[]', 'c3', 'p3', 1, 'validation', 'import', null, 0 from ids
		union all select team, e_b, b, 1, '[]', 'cb', 'pb', 1, 'validation', 'import', null, 0 from ids;
	update examples set deleted_at = now() where number = 3;
	insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, split, origin)
		select team, e4, a, 4, '[]'::json, 'c4'::bytea, 'p3'::bytea, 1, 'train', 'import' from ids;
	insert into ratings (team_id, project_id, example_id, person_id, score, client_id)
		select team, a, e1, ana, 4, gen_random_uuid() from ids union all select team, a, e1, bo, 6, gen_random_uuid() from ids
		union all select team, a, e1, ana, 0, gen_random_uuid() from ids
		union all select team, b, e1, bo, 1, gen_random_uuid() from ids;
	insert into rewrites (team_id, project_id, example_id, person_id, output, client_id)
		select team, a, e1, ana, 'older', gen_random_uuid() from ids union all select team, a, e1, ana, 'newest', gen_random_uuid() from ids;
	insert into rewrites (team_id, project_id, example_id, person_id, output, client_id) select team, b, e1, bo, 'forged', gen_random_uuid() from ids;
	update examples set rating = 1, ratings_count = 9, rewrite = 'older' where number = 1 and project_id = (select a from ids);
	insert into runs (team_id, id, project_id, version, connection_id, base_model, recipe, seed, status, mark, train_count, validation_count, tokens)
		select team, run_a, a, 1, conn, 'm', '{}'::json, 1, 'odd', 'a', -1, 0, 1 from ids
		union all select team, run_b, b, 2, conn, 'm', '{}', 1, 'ready', 'b', 0, 0, 1 from ids;
	alter table run_examples disable trigger user;
	insert into run_examples (team_id, project_id, run_id, example_id, kind)
		select team, a, run_a, e2, 'train' from ids union all select team, a, run_a, e_b, 'validation' from ids;
	alter table run_examples enable trigger user;
	insert into run_files (team_id, project_id, run_id, kind, body, sha256, byte_count)
		select team, a, run_a, 'train', '', '', 0 from ids union all select team, b, run_a, 'validation', '', '', 0 from ids;
	insert into run_events (team_id, project_id, run_id, at, level, kind, message)
		select team, a, run_a, now(), 'odd', 'k', 'm' from ids union all select team, b, run_a, now(), 'info', 'k', 'other' from ids;
	insert into run_points (team_id, project_id, run_id, series, step, loss, at) select team, a, run_a, 'odd', 1, 1, now() from ids;
	insert into servings (team_id, project_id, run_id, mark, status, idle_at) select team, b, run_a, 's', 'odd', now() from ids;
	insert into evaluations (team_id, id, project_id, number, name, run_id, connection_id, base_model, system_prompt, planned, temperature, max_tokens, seed, status)
		select team, eval_a, a, 1, 'n', run_a, conn, 'm', '', 1, 0, 1, 1, 'odd' from ids
		union all select team, eval_b, b, 1, 'n', run_a, conn, 'm', '', 1, 0, 1, 1, 'voting' from ids;
	insert into pairings (team_id, id, project_id, evaluation_id, example_id, position, prompt, reference)
		select team, pair_a, a, eval_a, e3, 0, '[]'::json, '' from ids union all select team, pair_b, b, eval_b, e_b, 0, '[]', '' from ids;
	insert into outputs (team_id, project_id, evaluation_id, pairing_id, contender, text)
		select team, a, eval_a, pair_a, 'a', '' from ids union all select team, a, eval_a, pair_a, 'c', '' from ids
		union all select team, b, eval_b, pair_b, 'a', '' from ids;
	insert into ballots (team_id, id, project_id, evaluation_id, pairing_id, person_id, position, swapped)
		select team, ballot_a, a, eval_a, pair_a, ana, 0, false from ids union all select team, ballot_b, b, eval_b, pair_b, ana, 0, false from ids;
	insert into votes (team_id, project_id, evaluation_id, pairing_id, ballot_id, person_id, choice, client_id)
		select team, a, eval_a, pair_a, ballot_a, ana, 'first', gen_random_uuid() from ids
		union all select team, a, eval_a, pair_a, ballot_a, bo, 'second', gen_random_uuid() from ids
		union all select team, a, eval_a, pair_a, ballot_a, ana, 'third', gen_random_uuid() from ids
		union all select team, b, eval_b, pair_b, ballot_b, ana, 'first', gen_random_uuid() from ids
		union all select team, a, eval_a, pair_b, ballot_a, ana, 'first', gen_random_uuid() from ids;
	drop table ids`);
