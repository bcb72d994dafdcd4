import postgres from 'postgres';
import { closePools } from '../../src/lib/server/platform/db/pools.ts';
import { to } from '../../src/lib/paths.ts';
import { readEvents } from '../support/servers/event-reader.ts';
import { findPooler, startPooler } from '../support/database/pooler.ts';
import { newSession } from '../support/data/session.ts';
import { newProject, newTeam } from '../support/data/team.ts';
import { startServerProcess, untilServing } from '../support/app/web-process.ts';
import type { Bench } from './environment.ts';
import type { Measure } from './measure.ts';

const webs = 20;
const workers = 3;
/** What the pooler may open for all of them (platform/db/README.md). */
const poolSize = 40;
/** Pages that are asked for at the same time at each web: more than it has connections. */
const atOnce = 12;
const rounds = 4;

/** LAYOUT: how many connections a server of PostgreSQL has to bear under twenty webs and three workers behind one PgBouncer, all of them busy. */
export const run = async ({ owner, room }: Bench): Promise<Measure[]> => {
	const found = findPooler();
	if ('missing' in found) {
		console.log(`LAYOUT is not measured. ${found.missing}`);
		return [];
	}
	const [direct, queue] = [process.env.APP_DATABASE_URL!, process.env.QUEUE_DATABASE_URL!];
	const pooler = await startPooler(found.binary, direct, poolSize, room);
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const session = await newSession(owner, team.owner.id);
	await closePools(); // which are ours, and lead past the pooler
	const server = (role: 'web' | 'worker') =>
		startServerProcess('build', {
			ROLE: role,
			DATABASE_URL: '',
			APP_DATABASE_URL: pooler.at,
			LISTEN_DATABASE_URL: direct,
			QUEUE_DATABASE_URL: queue
		});
	const all = await Promise.all([
		...Array.from({ length: webs }, () => server('web')),
		...Array.from({ length: workers }, () => server('worker'))
	]);
	const watcher = postgres(process.env.DATABASE_URL!, { max: 1 });
	const sessions = async () => {
		const rows = await watcher`
			select usename as role, count(*)::int as open from pg_stat_activity
			where datname = current_database() and backend_type = 'client backend' and pid <> pg_backend_pid() and usename <> current_user
			group by 1`;
		return rows.reduce((sum, { open }) => sum + open, 0);
	};
	const seen: number[] = [];
	let [mostClients, mostServers] = [0, 0];
	let failed = 0;
	let watching = true;
	const watch = async () => {
		while (watching) {
			seen.push(await sessions());
			const { clients, servers } = await pooler.count();
			[mostClients, mostServers] = [Math.max(mostClients, clients), Math.max(mostServers, servers)];
			await new Promise((next) => setTimeout(next, 20));
		}
	};
	try {
		await Promise.all(all.map(untilServing));
		const watched = watch();
		const web = all.slice(0, webs);
		const streams = await Promise.all(web.map(({ url }) => readEvents(url + to.events(team.slug), session)));
		const page = async (url: string) => {
			const answer = await fetch(url + to.project(team.slug, project.slug), {
				headers: { cookie: `session=${session}`, accept: 'text/html' }
			});
			if (answer.status !== 200 || !(await answer.text()).includes('</html>')) failed++;
		};
		for (let round = 0; round < rounds; round++)
			await Promise.all(web.flatMap(({ url }) => Array.from({ length: atOnce }, () => page(url))));
		watching = false;
		await watched;
		await Promise.all(streams.map((stream) => stream.leave()));
	} finally {
		watching = false;
		await Promise.all(all.map((one) => one.stop()));
		await watcher.end({ timeout: 1 });
		await pooler.stop();
	}
	const value = { id: 'LAYOUT', judged: 'value', better: 'lower' } as const;
	return [
		{
			...value,
			what: `server connections of ${webs} webs, ${workers} workers`,
			unit: 'at most',
			values: [Math.max(...seen)],
			target: 100,
			moonshot: 80,
			note: `by configuration ${poolSize + webs + workers * 3}; ${mostClients} clients at the pooler had ${mostServers} of its ${poolSize}`
		},
		{
			...value,
			what: `pages that failed, of ${webs * atOnce * rounds}`,
			unit: 'pages',
			values: [failed],
			target: 0,
			moonshot: 0
		}
	];
};
