import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Message } from '../../../src/lib/core/examples/example.ts';

/** A server of OpenAI's protocol that keeps what it was asked and answers with the name of the model and the last question. */
export const startEchoServer = async () => {
	const asked: { model: string; messages: Message[] }[] = [];
	const server = createServer((request, response) => {
		let body = '';
		request.on('data', (piece) => (body += piece));
		request.on('end', () => {
			if (!request.url!.endsWith('/chat/completions')) {
				const model = (id: string) => ({ id, object: 'model', created: 1, owned_by: 'us' });
				response.writeHead(200, { 'content-type': 'application/json' });
				return response.end(JSON.stringify({ object: 'list', data: [model('zebra-7b'), model('ant-1b')] }));
			}
			const { model, messages } = JSON.parse(body) as { model: string; messages: Message[] };
			asked.push({ model, messages });
			const piece = (delta: object, finish_reason: string | null) =>
				`data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model, choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.write(piece({ role: 'assistant', content: `Said of ${messages.at(-1)!.content}` }, null));
			response.end(`${piece({}, 'stop')}data: [DONE]\n\n`);
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address() as AddressInfo;
	const stop = () =>
		new Promise<void>((done) => {
			server.close(() => done());
			server.closeAllConnections();
		});
	return { url: `http://127.0.0.1:${port}/v1`, asked, stop };
};
