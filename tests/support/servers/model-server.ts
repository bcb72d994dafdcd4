import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A model server of somebody's own, as small as one can be: it lists two models to whoever has the key, and offers no
 * training. `asked` holds what it was sent, `away` makes it fail.
 */
export const startModelServer = async (key: string) => {
	const asked: { path: string; authorization: string | undefined }[] = [];
	const state = { away: false };
	const server = createServer((request, response) => {
		const { authorization } = request.headers;
		asked.push({ path: request.url!, authorization });
		const say = (status: number, body: unknown) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		if (state.away) return say(503, { error: { message: 'away' } });
		if (authorization !== `Bearer ${key}`) return say(401, { error: { message: 'bad key', code: 'invalid_api_key' } });
		if (request.url === '/v1/models') {
			const model = (id: string) => ({ id, object: 'model', created: 1, owned_by: 'us' });
			return say(200, { object: 'list', data: [model('zebra-7b'), model('ant-1b')] });
		}
		say(404, { error: { message: 'no such path' } });
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address() as AddressInfo;
	const stop = () =>
		new Promise<void>((done) => {
			server.close(() => done());
			server.closeAllConnections();
		});
	return { url: `http://127.0.0.1:${port}/v1`, asked, state, stop };
};
