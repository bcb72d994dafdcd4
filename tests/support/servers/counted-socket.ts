import type { Socket } from 'node:net';

/** What was asked of the database since the last time: statements that were carried out, and how often somebody had to wait for an answer. */
let asked = { statements: 0, trips: 0 };

/** B: a prepared statement is carried out. Q: one that is not. */
const isStatement = (type: string) => type === 'B' || type === 'Q';

/**
 * Counts what leaves by a socket to the database. What is written before anything came back belongs to one trip: answers are read
 * in another phase of the event loop than the one in which a turn's statements leave.
 */
export const counted = (socket: Socket): Socket => {
	let isFirst = true;
	let isAnswered = true;
	socket.on('data', () => (isAnswered = true));
	const write = socket.write.bind(socket) as (...values: unknown[]) => boolean;
	socket.write = (bytes: Buffer, ...more: unknown[]) => {
		// the very first packet has no type
		for (let at = isFirst ? bytes.length : 0; at < bytes.length; at += 1 + bytes.readInt32BE(at + 1))
			if (isStatement(String.fromCharCode(bytes[at]!))) asked.statements++;
		if (isAnswered) asked.trips++;
		isFirst = isAnswered = false;
		return write(bytes, ...more);
	};
	return socket;
};

/** What this asks of the database, on all connections. Nothing else may be going on. */
export const askedBy = async (work: () => Promise<unknown>) => {
	asked = { statements: 0, trips: 0 };
	await work();
	return asked;
};
