import postgres from 'postgres';
import { Unavailable } from '../../../core/errors.ts';
import { log } from '../log.ts';
import { knowArrays } from './array-types.ts';
import { type Connection, ConnectionLost, openConnection, sendingTo } from './connection.ts';
import { notNow } from './not-now.ts';

export type Pool = {
	/** A connection for the caller alone, to be given back. Throws *Unavailable* when none is free in time. */
	take(): Promise<Connection>;
	giveBack(connection: Connection): void;
	/** Instead of giving it back: in what state it is, nobody knows. */
	discard(connection: Connection): void;
	/** Raw SQL, one query a connection. Its `options` are those of every connection that is opened later. */
	sql: postgres.Sql;
	/** Waits for those that are out, at most so long, and closes all. Whoever waits for one is refused. */
	close(timeoutSeconds: number): Promise<void>;
};

type Settings = { onnotice?: () => void; connection?: Partial<postgres.ConnectionParameters> };
type Waiting = { go: (connection: Connection) => void; refuse: (problem: unknown) => void };

/** A connection does not grow older than this: what its backend remembers of tables and plans only grows. */
const longestLifeMs = 45 * 60_000;
const firstPauseMs = 50;
const longestPauseMs = 1_000;
/** For whoever gets none in time. */
export const away = () => new Unavailable('The database does not answer right now. Try again in a moment.');

/** The server is not there, is starting or stopping, or has no room: it may be different in a moment. Anything else stays. */
const passes = (problem: unknown) => {
	const code = (problem as { code?: string }).code ?? '';
	return !/^\d[0-9A-Z]{4}$/.test(code) || /^(57P0|53|08)/.test(code);
};

/**
 * At most `max` connections, each opened when somebody waits for it, and thrown away when it is lost (connection.ts).
 * Whoever waits is served in order, and each waits on its own: after `patienceMs` it fails alone.
 */
export const openPool = (url: string, max: number, settings: Settings, patienceMs = 10_000): Pool => {
	// Never connects: it reads the options and makes the queries.
	const maker = postgres(url, { ...settings, connect_timeout: 5, fetch_types: false });
	knowArrays(maker.options);
	const free: Connection[] = [];
	const all = new Set<Connection>();
	const waiting = new Set<Waiting>();
	let opening = 0;
	let pauseMs = firstPauseMs;
	let saidAt = 0;
	let closed: (() => void) | undefined;

	const say = (problem: unknown) => {
		if (Date.now() - saidAt < 10_000) return;
		saidAt = Date.now();
		log.warn('database', { problem: (problem as Error)?.message ?? String(problem) });
	};

	const forget = (connection: Connection) => {
		all.delete(connection);
		const at = free.indexOf(connection);
		if (at >= 0) free.splice(at, 1);
		if (closed && all.size === 0) closed();
		serve();
	};

	const open = async () => {
		opening++;
		try {
			const connection: Connection = await openConnection(maker.options, () => {
				say(new ConnectionLost());
				forget(connection);
			});
			pauseMs = firstPauseMs;
			opening--;
			if (closed) return connection.close();
			all.add(connection);
			giveBack(connection);
		} catch (problem) {
			say(problem);
			if (passes(problem)) {
				await new Promise((next) => setTimeout(next, pauseMs));
				pauseMs = Math.min(longestPauseMs, pauseMs * 2);
			} else {
				const [first] = waiting;
				first?.refuse(problem);
			}
			opening--;
			serve();
		}
	};

	/** Hands out what is free, and opens as many as are still waited for. */
	const serve = () => {
		for (const one of waiting) {
			const connection = free.pop();
			if (!connection) break;
			one.go(connection);
		}
		for (let more = Math.min(waiting.size - opening, max - all.size - opening); more > 0; more--) void open();
	};

	const dismiss = (connection: Connection) => {
		connection.close();
		forget(connection);
	};

	const giveBack = (connection: Connection) => {
		if (connection.isLost()) return; // forgotten when it was lost
		if (closed || Date.now() - connection.openedAt > longestLifeMs) return dismiss(connection);
		free.push(connection);
		serve();
	};

	const take = async () => {
		if (closed) throw away();
		if (waiting.size === 0 && free.length > 0) return free.pop()!;
		return new Promise<Connection>((go, refuse) => {
			const over = () => {
				clearTimeout(timer);
				waiting.delete(one);
			};
			const one: Waiting = {
				go: (connection) => (over(), go(connection)),
				refuse: (problem) => (over(), refuse(problem))
			};
			const timer = setTimeout(() => {
				say(new Error(`Nobody got a connection for ${patienceMs} ms: ${all.size} are out, ${waiting.size} wait`));
				one.refuse(away());
			}, patienceMs);
			waiting.add(one);
			serve();
		});
	};

	const send = (query: { reject(problem: unknown): void }) => {
		const { reject } = query;
		query.reject = (problem) => reject(notNow(problem));
		take().then(
			(connection) => connection.send(query as never, () => giveBack(connection)),
			(problem) => query.reject(problem)
		);
	};

	return {
		take,
		giveBack,
		discard: (connection) => {
			if (!connection.isLost()) dismiss(connection);
		},
		sql: sendingTo(maker, send),
		close: async (timeoutSeconds) => {
			const done = new Promise<void>((all) => (closed = all));
			for (const one of [...waiting]) one.refuse(away());
			for (const connection of [...free]) dismiss(connection);
			if (all.size === 0) return;
			let timer: NodeJS.Timeout | undefined;
			const late = new Promise<void>((over) => (timer = setTimeout(over, timeoutSeconds * 1000)));
			await Promise.race([done, late]).finally(() => clearTimeout(timer));
			for (const connection of [...all]) dismiss(connection);
		}
	};
};
