// Long because the driver's four faults are told where they are guarded against: this is the only file that knows them.
import type { Socket } from 'node:net';
import type { Stream } from 'node:stream';
import postgres from 'postgres';
import { Unavailable } from '../../../core/errors.ts';
import { promptSocket } from './prompt-socket.ts';

/**
 * postgres.js 3.4.9 does not survive the loss of a connection that somebody holds. Four faults, each enough alone:
 *
 * 1. A query on a connection that is gone is written to a socket that is null, in a turn of the event loop of its own: nothing
 *    can catch it, and the process ends. A transaction that waits in our code for something else sends such a query when it goes on.
 * 2. So does the rollback of that transaction.
 * 3. Giving the connection back puts it among the open ones, dead as it is, and the next caller gets it.
 * 4. When it connects again, the slot still has the timer of a write that was never made and the error of the old session: the
 *    next healthy transaction is refused with an error of the past, or its first packet is never sent.
 *
 * Four more came up beside them: queries that wait behind a full socket are never answered, a COPY that fails after its last
 * byte tells nobody, a connection lost while it asks for the server's types ends the process (array-types.ts), and one through TLS
 * that is reset goes to the next caller until its socket has closed.
 *
 * Guarding only the first leaves a process that lives and serves nobody. So a connection here has one socket in its life, and a
 * driver of its own (`max: 1`, reserved for ever): when the socket closes, every query that waits is refused, every later one
 * too before the driver sees it, and both are thrown away together. No state of the old one meets the next.
 */
export type Connection = {
	/** Raw SQL on this connection alone. */
	sql: postgres.ReservedSql;
	/** Sends a query that another client made; `settled` is called when it has its answer. */
	send(query: postgres.PendingQuery<postgres.Row[]>, settled: () => void): void;
	isLost(): boolean;
	openedAt: number;
	/** Says good-bye and closes. Queries that wait are refused. */
	close(): void;
};

/** As `postgres()` has read them: `host` and `port` are lists. */
export type Options = postgres.ParsedOptions & {
	/** Called for each NOTIFY; postgres.js keeps it out of its types. */
	onnotify?: (channel: string, payload: string) => void;
};

/** The connection went away: so did the transaction on it. Never the fault of whoever asked. */
export class ConnectionLost extends Unavailable {
	override name = 'ConnectionLost';
	constructor() {
		super('The connection to the database was lost. Try again in a moment.');
	}
}

/** What a query of postgres.js 3.4.9 has and its types do not name. */
type Query = {
	handler: (query: Query) => void;
	resolve: (value: unknown) => void;
	reject: (problem: unknown) => void;
	streaming?: boolean;
};

/**
 * Makes every query of `sql` go to `send` when it is executed. A fragment inside another query never is.
 */
export const sendingTo = <S extends postgres.Sql>(sql: S, send: (query: Query) => void): S => {
	const made = <Q>(query: Q): Q => (query instanceof Promise ? Object.assign(query, { handler: send }) : query);
	return new Proxy(sql, {
		apply: (target, self, values) => made(Reflect.apply(target as never, self, values)),
		get: (target, name) => {
			if (name !== 'unsafe') return Reflect.get(target, name, target);
			return (...values: Parameters<postgres.Sql['unsafe']>) => made(target.unsafe(...values));
		}
	});
};

/** What a socket says, in front of its end; a server's answer names no call of the system. */
const isOfSocket = (problem: unknown) => {
	const { syscall, code } = problem as NodeJS.ErrnoException;
	return syscall !== undefined || /^ERR_(SSL|STREAM|SOCKET)_/.test(code ?? '');
};

let attempts = 0;
/** From the first packet to the first answer. */
const patienceMs = 8_000;

/**
 * Opens one connection, to the next host when the address names several. Rejects when the server refuses, is not there, or takes
 * too long. `onLost` is called once, for one that was open and that nobody closed.
 */
export const openConnection = async (options: Options, onLost: () => void): Promise<Connection> => {
	let socket: Socket | undefined;
	let isAsked = false;
	let gone = false;
	let open = false;
	const waiting = new Set<Query>();

	const lose = () => {
		if (gone) return;
		gone = true;
		for (const query of [...waiting]) query.reject(new ConnectionLost());
		if (open) onLost();
	};
	// the driver would go on to another host with a second socket, and never say that there is none
	const at = attempts++ % options.host.length;
	const driver = postgres({
		...options,
		host: [options.host[at]!],
		port: [options.port[at]!],
		max: 1,
		idle_timeout: 0,
		max_lifetime: null,
		socket: async (target: Parameters<typeof promptSocket>[0]) => {
			// fault 4: the driver must not come back with what it remembers
			if (isAsked) throw new ConnectionLost();
			isAsked = true;
			socket = await promptSocket(target);
			if (gone) socket.destroy();
			socket.once('error', lose);
			socket.once('close', lose);
			return socket;
		},
		onclose: lose // with TLS, the driver takes our listener off the socket
	} as never);

	const close = () => {
		open = false;
		void driver.end({ timeout: 0 }).catch(() => {});
		// what is still on its way out has been handed to the system
		setTimeout(() => socket?.destroy(), 100).unref();
		lose();
	};

	const tooLate = setTimeout(() => socket?.destroy(), patienceMs);
	let reserved: postgres.ReservedSql;
	try {
		// a reserve that has to connect first is never answered when no types are asked for on the way
		await driver`select 1`;
		reserved = await driver.reserve();
		if (gone) throw new ConnectionLost();
	} catch (problem) {
		close();
		throw problem;
	} finally {
		clearTimeout(tooLate);
	}
	const hand = (reserved`` as unknown as Query).handler;
	open = true;

	const send = (query: Query, settled?: () => void) => {
		const { resolve, reject } = query;
		let stream: Stream.Writable | undefined;
		const settle = () => {
			waiting.delete(query);
			settled?.();
			settled = undefined;
		};
		query.resolve = (value) => {
			resolve(value);
			// A COPY is answered twice: with its stream when it may begin, and with its result when it is over.
			const begins = query.streaming && !stream && value && typeof (value as Stream).pipe === 'function';
			if (!begins) return settle();
			stream = value as Stream.Writable;
			stream.on('error', () => {}); // it may fail before whoever asked for it has it in hand
		};
		query.reject = (problem) => {
			// with TLS the driver hears of it before the socket has closed: whoever comes in between must not get this connection
			if (!gone && isOfSocket(problem)) return lose();
			reject(problem);
			// The driver forgets the stream with its last byte: without this, whoever waits for its end waits for ever.
			stream?.destroy(problem as Error);
			settle();
		};
		// faults 1 and 2
		if (gone) return query.reject(new ConnectionLost());
		waiting.add(query);
		hand(query);
	};
	return {
		sql: sendingTo(reserved, send),
		send: (query, settled) => send(query as unknown as Query, settled),
		isLost: () => gone,
		openedAt: Date.now(),
		close
	};
};
