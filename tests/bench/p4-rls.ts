import postgres from 'postgres';
import { config } from '../../src/lib/server/platform/config.ts';
import { newPerson } from '../support/data/team.ts';
import type { Bench } from './environment.ts';
import { type Measure, median, timed } from './measure.ts';

const teams = process.env.BENCH_QUICK === 'yes' ? 200 : 1_000;
const perTeam = 1_000;
const rows = `${(teams * perTeam) / 1_000_000} M`;
const rounds = 7;

/** P4: what row level security costs, one million rows of a thousand teams: a page of 50, and a count by rating. */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	const { id } = await newPerson();
	await owner`insert into teams (name, slug) select 'Team', 'bench-' || n from generate_series(1, ${teams}) n`;
	await owner`insert into members (team_id, person_id, role) select id, ${id}, 'owner' from teams where slug like 'bench-%'`;
	await owner`insert into projects (team_id, slug, name, base_model, recipe)
		select id, 'one', 'One', 'm', '{}' from teams where slug like 'bench-%'`;
	await owner`insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, rating, origin)
		select p.team_id, p.id, n, '[{"role":"user","content":"hello"},{"role":"assistant","content":"hi"}]',
			int4send(n), int4send(n), 10, 1 + n % 10, 'import'
		from projects p cross join generate_series(1, ${perTeam}) n where p.slug = 'one'`;
	await owner`vacuum analyze examples`;
	const [place] =
		await owner`select p.team_id, p.id from projects p join teams t on t.id = p.team_id where t.slug = ${`bench-${teams / 2}`}`;
	const { team_id: team, id: project } = place as unknown as { team_id: string; id: string };

	const app = postgres(config().appDatabaseUrl, { max: 1 });
	await app`select set_config('app.team_id', ${team}, false), set_config('app.user_id', ${id}, false),
		set_config('app.role', 'owner', false), set_config('app.project_ids', 'all', false)`;
	const page = (sql: postgres.Sql, limited: boolean) =>
		limited
			? sql`select * from examples where project_id = ${project} and deleted_at is null order by number desc limit 50`
			: sql`select * from examples where team_id = ${team} and project_id = ${project} and deleted_at is null order by number desc limit 50`;
	const group = (sql: postgres.Sql, limited: boolean) =>
		limited
			? sql`select rating, count(*) from examples where project_id = ${project} and deleted_at is null group by 1`
			: sql`select rating, count(*) from examples where team_id = ${team} and project_id = ${project} and deleted_at is null group by 1`;

	const measure = async (what: string, query: typeof page, times: number): Promise<Measure> => {
		const once = (sql: postgres.Sql, limited: boolean) =>
			timed(async () => {
				for (let i = 0; i < times; i++) await query(sql, limited);
			}).then((ms) => ms / times);
		const values: number[] = [];
		const floor: number[] = [];
		await once(app, true);
		await once(owner, false);
		for (let round = 0; round < rounds; round++) {
			values.push(await once(app, true));
			floor.push(await once(owner, false));
		}
		return {
			id: 'P4',
			what,
			unit: 'ms',
			values,
			floor: { what: 'owner, explicit where', values: floor },
			judged: 'value over floor',
			target: 1.5,
			moonshot: 1.1,
			better: 'lower',
			note: `${median(floor).toFixed(2)} ms without`
		};
	};
	const found = [
		await measure(`page of 50 of ${rows} rows under RLS`, page, 300),
		await measure(`count by rating, ${rows} rows, under RLS`, group, 100)
	];
	await app.end();
	return found;
};
