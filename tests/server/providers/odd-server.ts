import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server that says whatever a test wants: an object becomes JSON, a text is sent as the page or stream that it is. */
export const startOddServer = async (
	say: (path: string, query: URLSearchParams) => object | string | undefined | Promise<object | string | undefined>
) => {
	const server = createServer((request, response) => {
		const url = new URL(request.url!, 'http://odd');
		request.resume();
		void Promise.resolve(say(url.pathname, url.searchParams)).then((answer) => {
			if (answer === undefined) return void response.writeHead(404).end('{}');
			const type =
				typeof answer === 'object' ? 'application/json' : /^data:/.test(answer) ? 'text/event-stream' : 'text/html';
			response.writeHead(200, { 'content-type': type });
			response.end(typeof answer === 'object' ? JSON.stringify(answer) : answer);
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address() as AddressInfo;
	const stop = () =>
		new Promise<void>((done) => {
			server.close(() => done());
			server.closeAllConnections();
		});
	return { url: `http://127.0.0.1:${port}/v1`, stop };
};
