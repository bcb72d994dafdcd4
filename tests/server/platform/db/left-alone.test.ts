// What follows from a rating and a rewrite (derive_ratings, derive_rewrites, count_ratings, count_own) is written, and nothing else: no
// other example, nobody else's counter, no row that stays as it was. Whoever writes those has others wait, and counts changes where
// nothing changed. A row that was written lies elsewhere (`ctid`).
import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { owner } from '../../../support/database/owner.ts';
import { rewriteHistory } from '../../../support/database/raw.ts';
import { newPerson, newProject, newTeam } from '../../../support/data/team.ts';

afterAll(() => closePools());

let teamId: string;
let projectId: string;
let rita: string;
let rolf: string;
beforeEach(async () => {
	const team = await newTeam();
	teamId = team.teamId;
	projectId = (await newProject(team.scope)).project.id;
	[rita, rolf] = [(await newPerson('Rita')).id, (await newPerson('Rolf')).id];
});

let number = 0;
const newExample = async () => {
	const id = randomUUID();
	await owner`
		insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
		values (${teamId}, ${id}, ${projectId}, ${++number}, '[]', ${id}::text::bytea, ${id}::text::bytea, 1, 'written')`;
	return id;
};
const rate = (example: string, person: string, score: number | null, { settled = false, voter = 'person' } = {}) =>
	owner`
		insert into ratings (team_id, project_id, example_id, person_id, score, settled, voter, client_id)
		values (${teamId}, ${projectId}, ${example}, ${person}, ${score}, ${settled}, ${voter}, ${randomUUID()})`;
const rewrite = (example: string, output: string | null) =>
	owner`
		insert into rewrites (team_id, project_id, example_id, person_id, output, client_id)
		values (${teamId}, ${projectId}, ${example}, ${rita}, ${output}, ${randomUUID()})`;
const rowOf = async (id: string) =>
	(
		await owner`select ctid::text, rating, ratings_count as count from examples where team_id = ${teamId} and id = ${id}`
	)[0]!;
const counters = (person: string) =>
	owner`select ctid::text, score, count::int from own_counts where team_id = ${teamId} and person_id = ${person}`;
/** How many examples somebody has given which score. */
const given = async (person: string) =>
	owner`
		select score, sum(count)::int as count from own_counts where team_id = ${teamId} and person_id = ${person}
		group by 1 having sum(count) <> 0 order by 1`;

test('a rating writes its example and its voter’s counters', async () => {
	const [rated, other] = [await newExample(), await newExample()];
	for (const person of [rita, rolf]) await rate(rated, person, 5);
	await rate(other, rolf, 5);
	await rewriteHistory('examples', (sql) => sql`update examples set rating = 4 where id = ${other}`);
	const before = [await counters(rolf), await rowOf(other)];
	await rate(rated, rita, 7);
	expect(await rowOf(rated)).toMatchObject({ rating: 6, count: 2 });
	expect(await given(rita)).toEqual([{ score: 7, count: 1 }]);
	expect([await counters(rolf), await rowOf(other)]).toEqual(before);
});

test('a rating that changes nothing writes nothing', async () => {
	const example = await newExample();
	await rate(example, rita, 5);
	const before = [await counters(rita), await rowOf(example)];
	await rate(example, rita, 5);
	expect([await counters(rita), await rowOf(example)]).toEqual(before);
});

test('a rewrite writes its example and the counters of those who have rated it', async () => {
	const [rewritten, other] = [await newExample(), await newExample()];
	await rate(rewritten, rita, 5);
	await rate(other, rolf, 5);
	const before = [await counters(rolf), await rowOf(other)];
	await rewrite(rewritten, 'Better.');
	expect(await given(rita)).toEqual([]);
	expect([await counters(rolf), await rowOf(other)]).toEqual(before);
});

test('once a rewrite is taken back, what people last said of that example counts again', async () => {
	const [example, other] = [await newExample(), await newExample()];
	await rate(example, rita, 8);
	// given before others were seen, and taken back
	await rate(example, rolf, 2, { settled: true });
	await rate(example, rolf, null);
	await rate(example, randomUUID(), 1, { voter: 'script' });
	await rate(other, rolf, 3);
	const stands = { rating: 8, count: 1 };
	expect(await rowOf(example)).toMatchObject(stands);
	await rewrite(example, 'Better.');
	expect(await rowOf(example)).toMatchObject({ rating: null, count: 0 });
	expect([await given(rita), await given(rolf)]).toEqual([[], [{ score: 3, count: 1 }]]);
	await rewrite(example, null);
	expect(await rowOf(example)).toMatchObject(stands);
	expect([await given(rita), await given(rolf)]).toEqual([[{ score: 8, count: 1 }], [{ score: 3, count: 1 }]]);
});

test('a score that was taken back and is given again is counted as the one that counts', async () => {
	const example = await newExample();
	await rate(example, rita, 2, { settled: true });
	await rate(example, rita, null);
	expect(await given(rita)).toEqual([]);
	await rate(example, rita, 9);
	expect(await given(rita)).toEqual([{ score: 2, count: 1 }]);
});

test('a deleted example counts for nobody, whatever is written of it', async () => {
	const example = await newExample();
	await rate(example, rita, 5);
	await owner`update examples set deleted_at = now() where id = ${example}`;
	await rewrite(example, 'Better.');
	expect(await given(rita)).toEqual([]);
	await rewrite(example, null);
	await rate(example, rita, 6);
	expect(await given(rita)).toEqual([]);
	await owner`update examples set deleted_at = null where id = ${example}`;
	expect(await given(rita)).toEqual([{ score: 6, count: 1 }]);
});

const standings = () =>
	owner`select ctid::text, number, points, split, rating from example_standings where team_id = ${teamId} order by number`;

test('a rating is in no index of examples, so that it is written where the example stands', async () => {
	const found = await owner`
		select distinct i.relname from pg_depend d
		join pg_class i on i.oid = d.objid and i.relkind = 'i'
		join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
		where d.refobjid = 'examples'::regclass and a.attname in ('rating', 'ratings_count')`;
	expect(found).toEqual([]);
});

test('an example changes its own standing, and only where that is another', async () => {
	const [rated, other] = [await newExample(), await newExample()];
	const [first, second] = await standings();
	expect([first, second]).toMatchObject([
		{ points: 0, split: '', rating: null },
		{ points: 0, split: '', rating: null }
	]);
	await rate(rated, rita, 7);
	await rate(rated, rolf, 8);
	expect(await standings()).toMatchObject([{ number: first!.number, points: 7, split: '', rating: 7.5 }, second!]);
	await owner`update examples set split = 'train' where id = ${rated}`;
	const moved = await standings();
	expect(moved).toMatchObject([{ points: 7, split: 'train', rating: 7.5 }, second!]);
	await rewrite(other, 'Better.');
	await owner`update examples set family = 'f' where id = ${rated}`;
	expect(await standings()).toEqual(moved);
	await owner`update examples set deleted_at = now(), split = null where id = ${rated}`;
	expect(await standings()).toEqual([second]);
	await owner`update examples set deleted_at = null where id = ${rated}`;
	expect(await standings()).toMatchObject([{ points: 7, split: '', rating: 7.5 }, second!]);
	await owner`
		insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, deleted_at)
		values (${teamId}, ${projectId}, ${++number}, '[]', 'c', 'p', 1, 'written', now())`;
	expect(await standings()).toHaveLength(2);
});
