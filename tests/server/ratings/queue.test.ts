import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { inProject, together } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { nextCards } from '../../../src/lib/server/ratings/queries.ts';
import { keptOf } from '../../../src/lib/server/runs/kept.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

/** A project of so many examples, in one statement. */
const newPlace = async (count: number) => {
	const team = await newTeam();
	await newProject(team.scope);
	const here = await inProject(team.scope, 'support');
	await owner`
		insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
		select ${team.teamId}, ${here.project.id}, n, '[]', int4send(n), int4send(n), 1, 'import' from generate_series(1, ${count}) n`;
	await owner`update projects set next_example = ${count + 1} where id = ${here.project.id}`;
	return { ...team, here };
};

test('a random queue of many is drawn: the same for a seed, each example once, and all of it open', async () => {
	const { here, as } = await newPlace(20_050);
	for (const who of [here, await inProject(await as('rater'), 'support')]) {
		const draw = (seed: number, seen: string[] = []) =>
			nextCards(who, { filter: 'unrated', sort: 'random', seed, seen });
		const first = await draw(5);
		expect([first.cards.length, first.left]).toEqual([8, 20_050]);
		expect((await draw(5)).cards).toEqual(first.cards);
		expect((await draw(6)).cards).not.toEqual(first.cards);
		const seen = first.cards.map(({ id }) => id);
		const next = await draw(5, seen);
		expect(next.left).toBe(20_042);
		expect(next.cards.filter(({ id }) => seen.includes(id))).toEqual([]);
		await rateExample(here, { exampleId: next.cards[0]!.id, score: 3, clientId: randomUUID() });
		const own = (await draw(5, seen)).cards.some(({ id }) => id === next.cards[0]!.id);
		expect(own).toBe(who !== here); // another's rating takes nothing out of a rater's queue
	}
});

// How many are left was counted by two statements: a rating between them was taken off one and not off the other.
test('what a page shows is of one moment, whatever is rated meanwhile', async () => {
	const { here } = await newPlace(12);
	const look = { filter: 'unrated' as const, sort: 'newest' as const, seed: 1, seen: [] };
	const shown = await together(here, async (scope) => {
		const before = await nextCards(scope, look);
		await rateExample(here, { exampleId: before.cards[0]!.id, score: 3, clientId: randomUUID() });
		return { before, after: await nextCards(scope, look) };
	});
	expect(shown.before.left).toBe(12);
	expect(shown.after).toEqual(shown.before);
	expect((await nextCards(here, look)).left).toBe(11);
});

test('the queues of everybody’s scores come in their order, whatever the kind', async () => {
	const { here } = await newPlace(12);
	const { cards } = await nextCards(here, { filter: 'all', sort: 'newest', seed: 1, seen: [] });
	const rate = (number: number, score: number) =>
		rateExample(here, { exampleId: cards.find((card) => card.number === number)!.id, score, clientId: randomUUID() });
	for (const [number, score] of [
		[5, 7],
		[8, 2],
		[11, 7],
		[12, 10]
	] as const)
		await rate(number, score);
	const queue = async (filter: 'all' | 'unrated' | 'below', sort: 'newest' | 'rating') =>
		(await nextCards(here, { filter, sort, seed: 1, seen: [] })).cards.map(({ number }) => number);
	expect(await queue('unrated', 'newest')).toEqual([10, 9, 7, 6, 4, 3, 2, 1]);
	expect(await queue('unrated', 'rating')).toEqual([10, 9, 7, 6, 4, 3, 2, 1]);
	expect(await queue('below', 'newest')).toEqual([11, 8, 5]);
	expect(await queue('below', 'rating')).toEqual([8, 11, 5]);
	expect(await queue('all', 'rating')).toEqual([8, 11, 5, 12, 10, 9, 7, 6]);
});

test('the newest of another project take nobody’s place in a queue', async () => {
	const { here, scope, teamId } = await newPlace(2);
	const { project } = await newProject(scope, { slug: 'other' });
	await owner`
		insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
		select ${teamId}, ${project.id}, n, '[]', int4send(n), int4send(n), 1, 'import' from generate_series(11, 30) n`;
	const { cards, left } = await nextCards(here, { filter: 'unrated', sort: 'newest', seed: 1, seen: [] });
	expect([cards.map(({ number }) => number), left]).toEqual([[2, 1], 2]);
});

test('what a voter has given in another project takes nothing out of the queue of this one', async () => {
	const { here, scope, teamId, as } = await newPlace(2);
	const { project } = await newProject(scope, { slug: 'other' });
	await owner`
		insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
		select ${teamId}, ${project.id}, n, '[]', int4send(n), int4send(n), 1, 'import' from generate_series(1, 3) n`;
	const rater = await as('rater');
	for (const voter of [{ ...scope, userId: here.userId }, rater]) {
		const there = await inProject(voter, 'other');
		for (const { id } of await owner`select id from examples where project_id = ${project.id}`)
			await rateExample(there, { exampleId: id as string, score: 3, clientId: randomUUID() });
	}
	// somebody has to be the first, where the second is asked for
	const { cards } = await nextCards(here, { filter: 'all', sort: 'newest', seed: 1, seen: [] });
	for (const { id } of cards)
		await rateExample(await inProject(await as('trainer'), 'support'), {
			exampleId: id,
			score: 3,
			clientId: randomUUID()
		});
	for (const [voter, filter] of [
		[here, 'second'],
		[await inProject(rater, 'support'), 'unrated']
	] as const) {
		const queue = await nextCards(voter, { filter, sort: 'newest', seed: 1, seen: [] });
		expect([queue.cards.map(({ number }) => number), queue.left], filter).toEqual([[2, 1], 2]);
	}
});

test('what was looked through is asked again once an example has changed, and not before', async () => {
	const { here, scope, teamId } = await newPlace(3);
	const [example] = await owner`select id from examples where project_id = ${here.project.id} limit 1`;
	const { project: other } = await newProject(scope, { slug: 'other' });
	let looks = 0;
	const look = () => here.look(async (tx) => (await keptOf(tx, here.project.id))('test', async () => ++looks));
	expect([await look(), await look()]).toEqual([1, 1]);
	await owner`insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
		values (${teamId}, ${other.id}, 1, '[]', '1', '1', 1, 'import')`;
	expect(await look(), 'what another project got').toBe(1);
	await rateExample(here, { exampleId: example!.id, score: 4, clientId: randomUUID() });
	expect([await look(), await look()]).toEqual([2, 2]);
	await owner`update examples set deleted_at = now() where id = ${example!.id}`;
	expect([await look(), await look()]).toEqual([3, 3]);
});
