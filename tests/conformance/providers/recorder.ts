import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it went over the wire. */
export type Sent = { method: string; path: string; query: URLSearchParams; type: string; body: string };

/** Stands between the product and the sandbox, and writes down what is asked. */
export const startRecorder = async (target: string) => {
	const sent: Sent[] = [];
	const server = createServer((request, response) => {
		const pieces: Buffer[] = [];
		request.on('data', (piece: Buffer) => pieces.push(piece));
		request.on('end', () => {
			const url = new URL(request.url!, target);
			const body = Buffer.concat(pieces);
			const type = request.headers['content-type'] ?? '';
			sent.push({ method: request.method!, path: url.pathname, query: url.searchParams, type, body: body.toString() });
			const headers = new Headers();
			for (const name of ['authorization', 'content-type'])
				if (request.headers[name]) headers.set(name, String(request.headers[name]));
			void fetch(url, { method: request.method!, headers, redirect: 'manual', ...(body.length > 0 && { body }) })
				.then(async (answer) => {
					response.writeHead(answer.status, {
						'content-type': answer.headers.get('content-type') ?? 'application/json'
					});
					response.end(Buffer.from(await answer.arrayBuffer()));
				})
				.catch(() => response.destroy());
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address() as AddressInfo;
	const stop = () =>
		new Promise<void>((done) => {
			server.close(() => done());
			server.closeAllConnections();
		});
	return { url: `http://127.0.0.1:${port}`, sent, stop };
};
