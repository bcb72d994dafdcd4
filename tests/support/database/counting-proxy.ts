import net from 'node:net';

/** From what a server says on one connection, how many transactions have ended on it. What it says first is no answer to anything. */
const endsIn = (ended: () => void) => {
	let rest: Buffer = Buffer.alloc(0);
	let isFirst = true;
	return (bytes: Buffer) => {
		rest = rest.length ? Buffer.concat([rest, bytes]) : bytes;
		while (rest.length >= 5) {
			const length = 1 + rest.readInt32BE(1);
			if (rest.length < length) return;
			// ReadyForQuery, and no transaction is open
			if (rest[0] === 0x5a && rest[5] === 0x49) {
				if (!isFirst) ended();
				isFirst = false;
			}
			rest = rest.subarray(length);
		}
	};
};

/**
 * A way to the database of `url` that counts the transactions which end on it, whichever way the app takes: one begun and committed, or a
 * statement by itself. `address` is the same database through it.
 */
export const countingProxy = async (url: string) => {
	const there = new URL(url);
	let count = 0;
	const sockets = new Set<net.Socket>();
	const server = net.createServer((near) => {
		const far = net.connect(Number(there.port || 5432), there.hostname);
		for (const socket of [near, far]) {
			sockets.add(socket);
			socket.on('error', () => (near.destroy(), far.destroy()));
			socket.on('close', () => sockets.delete(socket));
		}
		const look = endsIn(() => count++);
		far.on('data', look);
		near.pipe(far);
		far.pipe(near);
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	const { port } = server.address() as net.AddressInfo;
	return {
		address: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
		/** How many have ended since it was opened. */
		count: () => count,
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise((done) => server.close(done));
		}
	};
};
