import type { ReservedSql } from 'postgres';
import { AppError, RightsChanged, Unavailable } from '../../../core/errors.ts';
import { teamIsFull } from '../../../core/team/most.ts';
import { codeOf, notNow } from './not-now.ts';
import type { Pool } from './pool.ts';

/** Refused by a function of ours because rights have changed since the request came in. */
const rightsChanged = 'AI020';
/** The same because the session has ended. */
const signedOut = 'AI021';
/** The same because a team has as many as it may (drizzle/functions/most.sql). */
const full = 'AI050';

type Raised = { code?: string; detail?: string };

const translated = (problem: unknown): unknown => {
	if (codeOf(problem) === rightsChanged) return new RightsChanged();
	if (codeOf(problem) === signedOut) return new AppError('unauthenticated', 'You have been signed out. Sign in again.');
	if (codeOf(problem) === full) return fullTeam(detailOf(problem));
	return notNow(problem);
};

const detailOf = (problem: unknown): never => {
	const { detail, cause } = problem as Raised & { cause?: Raised };
	return JSON.parse(cause?.detail ?? detail ?? 'null') as never;
};
const fullTeam = ({ of }: { of: Parameters<typeof teamIsFull>[0] }) => teamIsFull(of);

/** What functions of ours raise, by its code, as what a person reads; they may say more in a `detail` of JSON. */
type Refusals = Record<string, (detail: never) => AppError>;

/** For `catch`: throws what a function of ours has raised as the refusal that belongs to its code, and anything else as it is. */
export const refusing =
	(refusals: Refusals) =>
	(problem: unknown): never => {
		const { code, cause } = problem as Raised & { cause?: Raised };
		const raised = cause?.code ?? code ?? '';
		if (Object.hasOwn(refusals, raised)) throw refusals[raised]!(detailOf(problem));
		throw problem;
	};

/** The same for a statement by itself that adds to a team: in a transaction it is thrown as what it is. */
export const refusedWhereFull = refusing({ [full]: fullTeam });

const lostAtTheEnd =
	'The connection to the database was lost at the last moment. Look whether it was saved before you try again.';

/** Sent without waiting for any of it. */
export type Sending = (sql: ReservedSql) => PromiseLike<unknown>[];

/**
 * One transaction on a connection of its own: commits what `work` did, or nothing of it. `opening` is sent behind `begin`
 * without waiting, in one packet with the first query of `work`; when it fails, that is what is thrown, whatever came of it.
 * `closing` leaves with the commit, before it.
 * `begin`: another way to begin, such as one that only reads.
 * By calling `last`, `work` says that nothing comes behind what it has just sent: the commit leaves in the same packet, and what it
 * throws later undoes nothing.
 *
 * Throws *Unavailable* when the connection is lost, and an error unless the database says that it has committed: after an SQL
 * error that `work` swallowed, `commit` answers ROLLBACK, and nothing is there.
 */
export const inTransaction = async <T>(
	pool: Pick<Pool, 'take' | 'giveBack' | 'discard'>,
	opening: Sending,
	work: (sql: ReservedSql, last: () => void) => Promise<T>,
	closing: Sending = () => [],
	begin: (sql: ReservedSql) => PromiseLike<unknown> = (sql) => sql`begin`
): Promise<T> => {
	const connection = await pool.take();
	const { sql } = connection;
	const opened = Promise.all([begin(sql), ...opening(sql)]);
	opened.catch(() => {}); // awaited below; a failing query must not leave it unhandled
	let ending: Promise<{ command: string }> | undefined;
	const commit = () => {
		ending ??= Promise.all([...closing(sql), sql`commit`]).then((answers) => answers.at(-1) as { command: string });
		ending.catch(() => {}); // awaited below
		return ending;
	};
	let early: Promise<void> | undefined;
	/**
	 * What `work` sends in this turn is sent by the time its promises have run; the driver writes all of it at the turn's end, and the
	 * commit with it.
	 */
	const last = () => {
		early = new Promise((sent) => process.nextTick(() => (commit(), sent())));
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
			ending ? lostAtTheEnd : 'The connection to the database was lost, and nothing was saved. Try again in a moment.',
			{ cause: problem }
		);
	}
};

/**
 * A transaction that is one statement: the database commits what it did before it says that it is ready, or nothing of it. Gives the first row. Throws
 * *Unavailable* when the connection is lost.
 */
export const alone = async (
	pool: Pick<Pool, 'take' | 'giveBack'>,
	text: string,
	values: unknown[]
): Promise<Record<string, unknown>> => {
	const connection = await pool.take();
	try {
		const [row] = await connection.sql.unsafe(text, values as never[], { prepare: true });
		return row!;
	} catch (problem) {
		throw connection.isLost() ? new Unavailable(lostAtTheEnd, { cause: problem }) : translated(problem);
	} finally {
		pool.giveBack(connection);
	}
};
