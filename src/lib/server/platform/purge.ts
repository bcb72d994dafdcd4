import { config } from './config.ts';
import { plainPool } from './db/pools.ts';
import { log } from './log.ts';

/** What is removed when it is over or old, table by table (drizzle/functions/purge.sql); logs after so many days. */
const kept = {
	sessions: null,
	sign_ins: null,
	device_requests: null,
	personal_tokens: null,
	rate_limits: null,
	buckets: null,
	named_requests: null,
	outbox: null,
	activities: () => config().keepDays.activities,
	webhook_deliveries: () => config().keepDays.deliveries,
	imports: () => config().keepDays.refusals
} as const;
export type Purged = keyof typeof kept;

/** So many rows in one statement: nobody waits long for the rows of one. */
const batch = 5_000;
/** The rest is removed a minute later. */
const mostBatches = 100;

/** Removes what is over in one table, in batches. Answers how many rows that were. */
export const purge = async (what: Purged, rows = batch): Promise<number> => {
	let sum = 0;
	for (let round = 0; round < mostBatches; round++) {
		const [answer] = await plainPool().begin(
			(sql) => sql`select purge(${what}, ${kept[what]?.() ?? null}::int, ${rows}) as removed`,
			'long'
		);
		const removed = answer!.removed as number;
		sum += removed;
		if (removed < rows) break;
	}
	return sum;
};

/** All of them, one after the other. What goes wrong with one stands in the log, and is no trouble of the others. */
export const purgeAll = async (): Promise<void> => {
	for (const what of Object.keys(kept) as Purged[])
		try {
			const rows = await purge(what);
			if (rows > 0) log.info('purged', { what, rows });
		} catch (problem) {
			log.bug(problem, { job: 'purge', what });
		}
};
