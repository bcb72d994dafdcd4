import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A slow line to a server: of what is sent, one piece in `everyMs` comes through. */
export const slowLine = async (origin: string, { pieceBytes, everyMs }: { pieceBytes: number; everyMs: number }) => {
	const drip = async function* (request: http.IncomingMessage) {
		for await (const piece of request as AsyncIterable<Buffer>)
			for (let at = 0; at < piece.length; at += pieceBytes) {
				yield piece.subarray(at, at + pieceBytes);
				await sleep(everyMs);
			}
	};
	const server = http.createServer((request, response) => {
		const { method = 'GET', url = '/', headers } = request;
		const onward = http.request(new URL(url, origin), { method, headers }, (answer) => {
			response.writeHead(answer.statusCode!, answer.headers);
			answer.pipe(response);
		});
		onward.on('error', () => request.socket.destroy());
		Readable.from(drip(request))
			.on('error', () => onward.destroy())
			.pipe(onward);
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	onTestFinished(async () => {
		server.closeAllConnections();
		await new Promise((done) => server.close(done));
	});
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};
