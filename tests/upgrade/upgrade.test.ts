import fs from 'node:fs';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verify } from '../../src/lib/server/verify/verify.ts';
import { dumpRows } from '../support/database/dump-rows.ts';
import { migrateUpTo, newestMigration } from '../support/database/earlier-state.ts';
import { type Facts, closePools, migrate, ownerOf } from './app.ts';
import { countRows, describeSchema } from './catalogue.ts';

// Each *.sql here is what people may have: the data of a database as it was after the migration of that number. It has to
// become today's database, with nothing lost, and the app has to work on it.

/**
 * Up to 0023 a prompt's outcome was the majority of its voters. Now each vote counts a share, so these came out anew: by hand from the
 * votes in the dump, 7 of 9 points in each.
 */
const nineOf = (wins: number) => ({
	verdict: 'promising',
	netPreference: 7 / 9,
	counts: { wins, losses: 0, ties: 9 - wins, bothBad: 0, planned: 9 }
});
const countedAnew: Record<string, ReturnType<typeof nineOf>> = {
	'0007.sql': nineOf(9),
	'0008.sql': nineOf(9),
	'0010.sql': nineOf(8),
	'0011.sql': nineOf(8),
	'0012.sql': nineOf(8),
	'0016.sql': nineOf(8),
	'0021.sql': nineOf(9)
};

const files = fs.readdirSync(import.meta.dirname).filter((name) => /^\d{4}\.sql$/.test(name));
const {
	DATABASE_URL: ownerUrl,
	APP_DATABASE_URL: appUrl,
	QUEUE_DATABASE_URL: queueUrl
} = process.env as Record<string, string>;
const migrateToday = () => migrate({ ownerUrl: ownerUrl!, appUrl: appUrl!, queueUrl: queueUrl! });

const name = new URL(ownerUrl!).pathname.slice(1);
const connect = (database = name) =>
	postgres(Object.assign(new URL(ownerUrl!), { pathname: `/${database}` }).href, { max: 1, onnotice: () => {} });

/** Does something with this file's own database, as its owner. */
const asOwner = async <Found>(work: (sql: postgres.Sql) => Promise<Found>) => {
	const sql = connect();
	try {
		return await work(sql);
	} finally {
		await sql.end({ timeout: 1 });
	}
};

/** Makes a database anew: empty, or a copy of another one. */
const make = async (database: string, from = 'template1') => {
	const admin = connect('postgres');
	await admin`drop database if exists ${admin(database)} with (force)`;
	await admin`create database ${admin(database)} template ${admin(from)}`;
	await admin.end({ timeout: 1 });
};

/** The database that setup.ts made for this file, empty again. */
const emptied = async () => {
	await closePools();
	await make(name);
};

/** One without rows, which goes from each migration that is asked for to the next, so that none is applied twice. */
const bare = { name: `${name}_bare`, at: '' };

/** The database of this file as it was after a migration, without rows. */
const returnedTo = async (number: string) => {
	await closePools();
	if (!bare.at || number < bare.at) await make(bare.name);
	const sql = connect(bare.name);
	await migrateUpTo(sql, number);
	await sql.end({ timeout: 1 });
	bare.at = number;
	await make(name, bare.name);
};

let fresh: string[];
beforeAll(async () => {
	fresh = await asOwner(describeSchema);
});
afterAll(async () => {
	await closePools();
	const admin = connect('postgres');
	await admin`drop database if exists ${admin(bare.name)} with (force)`;
	await admin.end({ timeout: 1 });
});

test('a fresh database that migrates again stays as it is', async () => {
	await migrateToday();
	expect(await asOwner(describeSchema)).toEqual(fresh);
});

test('each landing with a migration adds its file: npm run upgrade:dump', () => {
	expect(files).toContain(`${newestMigration()}.sql`);
});

test.each([
	['0000', 0],
	['0001', 26]
])('a database up to migration %s has %i tables', async (number, tables) => {
	await emptied();
	const found = await asOwner(async (sql) => {
		await migrateUpTo(sql, number);
		return countRows(sql);
	});
	expect(Object.keys(found)).toHaveLength(tables);
});

test('there is no state after a migration that does not exist', async () => {
	await expect(asOwner((sql) => migrateUpTo(sql, '9999'))).rejects.toThrow('There is no migration 9999 in drizzle.');
});

describe.each(files)('%s', (file) => {
	const text = fs.readFileSync(path.join(import.meta.dirname, file), 'utf8');
	const { place, reads } = JSON.parse(/^-- facts: (.*)$/m.exec(text)![1]!) as Facts;
	const owner = ownerOf(place);
	let before: Record<string, number>;
	let dumped: string;

	beforeAll(async () => {
		await returnedTo(file.slice(0, 4));
		before = await asOwner(async (sql) => {
			await sql.begin((tx) => tx.unsafe(text));
			dumped = await dumpRows(sql);
			return countRows(sql);
		});
		await migrateToday();
	});

	test('was loaded value by value', () => {
		expect(text.slice(text.indexOf('alter table')) === dumped).toBe(true);
	});

	test('has the tables of a fresh database', async () => {
		expect(await asOwner(describeSchema)).toEqual(fresh);
	});

	test('has lost no row and made none up', async () => {
		expect(await asOwner(countRows)).toMatchObject(before);
	});

	test('has an audit log whose entries all have their place', async () => {
		const [log] = await asOwner(
			(sql) => sql`
				select count(*)::int as entries, count(place)::int as places, max(place)::int as last
				from audit_entries e left join audit_links l on l.team_id = e.team_id and l.entry_id = e.id`
		);
		expect(log!.entries).toBeGreaterThan(0);
		expect(log).toMatchObject({ places: log!.entries, last: log!.entries });
		const said: string[] = [];
		await asOwner((sql) => verify(sql, (sentence) => said.push(sentence)));
		expect(said.filter((sentence) => sentence.includes('audit'))).toEqual([]);
	});

	test('shows the owner what it showed before', async () => {
		const found = await owner.read();
		const told = reads.netPreference === undefined ? { ...reads, ...countedAnew[file] } : reads;
		// skips are counted since 0027; nobody could skip before
		expect(found).toEqual({ ...told, counts: { skipped: 0, ...told.counts } });
	});

	test('takes a rating, and the mean follows', async () => {
		const once = await owner.rate(2);
		expect(await owner.rate(10)).toBeGreaterThan(once!);
	});

	test('numbers a new example after the last one', async () => {
		expect(await owner.add('Is it open on Sundays?')).toBe(Math.max(...reads.examples.map(({ number }) => number)) + 1);
	});

	test('takes a vote in the open evaluation', async () => {
		const sofar = await owner.progress();
		await owner.vote();
		expect(await owner.progress()).toBe(sofar + 1);
	});
});
