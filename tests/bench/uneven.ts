import type postgres from 'postgres';
import { type ProjectScope, withTimeouts, inProject } from '../../src/lib/server/access/scope.ts';
import { browseExamples, listExamples } from '../../src/lib/server/examples/queries.ts';
import { getDashboard } from '../../src/lib/server/activity/queries.ts';
import { nextCards } from '../../src/lib/server/ratings/queries.ts';
import { readFacts } from '../../src/lib/server/runs/facts.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import type { Bench } from './environment.ts';
import type { Measure } from './measure.ts';
import { busyInDatabase } from './processor.ts';

// A team of five million beside ten thousand of five hundred, a fiftieth of it: what the planner has to get right is that one team is half of
// the table and every other a ten-thousandth of the rest, and that is the same here.
const scale = 50;
const neighbours = 10_000;
const large = 5_000_000 / scale;
const small = 500 / scale;

/** As they would stand there after a while; nothing asks what triggers would have said. */
const seedExamples = (sql: postgres.TransactionSql, slug: string, count: number) => sql`
	insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, rating, ratings_count, split, origin)
	select p.team_id, p.id, n, json_build_array(json_build_object('role', 'user', 'content', 'Question ' || n),
			json_build_object('role', 'assistant', 'content', 'Answer ' || n)),
		sha256(convert_to('c' || n, 'UTF8')), sha256(convert_to('p' || n, 'UTF8')), 20, 1 + n % 10, 1,
		case when n % 5 = 0 then 'validation' else 'train' end, 'import'
	from projects p cross join generate_series(1, ${count}) n where p.slug = ${slug}`;

/** Milliseconds that the connections of whoever serves keep processors busy in the database, for each of `times`. */
const inDatabase = async (owner: postgres.Sql, times: number, work: () => Promise<unknown>) => {
	// planned by then, and all connections that it takes are open
	for (let i = 0; i < Math.min(8, times); i++) await work();
	const before = await busyInDatabase(owner);
	for (let i = 0; i < times; i++) await work();
	return ((await busyInDatabase(owner)) - before) / times;
};

/** UNEVEN: what pages cost the database in a team that is half of everything, and in one of ten thousand others beside it. */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	const [big, one] = [await newTeam(), await newTeam()];
	await newProject(big.scope, { slug: 'large' });
	await newProject(one.scope, { slug: 'one' });
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`insert into teams (name, slug) select 'Neighbour', 'neighbour-' || n from generate_series(1, ${neighbours}) n`;
		await sql`insert into projects (team_id, slug, name, base_model, recipe)
			select id, 'one', 'One', 'm', '{}' from teams where slug like 'neighbour-%'`;
		await seedExamples(sql, 'large', large);
		await seedExamples(sql, 'one', small);
		await sql`update projects set next_example = case slug when 'large' then ${large}::int else ${small}::int end + 1`;
		await sql`select recount_examples()`;
	});
	await owner`vacuum analyze`;
	const pages: Record<string, [number, (within: ProjectScope) => Promise<unknown>]> = {
		'the list of examples': [40, (within) => listExamples(within, {})],
		'the list of the best': [40, (within) => browseExamples(within, { band: 'great' })],
		'cards to rate': [40, (within) => nextCards(within, { filter: 'all', sort: 'newest', seed: 1, seen: [] })],
		'the dashboard': [20, (within) => getDashboard(within)],
		'what the checklist reads': [
			2,
			(within) => withTimeouts(within, 'long').tx((tx) => readFacts(tx, within.project, within.project.recipe))
		]
	};
	const measures: Measure[] = [];
	for (const [team, size] of [
		[big, 'large'],
		[one, 'one']
	] as const) {
		const within = await inProject(team.scope, size);
		for (const [what, [times, work]] of Object.entries(pages)) {
			const values: number[] = [];
			for (let round = 0; round < 3; round++) values.push(await inDatabase(owner, times, () => work(within)));
			const isWhole = what === 'what the checklist reads' && size === 'large';
			measures.push({
				id: 'UNEVEN',
				what: `${what}, ${size === 'large' ? 'half of all' : `${small} of ${large * 2}`}`,
				unit: 'ms',
				values,
				judged: 'value',
				// it looks at each of a hundred thousand
				target: isWhole ? 2_000 : 30,
				moonshot: isWhole ? 300 : 5,
				better: 'lower'
			});
		}
	}
	return measures;
};
