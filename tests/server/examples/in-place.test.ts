// A row of `examples` is a whole conversation. What a rating or a split changes is written where it stands, as long as no index names it.
import { expect, test } from 'vitest';
import { owner } from '../../support/database/owner.ts';

test('no index of examples names what a rating or a split changes', async () => {
	// as Postgres decides it: a column of the key, and one in a condition or an expression
	const named = await owner`
		select distinct a.attname as column, c.relname as index
		from pg_index i
		join pg_class c on c.oid = i.indexrelid
		join pg_attribute a on a.attrelid = i.indrelid and a.attnum > 0
		join pg_depend d on d.objid = i.indexrelid and d.refobjid = i.indrelid and d.refobjsubid = a.attnum
		where i.indrelid = 'examples'::regclass and a.attname in ('split', 'rating', 'ratings_count')
			and d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass`;
	expect(named).toEqual([]);
});

test('no trigger speaks before a row of examples is changed', async () => {
	// whichever columns it names: for one that does, each row is locked first, and that is written down (1: each row, 2: before, 16: update)
	const before = await owner`
		select tgname from pg_trigger where tgrelid = 'examples'::regclass and not tgisinternal and tgtype & 19 = 19`;
	expect(before).toEqual([]);
});
