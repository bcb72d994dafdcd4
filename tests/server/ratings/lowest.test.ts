// The queue that begins with what is rated lowest goes by whole points along the key of the standings, and between them along an index of the rest.
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ProjectScope, type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { openCards } from '../../../src/lib/server/ratings/queue.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

type Rated = { rating: number | null; split: 'train' | 'validation' | null };

/** A project with these examples, numbered from 1 on; in a team of its own, where none is given. */
const placeOf = async (rows: Rated[], team?: Scope, slug = 'support') => {
	const scope = team ?? (await newTeam()).scope;
	await newProject(scope, { slug });
	const here = await inProject(scope, slug);
	await owner`
		insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, rating, ratings_count, split)
		select ${scope.teamId}, ${here.project.id}, n, '[]', int4send(n::int), int4send(n::int), 1, 'import', rating, 1, split
		from unnest(${rows.map(({ rating }) => rating)}::real[], ${rows.map(({ split }) => split)}::text[]) with ordinality as x (rating, split, n)`;
	await owner`update projects set next_example = ${rows.length + 1} where id = ${here.project.id}`;
	return here;
};

const look = (here: ProjectScope, filter: 'all' | 'below', seen: string[] = []) =>
	here.tx(async (tx) => {
		const reads = async () => {
			const [row] = await tx.$client`
				select coalesce(sum(idx_tup_fetch + seq_tup_read), 0)::int as rows from pg_stat_xact_user_tables
				where relname in ('examples', 'example_standings')`;
			return Number(row!.rows);
		};
		// one more question follows, inside the same transaction
		const unended = Object.assign(Object.create(tx) as typeof tx, { last: () => {} });
		const before = await reads();
		const { found } = await openCards(unended, here, { filter, sort: 'rating', seed: 1, seen });
		return { cards: found.map(({ example }) => example), read: (await reads()) - before };
	});

test('the lowest come first and of equal ones the newest, whole points, between two, and on any side', async () => {
	const ratings = fc.oneof(
		fc.constant(null),
		fc.integer({ min: 1, max: 10 }),
		fc.integer({ min: 2, max: 19 }).map((half) => half / 2),
		fc.integer({ min: 3, max: 30 }).map((third) => Math.fround(third / 3))
	);
	const row = fc.record({ rating: ratings, split: fc.constantFrom(null, 'train' as const, 'validation' as const) });
	await fc.assert(
		fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 40 }), async (rows) => {
			const here = await placeOf(rows);
			const order = rows
				.map(({ rating }, at) => ({ rating: rating ?? 11, number: at + 1 }))
				.sort((one, two) => one.rating - two.rating || two.number - one.number)
				.map(({ number }) => number);
			const first = (await look(here, 'all')).cards;
			expect(first.map(({ number }) => number)).toEqual(order.slice(0, 8));
			const seen = first.map(({ id }) => id);
			expect((await look(here, 'all', seen)).cards.map(({ number }) => number)).toEqual(order.slice(8, 16));
		}),
		{ numRuns: 15 }
	);
});

test('what is rated lower in another project takes nobody’s place', async () => {
	const { scope } = await newTeam();
	const eight = (rating: number): Rated[] => Array.from({ length: 8 }, () => ({ rating, split: null }));
	for (const [at, lower] of [1, 1.5].entries()) {
		await placeOf([...eight(9), ...eight(lower)], scope, `other-${at}`);
		const here = await placeOf([...eight(lower + 1), ...eight(9)], scope, `here-${at}`);
		expect((await look(here, 'all')).cards.map(({ number }) => number)).toEqual([8, 7, 6, 5, 4, 3, 2, 1]);
	}
});

let many: ProjectScope;
beforeAll(async () => {
	// in whole points from 3 on, half of the rest a third above
	many = await placeOf(
		Array.from({ length: 6_000 }, (_, at) => ({
			rating: 3 + (at % 7) + (at % 2) / 3,
			split: at % 5 === 0 ? ('validation' as const) : at % 3 === 0 ? null : ('train' as const)
		}))
	);
	await owner`analyze examples, example_standings`;
});

test.each(['all', 'below'] as const)('%s of thousands are found among a hundred', async (filter) => {
	const { cards, read } = await look(many, filter);
	expect(cards.map(({ rating }) => rating)).toEqual(Array.from({ length: 8 }, () => 3));
	expect(read).toBeLessThan(300);
	const seen = (await owner`select id from examples where project_id = ${many.project.id} and rating = 3`).map(
		({ id }) => id as string
	);
	const next = await look(many, filter, seen);
	expect(next.cards.map(({ rating }) => rating!.toFixed(3))).toEqual(Array.from({ length: 8 }, () => '3.333'));
});
