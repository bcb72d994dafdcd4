// What can be asked is drawn example by example (drawn_measures, measured_among): of a hundred thousand in validation no more are read than a comparison can have.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mostAsked } from '../../../src/lib/core/evaluations/plan.ts';
import { type ProjectScope, type Scope, type Tx, inProject } from '../../../src/lib/server/access/scope.ts';
import { drawing, measuredAmong } from '../../../src/lib/server/evaluations/asked.ts';
import { createEvaluation } from '../../../src/lib/server/evaluations/commands.ts';
import { fair } from '../../../src/lib/server/evaluations/contest.ts';
import { getFewShot } from '../../../src/lib/server/evaluations/few-shot.ts';
import { getSetUp } from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { addReadyRun, newContest, wish } from '../../support/data/evaluation.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { owner } from '../../support/database/owner.ts';
import { raw, rewriteHistory } from '../../support/database/raw.ts';

afterAll(() => closePools());

/** Two of three measure; some were deleted, some ask the same, of which the first may be on no side, and some nearly. \`learnt\`: so many of the first of them a run has trained on. */
const newPlace = async (size: number, learnt = 0) => {
	const { scope, as, project, run, connection, slug } = await newContest(0);
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`
			insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, family, tokens, rating, split, origin, deleted_at)
			select ${scope.teamId}, ${project.id}, n, json_build_array(json_build_object('role', 'user', 'content', 'Where is ' || n || '?'),
					json_build_object('role', 'assistant', 'content', 'There.')),
				convert_to('c' || n, 'UTF8'), convert_to('p' || case when n % 30 < 2 then n - n % 30 else n end, 'UTF8'),
				convert_to(case when n % 20 between 4 and 7 then 'f' || n / 20 when n % 50 = 9 then 'gone' when n % 150 = 11 then 'trains' end, 'UTF8'), 5, case when n % 4 > 0 then 1 + n % 19 / 2.0 end,
				case when n % 90 = 60 then null when n % 3 = 2 then 'train' else 'validation' end, 'import', case when n % 50 = 9 or n % 60 = 4 then now() end
			from generate_series(1, ${size}) n`;
		await sql`
			insert into run_prompts (team_id, project_id, run_id, prompt_hash)
			select distinct team_id, project_id, ${run.id}::uuid, prompt_hash from examples
			where project_id = ${project.id} and split = 'validation' and number <= ${learnt}`;
		await sql`update projects set next_example = ${size + 1}, compared = ${size} where id = ${project.id}`;
		await sql`select recount_examples()`;
	});
	await rewriteHistory('runs', (sql) => sql`update runs set hashed = true where id = ${run.id}`);
	await owner`vacuum analyze examples, example_standings`;
	return { scope, as, project, run, connection, slug, here: await inProject(scope, slug) };
};

/** Of each family that measures the example with the smallest number, as a query over all of them says. */
const leading = async (projectId: string) =>
	(
		await owner`
			select id from (
				select distinct on (coalesce(family, prompt_hash)) id, number from examples
				where project_id = ${projectId} and split = 'validation' and deleted_at is null
				order by coalesce(family, prompt_hash), number
			) first order by number`
	).map(({ id }) => id as string);

const drawn = (here: Scope, projectId: string, seed: number) =>
	here.tx(async (tx) => {
		const parts: string[][] = [];
		for await (const part of drawing(tx, projectId, 'validation', { seed, wanted: 1 }))
			parts.push(part.map(({ id }) => id));
		return parts;
	});

const readIn = async (tx: Tx) => {
	const [row] = await tx.$client`
		select coalesce(sum(seq_tup_read), 0) + coalesce(sum(idx_tup_fetch), 0) as rows from pg_stat_xact_user_tables
		where relname in ('examples', 'run_examples', 'run_prompts')`;
	return Number(row!.rows);
};
/** How many rows a use case reads, in one transaction. */
const readBy = (here: ProjectScope, ask: (inside: ProjectScope) => Promise<unknown>) =>
	here.tx(async (tx) => {
		const open: Scope['tx'] = (work) => work(Object.assign(Object.create(tx) as Tx, { last: () => {} }));
		const before = await readIn(tx);
		await ask({ ...here, tx: open, look: open, glance: open });
		return (await readIn(tx)) - before;
	});

let few: Awaited<ReturnType<typeof newPlace>>;
let many: Awaited<ReturnType<typeof newPlace>>;
beforeAll(async () => {
	few = await newPlace(2_600);
	many = await newPlace(12_000, 60);
});

test('one of each family, every one once, in an order that is the seed’s own', async () => {
	const { here, project } = few;
	const parts = await drawn(here, project.id, 7);
	expect(parts.length).toBeGreaterThan(2);
	const all = parts.flat();
	expect(all.toSorted()).toEqual((await leading(project.id)).toSorted());
	expect((await drawn(here, project.id, 7)).flat()).toEqual(all);
	const other = (await drawn(here, project.id, 8)).flat();
	expect(other).not.toEqual(all);
	expect(other.toSorted()).toEqual(all.toSorted());
});

test('a part begins behind the last of the part before', async () => {
	const { scope, project } = few;
	type Place = { place: string | null; number: number | null };
	const after = ({ place, number }: Place) =>
		raw(
			scope,
			(sql) => sql<Place[]>`select place::text, number from drawn_measures(${project.id}, 7, ${place}, ${number}, 25)`
		);
	const first = await after({ place: null, number: null });
	const second = await after(first.at(-1)!);
	const places = [...first, ...second].map(({ place }) => BigInt(place!));
	expect(places).toHaveLength(50);
	expect(places).toEqual([...new Set(places)].toSorted((one, two) => (one < two ? -1 : 1)));
});

test('what comes to lead its family between two parts is not drawn beside the one that did', async () => {
	const { here, project } = await newPlace(2_600);
	const drawnIds: string[] = [];
	await here.tx(async (tx) => {
		for await (const part of drawing(tx, project.id, 'validation', { seed: 7, wanted: 1 })) {
			// of each family that has led the first is deleted, whoever comes next leads
			if (drawnIds.length === 0)
				await rewriteHistory(
					'examples',
					(sql) => sql`update examples set deleted_at = now() where id = any (${part.map(({ id }) => id)}::uuid[])`
				);
			drawnIds.push(...part.map(({ id }) => id));
		}
	});
	const [row] = await owner`
		select count(*)::int as all, count(distinct coalesce(family, prompt_hash))::int as families from examples
		where id = any (${drawnIds}::uuid[])`;
	expect(row!.families).toBe(row!.all);
});

test('what a part begins with is any of them: no number is nearer to it than another', async () => {
	const { here, project } = few;
	const place = new Map((await leading(project.id)).map((id, at) => [id, at]));
	const firsts: number[] = [];
	for (let seed = 1; seed <= 40; seed++)
		for (const id of (await drawn(here, project.id, seed)).flat().slice(0, 50))
			firsts.push(place.get(id)! / place.size);
	// 2,000 of them: the mean of what is even is a half, give or take five times 1 / √(12 · 2,000)
	expect(Math.abs(firsts.reduce((sum, one) => sum + one, 0) / firsts.length - 0.5)).toBeLessThan(0.033);
});

test('what is wanted is read, and not all that measures', async () => {
	const { here, run } = many;
	const setUp = await readBy(here, (inside) => getSetUp(inside));
	const measuring = (await leading(many.project.id)).length;
	expect(measuring).toBeGreaterThan(2 * mostAsked);
	// each by itself, what it has in common with others, and whether a run has learnt it
	expect(setUp).toBeLessThan(3.5 * (mostAsked + 500));
	const made = await readBy(here, (inside) => createEvaluation(inside, wish(run.id, 10, { maxTokens: 50 })));
	expect(made).toBeLessThan(3.5 * 510);
	const shown = await readBy(here, (inside) => getFewShot(inside, { examples: 5 }));
	expect(shown).toBeLessThan(1_500);
});

test('as many as a comparison can have are counted, and those that a run has learnt are left out', async () => {
	const { here, run, project } = many;
	const { validation, runs } = await getSetUp(here);
	const leaks = new Set(runs.find(({ id }) => id === run.id)!.leaks);
	expect(validation - leaks.size).toBeGreaterThanOrEqual(mostAsked);
	expect(validation).toBeLessThanOrEqual(mostAsked + 500);
	const all = await leading(project.id);
	const known = await owner`
		select id from examples where project_id = ${project.id} and split = 'validation' and number <= 60`;
	const isKnown = new Set(known.map(({ id }) => id as string));
	for (const id of leaks) expect(isKnown.has(id)).toBe(true);
	const chosen = await here.tx((tx) =>
		fair(tx, project.id, { runIds: [run.id], fewShots: [] }, 'validation', { most: 20_000, seed: 3 })
	);
	expect(chosen.toSorted()).toEqual(all.filter((id) => !isKnown.has(id)).toSorted());
});

test('where nearly all is known the others are found, and how few there are is said', async () => {
	const { here, run, project } = await newPlace(3_000, 2_990);
	const all = await leading(project.id);
	const { validation, runs } = await getSetUp(here);
	const left = validation - runs.find(({ id }) => id === run.id)!.leaks.length;
	expect(validation).toBe(all.length);
	expect(left).toBeGreaterThan(0);
	expect(left).toBeLessThan(10);
	await expect(createEvaluation(here, wish(run.id, left + 1))).rejects.toMatchObject({
		code: 'invalid',
		message: expect.stringContaining(`Only ${left} validation prompts`)
	});
	await createEvaluation(here, wish(run.id, left));
});

test('whether something measures is looked up by what it asks and by its family, as long as it is there', async () => {
	const { here, project } = few;
	const hex = (text: string) => Buffer.from(text).toString('hex');
	// p3 measures, p2 trains, p9 was deleted; f0 is of 4 to 7, of which 4 was deleted and 5 trains
	const names = ['p3', 'p2', 'p9', 'f0', 'gone', 'trains', 'nothing'].map(hex);
	const found = await here.tx((tx) => measuredAmong(tx, project.id, names));
	expect([...found].toSorted()).toEqual(['p3', 'f0'].map(hex).toSorted());
});

test('what measures in another project is neither drawn nor in the way, whatever number it has there', async () => {
	const { scope, here, project } = few;
	const { project: other } = await newProject(scope, { slug: 'other' });
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		// the same questions the other way round, all in validation, and a family of its own
		await sql`
			insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, family, tokens, split, origin)
			select ${scope.teamId}, ${other.id}, n, '[]', convert_to('c' || 2600 - n, 'UTF8'), convert_to('p' || 2600 - n, 'UTF8'),
				case when n < 3 then convert_to('f of its own', 'UTF8') when (2600 - n) % 20 between 4 and 7 then convert_to('f' || (2600 - n) / 20, 'UTF8') end,
				5, 'validation', 'import'
			from generate_series(1, 300) n`;
		await sql`update projects set next_example = 301, compared = 300 where id = ${other.id}`;
		await sql`select recount_examples()`;
	});
	const there = await inProject(scope, 'other');
	for (const one of [here, there])
		expect((await drawn(one, one.project.id, 7)).flat().toSorted()).toEqual((await leading(one.project.id)).toSorted());
	// p2300 trains here
	const names = ['p2300', 'f of its own'].map((text) => Buffer.from(text).toString('hex'));
	const measured = async (id: string) => [...(await here.tx((tx) => measuredAmong(tx, id, names)))].toSorted();
	expect(await measured(project.id)).toEqual([]);
	expect(await measured(other.id)).toEqual(names.toSorted());
});

test('of another project, another team, for a rater or a trainer of another project there is nothing', async () => {
	const { scope, as, here, project } = few;
	const { project: beside } = await newProject(scope, { slug: 'beside' });
	expect(await drawn(here, beside.id, 1)).toEqual([[]]);
	const draw = (who: Scope) => raw(who, (sql) => sql`select from drawn_measures(${project.id}, 1, null, null, 10)`);
	expect(await draw(scope)).toHaveLength(10);
	const strangers = [(await newTeam()).scope, await as('trainer', [beside.id]), await as('rater')];
	for (const who of strangers) expect(await draw(who)).toHaveLength(0);
	const names = `{"\\\\x${Buffer.from('p3').toString('hex')}"}`;
	const look = (who: Scope) => raw(who, (sql) => sql`select from measured_among(${project.id}, ${names}::bytea[])`);
	expect(await look(scope)).toHaveLength(1);
	for (const who of strangers.slice(0, 2)) expect(await look(who)).toHaveLength(0);
	const other = await addReadyRun(scope, { projectId: beside.id, connectionId: few.connection.id });
	const { validation } = await getSetUp(await inProject(scope, 'beside'));
	expect([validation, other.projectId]).toEqual([0, beside.id]);
});
