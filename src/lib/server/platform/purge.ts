import type postgres from 'postgres';
import { config } from './config.ts';
import { plainPool } from './db/pools.ts';
import { log } from './log.ts';

/** What is removed when it is over or old, table by table (drizzle/functions/purge.sql); logs after so many days, or never. */
const kept = {
	sessions: null,
	sign_ins: null,
	device_requests: null,
	personal_tokens: null,
	rate_limits: null,
	buckets: null,
	named_requests: null,
	activities: () => config().keepDays.activities,
	webhook_deliveries: () => config().keepDays.deliveries,
	imports: () => config().keepDays.refusals,
	audit_entries: () => config().keepDays.audit,
	run_files: () => config().keepDays.files,
	outputs: () => config().keepDays.answers
} as const;
export type Purged = keyof typeof kept;

/** So many rows in one statement: nobody waits long for the rows of one. */
const batch = 5_000;
/** The rest is removed a minute later. */
const mostBatches = 100;

/** Removes what is over in one table, in batches. Answers how many rows that were. */
export const purge = async (what: Purged, rows = batch): Promise<number> => {
	const days = kept[what] === null ? null : kept[what]();
	if (days === undefined) return 0;
	let sum = 0;
	for (let round = 0; round < mostBatches; round++) {
		const [answer] = await plainPool().begin(
			(sql) => sql`select purge(${what}, ${days}::int, ${rows}) as removed`,
			'long'
		);
		const removed = answer!.removed as number;
		sum += removed;
		if (removed < rows) break;
	}
	return sum;
};

/** Repeats what removes some rows, each time in a transaction of its own, until there is nothing left. */
const untilNothing = async (removeSome: () => Promise<number>): Promise<number> => {
	let sum = 0;
	for (let round = 0; round < mostBatches; round++) {
		const rows = await removeSome();
		if (rows === 0) break;
		sum += rows;
	}
	return sum;
};

const removed = (ask: (sql: postgres.ISql) => postgres.PendingQuery<postgres.Row[]>) => async () =>
	(await plainPool().begin((sql) => ask(sql), 'long'))[0]!.removed as number;

/** The news that no page asks for any more (drizzle/functions/live.sql). Answers how many rows that were. */
export const emptyOutbox = removed((sql) => sql`select empty_outbox() as removed`);

/** What is left of teams and accounts whose time is over (drizzle/functions/ends.sql). Answers how many rows that were. */
export const purgeTeams = (rows = batch) => untilNothing(removed((sql) => sql`select purge_team(${rows}) as removed`));
export const purgeAccounts = () => untilNothing(removed((sql) => sql`select purge_account() as removed`));

/**
 * Removes projects whose way back is over (drizzle/functions/project-ends.sql), one after the other and each in batches: an example
 * goes with its ratings and rewrites. Answers how many went.
 */
export const purgeProjects = async (rows = batch / 5): Promise<number> => {
	let gone = 0;
	for (let round = 0; round < mostBatches; round++) {
		const [part] = await plainPool().begin((sql) => sql`select * from purge_project_part(${rows})`, 'long');
		if (!part) break;
		if (!part.is_gone) continue;
		gone++;
		log.info('purged', { what: 'project', team: part.team, project: part.project });
	}
	return gone;
};

/** All of them, one after the other. What goes wrong with one stands in the log, and is no trouble of the others. */
export const purgeAll = async (): Promise<void> => {
	const logs = (Object.keys(kept) as Purged[]).map((what) => [what, () => purge(what)] as const);
	const news = ['outbox', emptyOutbox] as const;
	// a team goes when its projects are gone
	const ends = [
		['projects', purgeProjects],
		['teams', purgeTeams],
		['accounts', purgeAccounts]
	] as const;
	for (const [what, remove] of [...logs, news, ...ends])
		try {
			const rows = await remove();
			if (rows > 0) log.info('purged', { what, rows });
		} catch (problem) {
			log.bug(problem, { job: 'purge', what });
		}
};
