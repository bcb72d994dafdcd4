import fs from 'node:fs';
import postgres from 'postgres';
import { newProject, newTeam } from '../support/data/team.ts';
import type { Bench } from './environment.ts';
import { type Measure, quantile } from './measure.ts';

const size = process.env.BENCH_QUICK ? 60_000 : 1_000_000;
/** As the janitor takes them (platform/purge.ts). */
const part = 1_000;

/** A project of so many examples, each third of them rated twice, as it stands there a month after it was deleted. */
const seed = (owner: postgres.Sql, projectId: string) =>
	owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`
			insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, rating, ratings_count, split, origin)
			select p.team_id, p.id, n, json_build_array(json_build_object('role', 'user', 'content', 'Question ' || n),
					json_build_object('role', 'assistant', 'content', repeat('An answer of some length. ', 12) || n)),
				sha256(convert_to('c' || n, 'UTF8')), sha256(convert_to('p' || n, 'UTF8')), 20, 9, 1, 'train', 'import'
			from projects p cross join generate_series(1, ${size}) n where p.id = ${projectId}`;
		await sql`
			insert into ratings (team_id, project_id, example_id, person_id, score, text, client_id)
			select team_id, project_id, id, gen_random_uuid(), 9, ''::bytea, gen_random_uuid()
			from examples cross join generate_series(1, 2) where project_id = ${projectId} and number % 3 = 0`;
	});

/** PURGE: what removing a large project costs: as much for each part, and no memory that grows. (That nobody waits: tests/server/ends/part.test.ts.) */
export const run = async ({ owner }: Bench): Promise<Measure[]> => {
	const { scope } = await newTeam();
	const { project } = await newProject(scope, { slug: 'large' });
	await seed(owner, project.id);
	await owner`vacuum analyze`;
	await owner`update projects set deleted_at = now() - interval '30 days' where id = ${project.id}`;
	const sql = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
	const [backend] = await sql`select pg_backend_pid() as pid`;
	const busyMs = () => Number(fs.readFileSync(`/proc/${backend!.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
	/** Of the backend itself, without what it shares with the others. */
	const ownMb = () => {
		const status = fs.readFileSync(`/proc/${backend!.pid}/status`, 'utf8');
		return Number(/RssAnon:\s+(\d+)/.exec(status)![1]) / 1024;
	};
	const before = busyMs();
	const [spent, memory]: [number[], number[]] = [[], []];
	for (let gone = false; !gone;) {
		const startedAt = busyMs();
		const [row] = await sql`select * from purge_project_part(${part})`;
		gone = row!.is_gone;
		spent.push(busyMs() - startedAt);
		memory.push(ownMb());
	}
	const total = (busyMs() - before) / 1000;
	await sql.end();
	const value = { id: 'PURGE', judged: 'value', better: 'lower' } as const;
	const many = size.toLocaleString('en');
	const tenth = Math.ceil(spent.length / 10);
	return [
		{
			...value,
			what: `processor for a project of ${many}`,
			unit: 's',
			values: [total],
			target: 300,
			moonshot: 100,
			note: `${spent.length} parts`
		},
		{
			...value,
			what: `processor of the slowest of 100 parts`,
			unit: 'ms',
			values: [quantile(spent, 0.99)],
			target: 500,
			moonshot: 100
		},
		{
			id: 'PURGE',
			what: 'a part at the end',
			unit: 'ms',
			values: spent.slice(-tenth - 1, -1),
			floor: { what: 'at the beginning', values: spent.slice(0, tenth) },
			judged: 'value over floor',
			target: 2,
			moonshot: 1,
			better: 'lower'
		},
		{
			...value,
			what: 'memory of its own at most',
			unit: 'MB',
			values: [Math.max(...memory)],
			target: 100,
			moonshot: 30,
			note: `${memory[0]!.toFixed(0)} at first`
		}
	];
};
