// A rating alone, and a change of one example, go a way of their own through derive_ratings and follow_examples (drizzle/functions). It leads where the one for many rows leads.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomFrom } from '../../bench/measure.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { comparisons } from '../../../src/lib/server/verify/comparisons.ts';
import { addExamples } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { raw } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const questions = ['One?', 'Two?', 'Three?', 'Four?', 'Five?', 'Six?'];
let team: Awaited<ReturnType<typeof newTeam>>;
let voters: Scope[];
beforeAll(async () => {
	team = await newTeam();
	voters = await Promise.all([team.as('trainer'), team.as('rater'), team.as('rater')]);
});

const newPlace = async (slug: string) => {
	const { project } = await newProject(team.scope, { slug });
	return { project: project.id, ids: await addExamples(team.scope, project.id, questions, { split: null }) };
};
type Place = Awaited<ReturnType<typeof newPlace>>;

/** What stands in a project because of what people said, by the numbers of its examples. */
const standing = async ({ project }: Place) => ({
	examples: await owner`select number, rating, ratings_count, split, rewrite, deleted_at is null as there
		from examples where project_id = ${project} order by number`,
	standings:
		await owner`select number, points, split, rating from example_standings where project_id = ${project} order by number`,
	counts: await owner`
		select split, points, rewritten, trained, sum(count)::int as count, sum(tokens)::int as tokens, trim_scale(sum(ratings))::text as ratings
		from example_counts where project_id = ${project} group by 1, 2, 3, 4 having sum(count) <> 0 order by 1, 2, 3, 4`,
	own: await owner`select person_id, score, sum(count)::int as count
		from own_counts where project_id = ${project} group by 1, 2 having sum(count) <> 0 order by 1, 2`
});

const differences = async () => {
	const rows = await Promise.all(comparisons.map(({ sql }) => owner.unsafe(sql)));
	// the examples were put there by hand, past the project's next number
	return rows.flat().filter((row) => row.team === team.slug && row.next === undefined);
};

type Row = { example: number; score: number | null; text: string | null };
const rated = (who: Scope, { project, ids }: Place, rows: Row[]) =>
	raw(
		who,
		(sql) =>
			sql`insert into ratings ${sql(
				rows.map(({ example, score, text }) => ({
					project_id: project,
					example_id: ids[example]!,
					person_id: who.userId,
					score,
					...(text !== null && { text: Buffer.from(text, 'hex') }),
					client_id: randomUUID()
				}))
			)}`
	);

test('ratings one by one leave what the same ratings leave in one statement', async () => {
	const [alone, together] = [await newPlace('alone'), await newPlace('together')];
	const random = randomFrom(31);
	const upTo = (n: number) => Math.floor(random() * n);
	for (let round = 0; round < 40; round++) {
		const who = voters[upTo(3)]!;
		// of the original answer although another text stands, now and then
		const text = random() < 0.2 ? '' : null;
		const rows = Array.from({ length: 2 + upTo(4) }, () => ({
			example: upTo(questions.length),
			score: random() < 0.2 ? null : 1 + upTo(10),
			text
		}));
		for (const row of rows) await rated(who, alone, [row]);
		await rated(who, together, rows);
		const [example, what] = [upTo(questions.length), random()];
		for (const { project, ids } of [alone, together]) {
			if (what < 0.4) await raw(who, (sql) => sql`select settle_rating(${ids[example]!})`);
			else if (what < 0.6)
				await raw(
					who,
					(sql) => sql`insert into rewrites (project_id, example_id, person_id, output, client_id)
						values (${project}, ${ids[example]!}, ${who.userId}, ${`Text ${round % 3}`}, ${randomUUID()})`
				);
			else if (what < 0.8)
				await owner`update examples set deleted_at = case when deleted_at is null then now() end where id = ${ids[example]!}`;
		}
		expect(await standing(alone), `round ${round}`).toEqual(await standing(together));
	}
	expect(await differences()).toEqual([]);
	const [said] = await owner`select count(*)::int as n, count(*) filter (where settled)::int as settled
		from ratings where project_id = ${alone.project}`;
	expect(said!.n).toBeGreaterThan(80);
	expect(said!.settled).toBeGreaterThan(3);
});

test('an example that is rated alone is counted among those of its kind, which may differ in one thing', async () => {
	const place = await newPlace('kinds');
	const kinds = [`split = 'train'`, `split = 'train', rewrite = 'Better.'`, `split = 'train', trained = true`];
	for (const [at, kind] of kinds.entries())
		for (const id of place.ids.slice(2 * at, 2 * at + 2))
			await owner.unsafe(`update examples set ${kind} where id = $1`, [id]);
	const found = async () => {
		const counts = await owner`
			select coalesce(split, '') as split, coalesce(floor(rating), 0)::int as points, rewrite is not null as rewritten, trained,
				count(*)::int as count, sum(tokens)::int as tokens, trim_scale(sum(rating::numeric))::text as ratings
			from examples where project_id = ${place.project} group by 1, 2, 3, 4 order by 1, 2, 3, 4`;
		const standings = await owner`
			select number, floor(rating)::int as points, split, rating from examples where project_id = ${place.project} order by number`;
		return { counts, standings };
	};
	for (const rating of [5, 5.5, 9, 5])
		for (const id of place.ids.toReversed()) {
			await owner`update examples set rating = ${rating} where id = ${id}`;
			const { counts, standings } = await standing(place);
			expect({ counts, standings }, `${rating} of ${place.ids.indexOf(id)}`).toEqual(await found());
		}
});

test('examples changed one by one stand where the same changes in one statement put them', async () => {
	const [alone, together] = [await newPlace('one-by-one'), await newPlace('at-once')];
	const changes = [
		`split = 'train'`,
		`rating = 7.5, ratings_count = 2`,
		`rating = 7, ratings_count = 1`,
		`tokens = tokens`,
		`rewrite = 'Better.'`,
		`split = 'validation'`,
		`deleted_at = now()`,
		`deleted_at = null`,
		`rating = null, ratings_count = 0`,
		`family = prompt_hash`,
		`trained = true`
	];
	for (const change of changes) {
		for (const id of alone.ids.slice(1, 5)) await owner.unsafe(`update examples set ${change} where id = $1`, [id]);
		await owner.unsafe(`update examples set ${change} where id = any ($1)`, [together.ids.slice(1, 5)]);
		expect(await standing(alone), change).toEqual(await standing(together));
	}
});

test('of a voter who shares an id with a key, each has a score of their own', async () => {
	const { project, ids } = await newPlace('shared-id');
	const [who] = voters;
	await rated(who!, { project, ids }, [{ example: 0, score: 4, text: null }]);
	// nobody can: an id is given once
	const asScript = (score: number) => owner`
		insert into ratings (team_id, project_id, example_id, person_id, voter, score, text, client_id)
		values (${team.teamId}, ${project}, ${ids[0]!}, ${who!.userId}, 'script', ${score}, '', ${randomUUID()})`;
	await asScript(9);
	expect((await standing({ project, ids })).own).toMatchObject([
		{ score: 4, count: 1 },
		{ score: 9, count: 1 }
	]);
	await asScript(2);
	expect((await standing({ project, ids })).own).toMatchObject([
		{ score: 2, count: 1 },
		{ score: 4, count: 1 }
	]);
	// nor do several of a script at once count in the mean
	await owner`
		insert into ratings (team_id, project_id, example_id, person_id, voter, score, text, client_id)
		select ${team.teamId}, ${project}, ${ids[0]!}, ${who!.userId}, 'script', score, '', gen_random_uuid() from unnest(array[1, 10]) score`;
	expect((await standing({ project, ids })).examples[0]).toMatchObject({ rating: 4, ratings_count: 1 });
});

test('what a change of an example says nothing of is not written', async () => {
	const { project, ids } = await newPlace('as-it-was');
	const [who] = voters;
	await rated(who!, { project, ids }, [{ example: 0, score: 4, text: null }]);
	const written = async () => {
		const [row] = await owner`select e.xmin::text as example, s.xmin::text as standing,
				(select string_agg(c.xmin::text, ' ' order by c.person_id, c.score) from own_counts c where c.project_id = e.project_id) as own
			from examples e join example_standings s on s.project_id = e.project_id and s.number = e.number where e.id = ${ids[0]!}`;
		return row!;
	};
	const before = await written();
	// the same score again, and one for a text that does not stand
	await rated(who!, { project, ids }, [{ example: 0, score: 4, text: null }]);
	await rated(who!, { project, ids }, [{ example: 0, score: 9, text: 'ab' }]);
	const same = { example: 0, score: 4, text: null };
	await rated(who!, { project, ids }, [same, same]);
	expect(await written()).toEqual(before);
	await owner`update examples set trained = true where id = ${ids[0]!}`;
	const after = await written();
	expect(after.standing).toBe(before.standing);
	expect(after.example).not.toBe(before.example);
});
