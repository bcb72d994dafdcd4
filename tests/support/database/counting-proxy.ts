import net from 'node:net';

const texts = (body: Buffer, count: number) => body.toString('utf8').split('\0', count);

/** What is asked on one connection: statements as they come, or as they were prepared. The first message has no type. */
const asking = (asked: (text: string) => void) => {
	const prepared = new Map<string, string>();
	let rest: Buffer = Buffer.alloc(0);
	let head = 0;
	return (bytes: Buffer) => {
		rest = rest.length ? Buffer.concat([rest, bytes]) : bytes;
		while (rest.length >= head + 4) {
			const end = head + rest.readInt32BE(head);
			if (rest.length < end) return;
			const type = head ? String.fromCharCode(rest[0]!) : '';
			const body = rest.subarray(5, end);
			if (type === 'Q') asked(texts(body, 1)[0]!);
			if (type === 'P') prepared.set(...(texts(body, 2) as [string, string]));
			if (type === 'B') asked(prepared.get(texts(body, 2)[1]!) ?? '');
			head = 1;
			rest = rest.subarray(end);
		}
	};
};

/**
 * A way to the database of `url` that counts the transactions which begin on it, however the app asks: one with its `begin`, or a statement by
 * itself. `address` is the same database through it.
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
		let isOpen = false;
		const hear = asking((text) => {
			// whether a connection that has stood still is still there
			if (text === 'select 1') return;
			said.push(text);
			if (/^(commit|rollback)/i.test(text)) return void (isOpen = false);
			if (!isOpen) count++;
			if (/^begin/i.test(text)) isOpen = true;
		});
		near.on('data', hear);
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
