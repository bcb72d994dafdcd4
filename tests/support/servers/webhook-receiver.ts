import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export type Received = { headers: IncomingHttpHeaders; body: string; path: string };

/** A server that takes webhooks, as somebody outside would run one. What it answers is `answers`, one after the other, then 204. */
export const startReceiver = async () => {
	const received: Received[] = [];
	const answers: ((response: ServerResponse, request: IncomingMessage) => void)[] = [];
	let heard = () => {};
	const server = createServer((request, response) => {
		const pieces: Buffer[] = [];
		request.on('data', (piece: Buffer) => pieces.push(piece));
		request.on('end', () => {
			received.push({ headers: request.headers, body: Buffer.concat(pieces).toString(), path: request.url! });
			const answer = answers.shift();
			if (answer) answer(response, request);
			else response.writeHead(204).end();
			heard();
		});
	});
	await new Promise<void>((open) => server.listen(0, '127.0.0.1', open));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/hook`,
		port,
		received,
		/** The next answer: a status, with headers and a body if needed. */
		answers: (status: number, headers: Record<string, string> = {}, body = '') =>
			answers.push((response) => response.writeHead(status, headers).end(body)),
		/** The next request gets this. */
		does: (answer: (response: ServerResponse, request: IncomingMessage) => void) => answers.push(answer),
		/** Waits until so many have come. */
		until: async (count: number) => {
			while (received.length < count) await new Promise<void>((done) => (heard = done));
		},
		stop: async () => {
			server.closeAllConnections();
			await new Promise((closed) => server.close(closed));
		}
	};
};

/** What the official verifier makes of it: the event, or its refusal. */
export const verified = (secret: string, { headers, body }: Received) =>
	new Webhook(secret).verify(body, headers as Record<string, string>) as {
		type: string;
		timestamp: string;
		data: Record<string, unknown>;
	};
