// What follows from changes of many examples that are mixed in one statement, against all of it counted anew.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { randomFrom } from '../../../bench/measure.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { rewriteHistory } from '../../../support/database/raw.ts';
import { newProject, newTeam } from '../../../support/data/team.ts';

/** They forbid what the owner of the tables may do all the same, with a word of it: what follows from it is right even so. */
const guards = ['examples_frozen', 'examples_lock', 'examples_trained'];

const owner = postgres(process.env.DATABASE_URL!, {
	max: 1,
	onnotice: () => {}
});
afterAll(async () => {
	await owner.end();
	await closePools();
});

type Side = 'train' | 'validation' | null;
type Row = {
	id: string;
	team: string;
	project: string;
	number: number;
	prompt: string;
	family: string | null;
	split: Side;
	isDeleted: boolean;
	trained: boolean;
	reserved: boolean;
	rating: number | null;
	rewrite: string | null;
	tokens: number;
};

/** What a change may not bring about, as people say it: which code, or none. */
const leaksOf = (before: Row[], after: Row[], pairs: Set<string>): Set<string> => {
	const found = new Set<string>();
	for (const [at, n] of after.entries()) {
		const o = before[at]!;
		const holds = n.split !== null && (!n.isDeleted || n.split === 'validation');
		const moved = n.split !== o.split || n.prompt !== o.prompt || (!n.isDeleted && o.isDeleted);
		if (!holds || !moved) continue;
		if (n.split === 'validation' && pairs.has(n.project + n.prompt)) found.add('AI009');
		for (const x of after) {
			if (x.id === n.id || x.project !== n.project || x.team !== n.team) continue;
			const isOther =
				n.split === 'validation'
					? x.trained || x.reserved || (x.split === 'train' && !x.isDeleted)
					: x.split === 'validation';
			if (!isOther) continue;
			if (x.prompt === n.prompt) found.add('AI003');
			if (n.family && x.family === n.family) found.add('AI008');
		}
	}
	return found;
};

const differences = async (teams: string[]) => ({
	counts: await owner`
		with kept as (
			select project_id, split, points, rewritten, trained, sum(count)::int as count, sum(tokens)::int as tokens, sum(ratings) as ratings
			from example_counts where team_id = any (${teams}) group by 1, 2, 3, 4, 5
		), anew as (
			select project_id, coalesce(split, '') as split, whole_points(rating) as points, rewrite is not null as rewritten, trained,
				count(*)::int as count, sum(tokens)::int as tokens, coalesce(sum(rating::numeric), 0) as ratings
			from examples where team_id = any (${teams}) and deleted_at is null group by 1, 2, 3, 4, 5
		)
		select * from kept full join anew using (project_id, split, points, rewritten, trained)
		where (coalesce(kept.count, 0), coalesce(kept.tokens, 0), coalesce(kept.ratings, 0)) is distinct from (coalesce(anew.count, 0), coalesce(anew.tokens, 0), coalesce(anew.ratings, 0))`,
	standings: await owner`
		with anew as (
			select team_id, project_id, whole_points(rating) as points, coalesce(split, '') as split, number, rating
			from examples where team_id = any (${teams}) and deleted_at is null
		), kept as (select team_id, project_id, points, split, number, rating from example_standings where team_id = any (${teams}))
		(select 'too many', * from (select * from kept except all select * from anew) x) union all
		(select 'missing', * from (select * from anew except all select * from kept) x)`,
	own: await owner`
		with kept as (
			select project_id, person_id, score, sum(count)::int as count from own_counts where team_id = any (${teams}) group by 1, 2, 3
		), anew as (
			select project_id, person_id, score, count(*)::int as count from (
				select e.project_id, r.person_id, (array_agg(r.score order by r.seq desc))[1] as score from ratings r join examples e on e.team_id = r.team_id and e.id = r.example_id
				where e.team_id = any (${teams}) and e.deleted_at is null and r.text = text_mark(e.rewrite)
				group by e.id, e.project_id, r.person_id
			) x where score is not null group by 1, 2, 3
		)
		select * from kept full join anew using (project_id, person_id, score) where coalesce(kept.count, 0) <> coalesce(anew.count, 0)`
});

test.each([1, 2, 3])('mixed changes of many rows in one statement, seed %i', async (seed) => {
	const random = randomFrom(seed);
	const among = <T>(all: T[]): T => all[Math.floor(random() * all.length)]!;
	const [a, b] = [await newTeam(), await newTeam()];
	const places = [
		{ team: a.scope.teamId, project: (await newProject(a.scope)).project.id },
		{
			team: a.scope.teamId,
			project: (await newProject(a.scope, { slug: 'other' })).project.id
		},
		{ team: b.scope.teamId, project: (await newProject(b.scope)).project.id }
	];
	const prompts = Array.from({ length: 40 }, () => randomUUID());
	const families = Array.from({ length: 6 }, () => randomUUID());
	const pairs = new Set<string>();
	const people = [randomUUID(), randomUUID()];
	let rows: Row[] = [];
	for (const place of places)
		for (let number = 1; number <= 24; number++)
			rows.push({
				...place,
				id: randomUUID(),
				number,
				prompt: among(prompts),
				family: random() < 0.4 ? among(families) : null,
				split: null,
				isDeleted: random() < 0.2,
				trained: false,
				reserved: false,
				rating: random() < 0.5 ? null : 1 + Math.floor(random() * 18) / 2,
				rewrite: null,
				tokens: 5
			});
	rows = rows.sort(() => random() - 0.5);
	await rewriteHistory('examples', async (sql) => {
		for (const r of rows)
			await sql`insert into examples (id, team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split, deleted_at, rating, family)
				values (${r.id}, ${r.team}, ${r.project}, ${r.number}, '[]', ${r.id}::text::bytea, ${r.prompt}::text::bytea, ${r.tokens}, 'written', null, ${r.isDeleted ? new Date().toISOString() : null}, ${r.rating}, ${r.family}::text::bytea)`;
		await sql`select recount_examples()`;
	});
	await rewriteHistory('playground_pairs', async (sql) => {
		for (const place of places) {
			const prompt = among(prompts);
			pairs.add(place.project + prompt);
			await sql`insert into playground_pairs (team_id, project_id, prompt, prompt_hash, chosen, rejected, chosen_by, rejected_by, person_id, client_id, ordered)
				values (${place.team}, ${place.project}, '[]', ${prompt}::text::bytea, 'x', 'y', 'v1', 'base', ${randomUUID()}, ${randomUUID()}, true)`;
		}
	});
	// scores, of whatever text
	await rewriteHistory('ratings', async (sql) => {
		for (const r of rows)
			for (const person of people)
				if (r.number % 4 && random() < 0.5)
					await sql`insert into ratings (team_id, project_id, example_id, person_id, score, client_id, text) values (${r.team}, ${r.project}, ${r.id}, ${person}, ${1 + Math.floor(random() * 10)}, ${randomUUID()}, '')`;
		await sql`delete from own_counts where team_id = any (${[a.scope.teamId, b.scope.teamId]})`;
		await sql`insert into own_counts (team_id, project_id, person_id, slot, score, count)
			select r.team_id, r.project_id, r.person_id, 0, r.score, count(*) from ratings r join examples e on e.team_id = r.team_id and e.id = r.example_id
			where e.deleted_at is null and e.team_id = any (${[a.scope.teamId, b.scope.teamId]}) and r.text = '' group by 1, 2, 3, 5`;
	});
	const teams = [a.scope.teamId, b.scope.teamId];
	expect(await differences(teams)).toEqual({
		counts: [],
		standings: [],
		own: []
	});
	const told = { done: 0, AI003: 0, AI008: 0, AI009: 0 } as Record<string, number>;
	for (let round = 0; round < 120; round++) {
		const isMany = random() < 0.7;
		const chance = isMany ? random() * 0.4 : 0.02;
		const calm = random();
		const after = rows.map((r) => {
			if (random() > chance) return r;
			const n = { ...r };
			if (random() < 0.3) n.rating = random() < 0.3 ? null : 1 + Math.floor(random() * 18) / 2;
			if (random() < 0.5 * calm) n.split = among<Side>([null, 'train', 'train', 'validation']);
			if (random() < 0.4 * calm) n.isDeleted = !n.isDeleted;
			if (random() < 0.2) n.tokens = 1 + Math.floor(random() * 9);
			if (n.number % 4 === 0 && random() < 0.3) n.rewrite = n.rewrite ? null : 'text';
			if (random() < 0.1) n.trained = !n.trained;
			if (random() < 0.1) n.reserved = !n.reserved;
			if (random() < 0.1 * calm) n.prompt = among(prompts);
			if (random() < 0.1 * calm) n.family = random() < 0.3 ? null : among(families);
			return n;
		});
		const changed = after.filter((n, at) => n !== rows[at] || random() < 0.05);
		if (changed.length === 0) continue;
		const expected = leaksOf(rows, after, pairs);
		const update = (sql: postgres.ISql, some: Row[]) => sql`
			update examples e set rating = x.rating, rewrite = x.rewrite, split = x.split, deleted_at = case when x.gone::bool then coalesce(e.deleted_at, now()) end, tokens = x.tokens,
				trained = x.trained::bool, reserved = x.reserved::bool, prompt_hash = convert_to(x.prompt, 'UTF8'), family = convert_to(x.family, 'UTF8')
			from unnest(${some.map((r) => r.id)}::uuid[], ${some.map((r) => r.rating)}::real[], ${some.map((r) => r.split)}::text[], ${some.map((r) => String(r.isDeleted))}::text[],
				${some.map((r) => r.tokens)}::int[], ${some.map((r) => String(r.trained))}::text[], ${some.map((r) => String(r.reserved))}::text[], ${some.map((r) => r.prompt)}::text[], ${some.map((r) => r.family)}::text[], ${some.map((r) => r.rewrite)}::text[])
				as x (id, rating, split, gone, tokens, trained, reserved, prompt, family, rewrite)
			where e.id = x.id`;
		const code = await owner
			.begin(async (sql) => {
				for (const guard of guards) await sql`alter table examples disable trigger ${sql(guard)}`;
				await update(sql, changed);
				for (const guard of guards) await sql`alter table examples enable trigger ${sql(guard)}`;
			})
			.then(
				() => 'done',
				(problem) => problem.code as string
			);
		if (expected.size === 0) expect(code, `round ${round}`).toBe('done');
		else expect([...expected], `round ${round}: ${code}`).toContain(code);
		told[code]!++;
		if (code === 'done') rows = after;
		expect(await differences(teams), `round ${round}`).toEqual({
			counts: [],
			standings: [],
			own: []
		});
	}
	for (const code of ['done', 'AI003', 'AI008']) expect(told[code]).toBeGreaterThan(0);
});
