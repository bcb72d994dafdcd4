import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type postgres from 'postgres';
import { type Scope, inProject } from '../../src/lib/server/access/scope.ts';
import { rateExample } from '../../src/lib/server/ratings/commands.ts';
import type { Measure } from './measure.ts';

const rated = 2_000;

/** Bytes of log that a deed has written, alone on the server. */
const logOf = async (owner: postgres.Sql, work: () => Promise<unknown>): Promise<number> => {
	const [before] = await owner`select pg_current_wal_insert_lsn() as lsn`;
	await work();
	const [after] = await owner`select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), ${before!.lsn}) as bytes`;
	return Number(after!.bytes);
};

/** How many rows of `examples` were updated, and in place. What a session did is told a second after it is idle. */
const updated = async (owner: postgres.Sql) => {
	await pause(1_500);
	const [row] =
		await owner`select n_tup_upd::int as all, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname = 'examples'`;
	return row as unknown as { all: number; hot: number };
};

/** It writes as much as it likes whenever it likes. */
const autovacuum = async (owner: postgres.Sql, is: 'on' | 'off') => {
	await owner.unsafe(`alter system set autovacuum = ${is}`);
	await owner`select pg_reload_conf()`;
};

/**
 * What a rating writes into the log, as the product gives one: the newest first, just after a checkpoint, so that each page comes along once.
 * Beside it the rating's row alone, appended without anything that follows from it.
 */
export const measureRatingLog = async (owner: postgres.Sql, scope: Scope, slug: string): Promise<Measure> => {
	await autovacuum(owner, 'off');
	const here = await inProject(scope, slug);
	const ids = (
		await owner`select id from examples where project_id = ${here.project.id} and rating is null order by number desc limit ${2 * rated}`
	).map(({ id }) => id as string);
	const rate = (id: string) => rateExample(here, { exampleId: id, score: 7, clientId: randomUUID() });
	for (const id of ids.slice(0, 50)) await rate(id); // connections, plans
	await owner`checkpoint`;
	const before = await updated(owner);
	const bytes = await logOf(owner, async () => {
		for (const id of ids.slice(50, rated)) await rate(id);
	});
	const after = await updated(owner);
	await owner`checkpoint`;
	const alone = await logOf(owner, () =>
		owner.begin(async (sql) => {
			await sql`set local session_replication_role = replica`;
			for (const id of ids.slice(rated))
				await sql`insert into ratings (team_id, project_id, example_id, person_id, voter, score, text, client_id)
					values (${here.teamId}, ${here.project.id}, ${id}, ${here.userId}, 'person', 7, '', gen_random_uuid())`;
		})
	);
	await autovacuum(owner, 'on');
	const inPlace = (100 * (after.hot - before.hot)) / (after.all - before.all);
	return {
		id: 'TEAMS',
		what: 'log of a rating',
		unit: 'bytes',
		values: [bytes / (rated - 50)],
		floor: { what: 'its row alone', values: [alone / (ids.length - rated)] },
		judged: 'value',
		target: 2_000,
		moonshot: 1_000,
		better: 'lower',
		note: `${inPlace.toFixed(0)} % of the updates of examples are in place`
	};
};
