import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { dangersIn } from '../../../support/database/dangers.ts';

/** What landed before anybody looked. drizzle/README.md says what to do about the others. */
const newestUnread = '0030';
const newer = fs
	.readdirSync('drizzle')
	.filter((name) => /^\d{4}_.*\.sql$/.test(name) && name.slice(0, 4) > newestUnread);
const read = (name: string) => fs.readFileSync(path.join('drizzle', name), 'utf8');

test('every newer migration keeps nobody waiting', () => {
	expect(newer.flatMap((name) => dangersIn(read(name)).map((danger) => `${name}: ${danger}`))).toEqual([]);
});

test('earlier ones would have been found', () => {
	expect(dangersIn(read('0029_counted.sql')).join()).toContain('index:');
	expect(dangersIn(read('0025_janitor.sql')).join()).toContain('type:');
});

const alone = '-- without a transaction\n';

describe('a danger is', () => {
	test.each([
		['index', 'CREATE UNIQUE INDEX "i" ON "examples" USING btree ("team_id");'],
		['concurrently', 'create index concurrently "i" on "examples" ("team_id");'],
		['constraint', 'ALTER TABLE "runs" ADD CONSTRAINT "c" CHECK (number > 0);'],
		['constraint', 'alter table "runs" add constraint "c" foreign key (a) references "teams" (id);'],
		['unique', 'alter table "runs" add constraint "c" unique (a);'],
		['type', 'ALTER TABLE "runs" ALTER COLUMN "number" SET DATA TYPE bigint;'],
		['null', 'ALTER TABLE "runs" ALTER COLUMN "number" SET NOT NULL;'],
		['required', 'ALTER TABLE "runs" ADD COLUMN "x" text NOT NULL;'],
		['required', 'alter table "runs" add column "y" text default \'\' not null, add column "x" text not null;'],
		['volatile', 'ALTER TABLE "runs" ADD COLUMN "x" uuid DEFAULT gen_random_uuid() NOT NULL;'],
		['drop', 'ALTER TABLE "runs" DROP COLUMN "number";'],
		['drop', 'select 1; DROP TABLE "runs";'],
		['rename', 'ALTER TABLE "runs" RENAME COLUMN "number" TO "place";'],
		['lock', 'vacuum full examples;'],
		// the pieces would end after the first: what several statements changed, nobody counts
		['together', `${alone}-- until nothing is left\nupdate "runs" set a = 1 where a is null; analyze "runs";`]
	])('%s: %s', (rule, text) => {
		expect(dangersIn(text).map((danger) => danger.split(':')[0])).toEqual([rule]);
	});
});

test.each([
	['one statement and words about it', `${alone}-- it is small; still\nupdate "runs" set a = ';';\n-- that is all`],
	['an index that is made beside the work', `${alone}create index concurrently "i" on "examples" ("team_id");`],
	[
		'a new table with all that belongs to it',
		'CREATE TABLE "t" ("id" uuid primary key, "n" text NOT NULL);--> statement-breakpoint\nALTER TABLE "t" ADD CONSTRAINT "c" FOREIGN KEY (n) REFERENCES "teams" (id);--> statement-breakpoint\nCREATE INDEX "t_n" ON "t" ("n");'
	],
	['a column with a constant', 'ALTER TABLE "runs" ADD COLUMN "x" text DEFAULT \'\' NOT NULL;'],
	['a column that may be empty', 'ALTER TABLE "runs" ADD COLUMN "x" text;'],
	['a check of what comes', 'ALTER TABLE "runs" ADD CONSTRAINT "c" CHECK (number > 0) NOT VALID;'],
	['a unique constraint of an index', 'alter table "runs" add constraint "c" unique using index "i";'],
	[
		'a function that only speaks of it',
		'create function f() returns void language plpgsql as $$ begin drop table x; end $$;'
	],
	['a text', "select 'drop table x';"],
	['one that says why it is safe', '-- safe: index, one row for each team\ncreate index "i" on "teams" ("name");']
])('no danger: %s', (_, text) => {
	expect(dangersIn(text)).toEqual([]);
});

test('what is safe by one rule is not by another', () => {
	expect(dangersIn('-- safe: index, it is small\nalter table "runs" drop column "x";')).toHaveLength(1);
});
