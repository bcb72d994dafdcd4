// What counters say against what is there, whoever does what at the same moment: a seeded loop of mixed acts.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { randomFrom } from '../../bench/measure.ts';
import { AppError } from '../../../src/lib/core/errors.ts';
import { type ProjectScope, type Scope, inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { deleteExamples, importExamples, restoreExamples } from '../../../src/lib/server/examples/commands.ts';
import { countExamples, ratingHistogram } from '../../../src/lib/server/examples/queries.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { rateExample, rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { nextCards } from '../../../src/lib/server/ratings/queries.ts';
import { comparisons } from '../../../src/lib/server/verify/comparisons.ts';
import { moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { raw } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

/** Calls at the same moment, and how often; `npm run conformance -- rounds` has thousands. */
const atOnce = 6;
const rounds = Math.ceil(Number(process.env.MIXED ?? 72) / atOnce);

const counters = comparisons.filter(({ sql }) => /example_counts|own_counts|example_standings/.test(sql));
/** Where counters and rows differ, in words. */
const differences = async (slug: string) =>
	(
		await Promise.all(
			counters.map(async ({ sql, says }) => (await owner.unsafe(sql)).map((row) => [row, says(row)] as const))
		)
	)
		.flat()
		.filter(([row]) => row.team === slug)
		.map(([, sentence]) => sentence);

const lines = (from: number, count: number) =>
	Array.from({ length: count }, (_, i) => ({
		number: i + 1,
		text: JSON.stringify({
			messages: [
				{ role: 'user', content: `Question ${from + i}?` },
				{ role: 'assistant', content: `Answer ${from + i}.` }
			],
			...(i % 3 === 0 && { rating: 1 + (i % 10) }),
			...(i % 4 === 0 && { rewrite: `Better ${i}.` }),
			...(i % 5 === 0 && { split: i % 10 === 0 ? 'validation' : 'train' })
		})
	}));

/** Of this file's database. What a connection has met it tells within a second. */
const deadlocks = async () => {
	await new Promise((told) => setTimeout(told, 1_100));
	const [row] = await owner`select deadlocks::int as met from pg_stat_database where datname = current_database()`;
	return row!.met as number;
};

const newPlace = async () => {
	const team = await newTeam();
	await newProject(team.scope);
	const here = await inProject(team.scope, 'support');
	await importExamples(here, { fileName: 'a.jsonl', lines: lines(0, 40) });
	const rows = await owner`select id from examples where team_id = ${team.teamId} order by number`;
	return { ...team, here, ids: rows.map(({ id }) => id as string) };
};

test(
	'what many do to the same examples at the same moment is counted, every time',
	{ timeout: 90_000 + 100 * rounds * atOnce },
	async () => {
		const { slug, here, ids, as } = await newPlace();
		const people: ProjectScope[] = [here];
		for (const role of ['trainer', 'rater', 'rater'] as const) people.push(await inProject(await as(role), 'support'));
		expect(await differences(slug)).toEqual([]);
		const random = randomFrom(23);
		const some = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
		const few = () => ids.filter(() => random() < 0.15);
		let imported = 1_000;
		const acts: (() => Promise<unknown>)[] = [
			() =>
				rateExample(some(people), {
					exampleId: some(ids),
					score: 1 + Math.floor(random() * 10),
					clientId: randomUUID()
				}),
			() => rateExample(some(people), { exampleId: some(ids), score: null, clientId: randomUUID() }),
			() =>
				rewriteExample(some(people), {
					exampleId: some(ids),
					output: `Text ${some([1, 2, 3])}`,
					score: 9,
					clientId: randomUUID()
				}),
			() => deleteExamples(here, { ids: few() }),
			() => restoreExamples(here, { ids: few() }),
			() => moveExamples(here, { ids: few(), side: some(['train', 'unassigned'] as const) }),
			() => importExamples(here, { fileName: 'b.jsonl', lines: lines((imported += 100), 12) })
		];
		const often = [acts[0]!, acts[0]!, acts[0]!, acts[2]!, ...acts];
		const before = await deadlocks();
		for (let round = 0; round < rounds; round++) {
			const done = await Promise.allSettled(Array.from({ length: atOnce }, () => some(often)()));
			// some act is refused now and then: deleted examples are not rated, measures do not move; nothing else goes wrong
			for (const one of done) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(AppError);
			if (round < 12 || round % 20 === 0) expect(await differences(slug), `round ${round}`).toEqual([]);
		}
		expect(await deadlocks()).toBe(before);
		const there =
			await owner`select count(*)::int as n from examples e join teams t on t.id = e.team_id where t.slug = ${slug} and e.deleted_at is null`;
		const counts = await countExamples(here);
		expect(counts.total).toBe(there[0]!.n);
		expect(counts.unrated + counts.bad + counts.okay + counts.great).toBe(counts.total);
		expect((await ratingHistogram(here)).reduce((sum, n) => sum + n)).toBe(counts.total - counts.unrated);
		for (const person of people.slice(2)) {
			const { left } = await nextCards(person, { filter: 'unrated', sort: 'newest', seed: 1, seen: [] });
			const mine = await countExamples(person);
			expect(left).toBe(mine.unrated);
			expect(mine.train + mine.validation + mine.unassigned).toBe(0);
		}
	}
);

test('nobody waits for a counter: while one has rated and not ended, another rates and ends', async () => {
	const { slug, ids, here } = await newPlace();
	const rate = (scope: Scope, id: string) =>
		raw(
			scope,
			(sql) => sql`insert into ratings (project_id, example_id, person_id, score, client_id)
				values (${here.project.id}, ${id}, ${scope.userId}, 7, gen_random_uuid())`
		);
	await raw(here, async (sql) => {
		await sql`insert into ratings (project_id, example_id, person_id, score, client_id)
			values (${here.project.id}, ${ids[0]!}, ${here.userId}, 7, gen_random_uuid())`;
		await rate(here, ids[1]!); // it would wait for ever
	});
	expect(await differences(slug)).toEqual([]);
	const slots = await owner`select distinct slot from example_counts where project_id = ${here.project.id} order by 1`;
	expect(slots.length).toBeGreaterThan(1);
});

test('a project that is purged takes its counters along', async () => {
	const { here, scope } = await newPlace();
	await newProject(scope, { slug: 'two' });
	const two = await inProject(scope, 'two');
	await importExamples(two, { fileName: 'a.jsonl', lines: lines(0, 6) });
	for (const { project } of [here, two])
		await owner`insert into example_signatures (team_id, project_id, block, bits) values (${scope.teamId}, ${project.id}, 0, '')`;
	/** How many rows of each kind, by project. */
	const counters = async ({ project: { id } }: ProjectScope) =>
		(
			await owner`select
				(select count(*)::int from example_counts where project_id = ${id}) as examples,
				(select count(*)::int from own_counts where project_id = ${id}) as own,
				(select count(*)::int from example_signatures where project_id = ${id}) as signatures,
				(select count(*)::int from example_standings where project_id = ${id}) as standings`
		)[0]!;
	const none = { examples: 0, own: 0, signatures: 0, standings: 0 };
	const before = await counters(two);
	for (const counted of [before, await counters(here)])
		for (const rows of Object.values(counted)) expect(rows).toBeGreaterThan(0);
	await owner`delete from projects where id = ${here.project.id}`;
	expect(await counters(here)).toEqual(none);
	expect(await counters(two)).toEqual(before);
});

test('what is rolled back is not counted', async () => {
	const { slug, ids, here } = await newPlace();
	const before = await countExamples(here);
	const trying = new Error('only trying');
	await raw(here, async (sql) => {
		await sql`update examples set deleted_at = now() where id = any (${ids}::uuid[])`;
		throw trying;
	}).catch((problem) => expect(problem).toBe(trying));
	expect(await countExamples(here)).toEqual(before);
	expect(await differences(slug)).toEqual([]);
});

test('only triggers write counters, and a rater reads none of everybody’s', async () => {
	const { here, as } = await newPlace();
	const rater = await inProject(await as('rater'), 'support');
	for (const scope of [here, rater])
		for (const [table, column] of Object.entries({
			example_counts: 'count',
			own_counts: 'count',
			example_standings: 'rating'
		}))
			await raw(scope, async (sql) => {
				expect((await sql`update ${sql(table)} set ${sql(column)} = 0`).count).toBe(0);
				expect((await sql`delete from ${sql(table)}`).count).toBe(0);
			});
	expect(await raw(rater, (sql) => sql`select from example_counts`)).toHaveLength(0);
	expect(await raw(rater, (sql) => sql`select from example_standings`)).toHaveLength(0);
	for (const deed of ['recount_examples()', 'count_own(null, null, 1)', 'free_slot(null)'])
		await expect(raw(here, (sql) => sql.unsafe(`select ${deed}`))).rejects.toMatchObject({ code: '42501' });
});

test('the questions of a rater tell of the team, the projects and the person who asks', async () => {
	const { here, as, scope } = await newPlace();
	await newProject(scope, { slug: 'two' });
	const two = await inProject(scope, 'two');
	await importExamples(two, { fileName: 'a.jsonl', lines: lines(0, 3) });
	const there = (who: Scope) => raw(who, (sql) => sql`select count::int from examples_there() order by 1`);
	const given = (who: Scope) => raw(who, (sql) => sql`select sum(count)::int as n from own_scores_given()`);
	expect(await there(await as('rater'))).toMatchObject([{ count: 3 }, { count: 40 }]);
	expect(await there(await as('rater', [two.project.id]))).toMatchObject([{ count: 3 }]);
	expect(await there((await newTeam()).scope)).toHaveLength(0);
	const rater = await as('rater');
	expect(await there(scopeFor({ ...rater, role: 'guest' as never }))).toHaveLength(0);
	expect((await plainPool()`select from examples_there()`).length).toBe(0);
	// the owner's file brought scores, every third line's
	expect(await given(scope)).toMatchObject([{ n: 15 }]);
	expect(await given(await as('rater'))).toMatchObject([{ n: null }]);
	// who is in another team too has given there what they have given there; who is nobody here has given nothing
	const other = await newPlace();
	await owner`insert into members (team_id, person_id, role) values (${other.teamId}, ${rater.userId}, 'rater')`;
	const elsewhere = scopeFor({ teamId: other.teamId, userId: rater.userId, role: 'rater', projectIds: 'all' });
	await rateExample(await inProject(elsewhere, 'support'), {
		exampleId: other.ids[0]!,
		score: 3,
		clientId: randomUUID()
	});
	expect(await given(rater)).toMatchObject([{ n: null }]);
	expect(await given(elsewhere)).toMatchObject([{ n: 1 }]);
	expect(await given(scopeFor({ ...elsewhere, role: 'guest' as never }))).toMatchObject([{ n: null }]);
	expect(await given(scopeFor({ ...elsewhere, projectIds: [other.here.project.id] }))).toMatchObject([{ n: 1 }]);
	expect(await given(scopeFor({ ...elsewhere, projectIds: [randomUUID()] }))).toMatchObject([{ n: null }]);
	// what was taken back is no row of 0
	await rateExample(await inProject(elsewhere, 'support'), {
		exampleId: other.ids[0]!,
		score: null,
		clientId: randomUUID()
	});
	expect(await raw(elsewhere, (sql) => sql`select from own_scores_given()`)).toHaveLength(0);
	const limited = await as('trainer', [two.project.id]);
	expect(await raw({ ...limited, ...here, tx: limited.tx }, (sql) => sql`select from own_scores_given()`)).toHaveLength(
		0
	);
});
