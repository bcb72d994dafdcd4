import { expect, test } from 'vitest';
import { owner } from '../../../support/database/owner.ts';

/**
 * The keys whose children nothing finds: each parent that goes would have the whole table looked through. An index does whose first columns
 * are some of the key, and the parent's id among them: it is unlike for each parent, the team and project before it are not.
 */
const unfound = async () =>
	(
		await owner`
			select k.conrelid::regclass::text || ': ' || k.conname as key
			from pg_constraint k
			where k.contype = 'f' and k.connamespace = 'public'::regnamespace and k.conparentid = 0 and not exists (
				select from pg_index i, generate_series(0, i.indnkeyatts - 1) as upto
				where i.indrelid = k.conrelid and i.indisvalid
					and (i.indpred is null or pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
					and (i.indkey::int2[])[0:upto] <@ k.conkey
					and k.conkey[cardinality(k.conkey)] = any ((i.indkey::int2[])[0:upto])
			) order by 1`
	).map(({ key }) => key as string);

/** The table is never large, or what hangs on the parent is gone before it. */
const fewAnyway = [
	'device_requests: device_requests_membership', // for ten minutes
	// by their evaluation, which has some thousands; who purges it takes them first (drizzle/functions/project-ends.sql)
	'remarks: remarks_ballot',
	'votes: votes_ballot'
];

test('whoever deletes a row finds what hangs on it by an index', async () => {
	expect(await unfound()).toEqual(fewAnyway);
});

test('a key without one would be found', async () => {
	await owner`create table goods (team_id uuid, id uuid, primary key (team_id, id))`;
	await owner`create table parts_of (team_id uuid, goods_id uuid, of_all uuid, constraint of_goods foreign key (team_id, goods_id) references goods)`;
	const key = 'parts_of: of_goods';
	expect(await unfound()).toContain(key);
	await owner`create index on parts_of (team_id, of_all, goods_id)`;
	expect(await unfound()).toContain(key);
	await owner`create index on parts_of (team_id, goods_id) where of_all = team_id`;
	expect(await unfound()).toContain(key);
	await owner`create index on parts_of (goods_id, of_all)`;
	expect(await unfound()).not.toContain(key);
	await owner`drop table parts_of, goods`;
});
