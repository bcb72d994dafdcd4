import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/**
 * A way to a server that breaks. `cut` says of each request where: before it is passed on, or when the server has done it and its
 * answer is on the way; null lets it through.
 */
export const cuttingProxy = async (
	origin: string,
	cut: (request: { method: string; path: string; count: number }) => 'before' | 'answer' | null
) => {
	const passed: { method: string; path: string }[] = [];
	let count = 0;
	const server = http.createServer((request, response) => {
		const { method = 'GET', url = '/', headers } = request;
		const where = cut({ method, path: url, count: count++ });
		if (where === 'before') return void request.socket.destroy();
		passed.push({ method, path: url });
		const onward = http.request(new URL(url, origin), { method, headers }, (answer) => {
			if (where === 'answer') {
				answer.resume();
				answer.on('end', () => request.socket.destroy());
				return;
			}
			response.writeHead(answer.statusCode!, answer.headers);
			answer.pipe(response);
		});
		onward.on('error', () => request.socket.destroy());
		request.pipe(onward);
	});
	await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
	onTestFinished(async () => {
		server.closeAllConnections();
		await new Promise((done) => server.close(done));
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, passed };
};
