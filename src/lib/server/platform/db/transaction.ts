import type { ReservedSql } from 'postgres';
import { AppError, Unavailable } from '../../../core/errors.ts';
import type { Pool } from './pool.ts';

/** Refused by a function of ours because rights have changed since the request came in. */
const rightsChanged = 'AI020';

const codeOf = (problem: unknown) =>
	(problem as { code?: string })?.code ?? (problem as { cause?: { code?: string } })?.cause?.code;

const translated = (problem: unknown): unknown => {
	if (codeOf(problem) === rightsChanged)
		return new AppError('forbidden', 'Your rights in this team have changed. Open the page again.');
	return problem;
};

/** Sent without waiting for any of it. */
export type Sending = (sql: ReservedSql) => PromiseLike<unknown>[];

/**
 * One transaction on a connection of its own: commits what `work` did, or nothing of it. `opening` is sent behind `begin`
 * without waiting, in one packet with the first query of `work`; when it fails, that is what is thrown, whatever came of it.
 * `closing` leaves with the commit, before it.
 * By calling `last`, `work` says that nothing comes behind what it has just sent: the commit leaves in the same packet, and what it
 * throws later undoes nothing.
 *
 * Throws *Unavailable* when the connection is lost, and an error unless the database says that it has committed: after an SQL
 * error that `work` swallowed, `commit` answers ROLLBACK, and nothing is there.
 */
export const inTransaction = async <T>(
	pool: Pool,
	opening: Sending,
	work: (sql: ReservedSql, last: () => void) => Promise<T>,
	closing: Sending = () => []
): Promise<T> => {
	const connection = await pool.take();
	const { sql } = connection;
	const opened = Promise.all([sql`begin`, ...opening(sql)]);
	opened.catch(() => {}); // awaited below; a failing query must not leave it unhandled
	let ending: Promise<{ command: string }> | undefined;
	const commit = () => {
		ending ??= Promise.all([...closing(sql), sql`commit`]).then((answers) => answers.at(-1) as { command: string });
		ending.catch(() => {}); // awaited below
		return ending;
	};
	let early: Promise<void> | undefined;
	/** The driver writes what it was given in a turn of the event loop at its end: the commit comes behind all of it. */
	const last = () => {
		early = new Promise((sent) => setImmediate(() => (commit(), sent())));
	};
	try {
		const result = await work(sql, last);
		await opened;
		await early;
		const { command } = await commit();
		if (command !== 'COMMIT')
			throw new Error('Nothing was saved: a statement of this transaction had failed, and its error was swallowed.');
		pool.giveBack(connection);
		return result;
	} catch (problem) {
		const first = await opened.then(
			() => problem,
			(cause) => cause
		);
		await early;
		if (ending) await ending.catch(() => {});
		else if (!connection.isLost()) await sql`rollback`.catch(() => pool.discard(connection));
		// the connection is gone: so is the transaction
		const isLost = connection.isLost();
		pool.giveBack(connection);
		if (!isLost) throw translated(first);
		if (problem instanceof AppError) throw problem;
		throw new Unavailable(
			ending
				? 'The connection to the database was lost at the last moment. Look whether it was saved before you try again.'
				: 'The connection to the database was lost, and nothing was saved. Try again in a moment.',
			{ cause: problem }
		);
	}
};
