import type postgres from 'postgres';

/** What an operator should know of a database before it is felt. */
export type Status = {
	/** One line for each thing that was looked at. */
	lines: string[];
	/** What should be done something about. */
	worries: string[];
};

/** From when on each is something to be done about. */
const usual = {
	transactionSeconds: 300,
	waitSeconds: 10,
	deadRows: 100_000,
	deadShare: 0.3,
	usedShare: 0.8,
	xids: 1_000_000_000
};

const whole = (n: unknown) => Number(n).toLocaleString('en', { maximumFractionDigits: 0 });
const count = (n: number, one: string, many: string) => `${whole(n)} ${n === 1 ? one : many}`;

/**
 * Looks, and changes nothing. `sql` is the owner's. Of statements it shows what the database keeps without their values, and of sessions none: no text
 * of a team is in it.
 */
export const statusOf = async (sql: postgres.Sql, worry = usual): Promise<Status> => {
	const [lines, worries]: [string[], string[]] = [[], []];

	const [sessions] = await sql`
		select count(*)::int as open, current_setting('max_connections')::int as most from pg_stat_activity where backend_type = 'client backend'`;
	lines.push(`Connections: ${whole(sessions!.open)} of ${whole(sessions!.most)}.`);
	if (sessions!.open > sessions!.most * worry.usedShare)
		worries.push(
			'Nearly all connections are taken: run fewer processes, or put PgBouncer in front (platform/db/README.md).'
		);

	const [oldest] = await sql`
		select pid, state, application_name as program, extract(epoch from clock_timestamp() - xact_start)::float as seconds
		from pg_stat_activity
		where datname = current_database() and xact_start is not null and pid <> pg_backend_pid() and backend_type = 'client backend'
		order by xact_start limit 1`;
	lines.push(
		oldest
			? `Oldest transaction: ${whole(oldest.seconds)} s, ${oldest.state}, process ${oldest.pid} of "${oldest.program}".`
			: 'Oldest transaction: none is open.'
	);
	if (oldest && oldest.seconds > worry.transactionSeconds)
		worries.push(
			`A transaction is open for ${whole(oldest.seconds / 60)} minutes, and nothing that was deleted since can be cleared: select pg_terminate_backend(${oldest.pid});`
		);

	const waits = await sql`
		select a.pid, pg_blocking_pids(a.pid) as by, extract(epoch from clock_timestamp() - l.waitstart)::float as seconds
		from pg_stat_activity a join pg_locks l on l.pid = a.pid and not l.granted
		where a.datname = current_database() order by l.waitstart`;
	const [longest] = waits;
	lines.push(
		longest
			? `Waiting for locks: ${count(waits.length, 'process', 'processes')}, the longest for ${whole(longest.seconds)} s, behind process ${longest.by.join(', ')}.`
			: 'Waiting for locks: nobody.'
	);
	if (longest && longest.seconds > worry.waitSeconds)
		worries.push(`Process ${longest.by.join(', ')} holds up others for ${whole(longest.seconds)} s.`);

	const dead = await sql`
		select relname as name, n_dead_tup::float as dead, n_live_tup::float as live, coalesce(last_autovacuum, last_vacuum) as cleared
		from pg_stat_user_tables where n_dead_tup > 0 order by n_dead_tup desc limit 5`;
	lines.push(
		`Dead rows: ${dead.map(({ name, dead: n, live }) => `${name} ${whole(n)} beside ${whole(live)}`).join(', ') || 'none'}.`
	);
	for (const { name, dead: n, live, cleared } of dead)
		if (n > worry.deadRows && n > live * worry.deadShare)
			worries.push(
				`${name} has ${whole(n)} dead rows beside ${whole(live)}, ${cleared ? `and was cleared last at ${cleared.toISOString()}` : 'and was never cleared'}: look for an old transaction, or give autovacuum more room.`
			);

	const [xids] = await sql`
		select age(d.datfrozenxid)::float as age, current_setting('autovacuum_freeze_max_age')::float as most,
			(select relname from pg_class where relkind in ('r', 't', 'm') order by age(relfrozenxid) desc limit 1) as name
		from pg_database d where d.datname = current_database()`;
	lines.push(`Oldest transaction id: ${whole(xids!.age)} ago, in ${xids!.name}; frozen from ${whole(xids!.most)} on.`);
	if (xids!.age > worry.xids)
		worries.push(
			`Half of the transaction ids are used up since ${xids!.name} was frozen; at two billion the database stops writing: vacuum (freeze) ${xids!.name};`
		);

	lines.push(...(await slowest(sql)));
	return { lines, worries };
};

/** Only where the extension is installed, and the role may read it. */
const slowest = async (sql: postgres.Sql): Promise<string[]> => {
	const [there] = await sql`
		select quote_ident(n.nspname) as schema from pg_extension e join pg_namespace n on n.oid = e.extnamespace where extname = 'pg_stat_statements'`;
	if (!there) return ['Statements: not counted here (create extension pg_stat_statements).'];
	const rows = await sql
		.unsafe(
			`select calls::float, total_exec_time::float as ms, left(regexp_replace(query, '\\s+', ' ', 'g'), 100) as query
			from ${there.schema}.pg_stat_statements
			where dbid = (select oid from pg_database where datname = current_database())
			order by total_exec_time desc limit 5`
		)
		.catch((problem: Error) => problem.message);
	if (typeof rows === 'string') return [`Statements: the database does not tell (${rows}).`];
	return rows.map(({ calls, ms, query }) => `Statement: ${whole(ms / 1000)} s in ${whole(calls)} calls: ${query}`);
};
