import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server } from 'node:http';
import type { RequestEvent } from '@sveltejs/kit';

/** Every request has to be here within so long; a server of Node would end all of them by it, an import of an hour too. */
const mostMs = 300_000;

/** Of these the rest may take its time: whoever reads them sees that they move. */
const moving = new WeakSet<IncomingMessage>();

const hasBody = ({ headers }: IncomingMessage) =>
	headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0;

/**
 * From now on the servers of this process end no request by themselves, and each has `ms` to arrive, but for those that are read
 * `whileMoving`: they have as long again whenever it is over. What is ended has had its answer, or nobody asked for it (body.ts).
 */
export const patientlyServing = (ms = mostMs): void =>
	subscribe('http.server.request.start', (message) => {
		const { request, server } = message as { request: IncomingMessage; server: Server };
		server.requestTimeout = 0;
		if (!hasBody(request)) return;
		const timer = setInterval(() => {
			if (!request.complete && !moving.has(request)) request.socket.destroy();
		}, ms).unref();
		request.once('close', () => clearInterval(timer));
	});

/** Reads the body of a request for as long as it takes. `read` gives up what stands still. */
export const whileMoving = async <T>(
	{ platform }: Pick<RequestEvent, 'platform'>,
	read: () => Promise<T>
): Promise<T> => {
	// missing where Vite serves
	const request = platform?.req;
	if (!request) return read();
	moving.add(request);
	try {
		return await read();
	} finally {
		moving.delete(request);
	}
};
