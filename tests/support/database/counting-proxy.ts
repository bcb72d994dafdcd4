import net from 'node:net';

/** Reads the messages of one side of a connection, by their type. `isUntyped`: the first one has none. */
const messages = (heard: (type: string, body: Buffer) => void, isUntyped = false) => {
	let rest: Buffer = Buffer.alloc(0);
	let untyped = isUntyped;
	return (bytes: Buffer) => {
		rest = rest.length ? Buffer.concat([rest, bytes]) : bytes;
		for (;;) {
			const head = untyped ? 0 : 1;
			if (rest.length < head + 4) return;
			const end = head + rest.readInt32BE(head);
			if (rest.length < end) return;
			if (!untyped) heard(String.fromCharCode(rest[0]!), rest.subarray(5, end));
			untyped = false;
			rest = rest.subarray(end);
		}
	};
};

const texts = (body: Buffer, count: number) => body.toString('utf8').split('\0', count);

/** What is asked on one connection: statements as they come, or as they were prepared. */
const asking = (asked: (text: string) => void) => {
	const prepared = new Map<string, string>();
	return messages((type, body) => {
		if (type === 'Q') asked(texts(body, 1)[0]!);
		if (type === 'P') prepared.set(...(texts(body, 2) as [string, string]));
		if (type === 'B') asked(prepared.get(texts(body, 2)[1]!) ?? '');
	}, true);
};

/** When a transaction has ended on one connection: it is ready, and none is open. The first time it has only been opened. */
const ending = (ended: () => void) => {
	let isOpened = false;
	return messages((type, body) => {
		if (type !== 'Z' || String.fromCharCode(body[0]!) !== 'I') return;
		if (isOpened) ended();
		isOpened = true;
	});
};

/**
 * A way to the database of `url` that counts the transactions which end on it, however the app asks: one begun and committed, or a
 * statement by itself. `address` is the same database through it.
 */
export const countingProxy = async (url: string) => {
	const there = new URL(url);
	let count = 0;
	const said: string[] = [];
	const sockets = new Set<net.Socket>();
	const server = net.createServer((near) => {
		const far = net.connect(Number(there.port || 5432), there.hostname);
		for (const socket of [near, far]) {
			sockets.add(socket);
			socket.on('error', () => (near.destroy(), far.destroy()));
			socket.on('close', () => sockets.delete(socket));
		}
		near.on(
			'data',
			asking((text) => said.push(text))
		);
		far.on(
			'data',
			ending(() => count++)
		);
		near.pipe(far);
		far.pipe(near);
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	const { port } = server.address() as net.AddressInfo;
	return {
		address: Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
		/** How many transactions `work` needs, and what it asks. Nothing else may be going on. */
		during: async (work: () => Promise<unknown>) => {
			const [before, from] = [count, said.length];
			await work();
			return {
				count: count - before,
				asked: said.slice(from).map((text) => text.replaceAll(/\s+/g, ' ').slice(0, 100))
			};
		},
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await new Promise((done) => server.close(done));
		}
	};
};
