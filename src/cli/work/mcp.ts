import { createInterface } from 'node:readline';
import type { mcp } from '../commands/mcp.ts';
import type { Deed } from '../deed.ts';
import { Failure } from '../exit-codes.ts';
import { ask } from '../remote/ask.ts';
import { linkHere } from '../remote/link.ts';
import { openServer } from '../remote/logins.ts';

type Message = { id?: unknown; method?: unknown; result?: { protocolVersion?: unknown } };

/** Of JSON-RPC: what could not be read, and what went wrong inside. */
const [unreadable, internal] = [-32700, -32603];

const refusal = (id: unknown, code: number, message: string) =>
	JSON.stringify({ jsonrpc: '2.0', id: id ?? null, error: { code, message } });

const messageIn = (line: string): Message | null => {
	try {
		return JSON.parse(line) as Message;
	} catch {
		return null;
	}
};

export const deed: Deed<typeof mcp> = async ({ io, say, flags }) => {
	const server = openServer(io, flags.server, linkHere(io.cwd)?.server);
	let version: string | undefined;
	const passed = async (line: string): Promise<void> => {
		const message = messageIn(line);
		if (!message) return say.raw(`${refusal(null, unreadable, 'This line is not JSON.')}\n`);
		try {
			const answer = await ask(
				server,
				{
					method: 'POST',
					path: '/api/mcp',
					body: line,
					headers: {
						'content-type': 'application/json',
						accept: 'application/json, text/event-stream',
						...(version !== undefined && { 'mcp-protocol-version': version })
					}
				},
				io
			);
			const text = (await answer.text()).trim();
			if (text === '') return; // a notification
			const said = (messageIn(text)?.result?.protocolVersion ?? version) as string | undefined;
			version = said;
			say.raw(`${text}\n`);
		} catch (problem) {
			if (!(problem instanceof Failure)) throw problem;
			say.warn(`ait: ${problem.message}`);
			if (message.id !== undefined) say.raw(`${refusal(message.id, internal, problem.message)}\n`);
		}
	};
	const waiting = new Set<Promise<void>>();
	for await (const line of createInterface({ input: io.stdin, terminal: false })) {
		if (line.trim() === '') continue;
		const answered = passed(line).finally(() => waiting.delete(answered));
		waiting.add(answered);
		// what it agrees on holds for all that comes after it
		if (messageIn(line)?.method === 'initialize') await answered;
	}
	await Promise.all(waiting);
};
