import { type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * A provider that speaks as Together does and is billed by the token: a million tokens of a prompt cost $10, of an answer $100.
 * `hold` keeps answers after their first piece until `release`; `pieces` are what it says; `dies` cuts the line after the first.
 */
export const startTokenServer = async () => {
	const state = {
		pieces: [{ content: 'Yes.' }] as Record<string, string>[],
		completionTokens: 100,
		hold: false,
		dies: false,
		refuses: null as { status: number; message: string } | null,
		/** Questions that came, and that were left by whoever asked. */
		asked: 0,
		left: 0
	};
	const held: (() => void)[] = [];
	const answer = async (response: ServerResponse) => {
		const say = (body: object) => response.write(`data: ${JSON.stringify(body)}\n\n`);
		const [first, ...rest] = state.pieces;
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		say({ choices: [{ index: 0, delta: first }] });
		if (state.dies) return void setImmediate(() => response.destroy());
		if (state.hold) await new Promise<void>((go) => held.push(go));
		for (const delta of rest) say({ choices: [{ index: 0, delta }] });
		say({
			choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
			usage: { prompt_tokens: 1000, completion_tokens: state.completionTokens }
		});
		response.end('data: [DONE]\n\n');
	};
	const server = createServer((request, response) => {
		const json = (status: number, body: unknown) =>
			response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
		if (request.url?.startsWith('/v1/models'))
			return json(200, [
				{ id: 'ant-1b', type: 'chat', pricing: { input: 10, output: 100, hourly: 0, base: 0, finetune: 0 } }
			]);
		if (!request.url?.startsWith('/v1/chat')) return json(404, { error: { message: 'no such path' } });
		state.asked++;
		if (state.refuses) return json(state.refuses.status, { error: { message: state.refuses.message } });
		response.once('close', () => !response.writableFinished && state.left++);
		request.resume().once('end', () => void answer(response));
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
		state,
		release: () => {
			for (const go of held.splice(0)) go();
		},
		stop: () =>
			new Promise<void>((done) => {
				server.close(() => done());
				server.closeAllConnections();
			})
	};
};
export type TokenServer = Awaited<ReturnType<typeof startTokenServer>>;
