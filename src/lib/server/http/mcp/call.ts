import type { RequestEvent } from '@sveltejs/kit';
import type { Tool } from '../../../contract/mcp.ts';
import { config } from '../../platform/config.ts';

type Arguments = Record<string, unknown>;
/** What a tool answers: text, and whether it is a refusal. */
export type Said = { text: string; isRefusal: boolean };

/** So many characters fit into a conversation. */
const mostText = 200_000;

const said = (text: string): Said => ({ text, isRefusal: false });
const refused = (text: string): Said => ({ text, isRefusal: true });

/** The words of an answer that is written while one watches (servings.chat). */
const wordsOf = (events: string): Said => {
	const pieces = events
		.split('\n')
		.filter((line) => line.startsWith('data: '))
		.map((line) => JSON.parse(line.slice('data: '.length)) as { text?: string; error?: { message: string } });
	const broken = pieces.find(({ error }) => error);
	return broken ? refused(broken.error!.message) : said(pieces.map(({ text }) => text ?? '').join(''));
};

const queryFrom = (values: Arguments): URLSearchParams => {
	const query = new URLSearchParams();
	for (const [name, value] of Object.entries(values))
		for (const each of Array.isArray(value) ? value : [value]) if (each !== null) query.append(name, String(each));
	return query;
};

/** As a name in an address these two are none: they lead to another one. */
const leadsAway = (value: unknown) => value === '.' || value === '..';

/** The request that a script would send for this. */
const requestOf = ({ row }: Tool, given: Arguments): { address: string; init: RequestInit } => {
	const { method, path, takesFile } = row;
	const rest = { ...given };
	const address = `/api/v1${path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
		delete rest[name];
		return encodeURIComponent(String(given[name]));
	})}`;
	if (method === 'GET') return { address: `${address}?${queryFrom(rest)}`, init: { method } };
	if (takesFile) {
		const { fileName, text, ...beside } = rest;
		return {
			address: `${address}?${queryFrom(beside)}`,
			init: { method, headers: { 'x-file-name': encodeURIComponent(String(fileName)) }, body: String(text) }
		};
	}
	const body = JSON.stringify(rest);
	// a body of a length nobody says is refused (http/secure.ts)
	const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) };
	return { address, init: { method, headers, body } };
};

/** The text of an answer; null for one that goes on for longer, and is read no further. */
const textOf = async ({ body }: Response): Promise<string | null> => {
	const decoder = new TextDecoder();
	let text = '';
	for await (const piece of body ?? []) {
		text += decoder.decode(piece, { stream: true });
		if (text.length > mostText) return null;
	}
	return text;
};

const answerOf = async (answer: Response, address: string): Promise<Said> => {
	const text = await textOf(answer);
	if (text === null)
		return refused(`The answer is too long for a conversation. Fetch it: GET ${config().origin}${address}`);
	if (!answer.ok) {
		const { error } = JSON.parse(text) as { error: { code: string; message: string; field?: string } };
		return refused(`${error.message} (${error.code}${error.field ? `, ${error.field}` : ''})`);
	}
	if (answer.headers.get('content-type')?.startsWith('text/event-stream')) return wordsOf(text);
	return said(text || 'Done.');
};

/**
 * Does what a tool does by asking the REST API as the same script: with its checks, its limits and its words. The answer is that of
 * the API, as text.
 */
export const call = async (event: RequestEvent, tool: Tool, given: Arguments): Promise<Said> => {
	const lacking = tool.inputSchema.required!.find((name) => given[name] === undefined || given[name] === '');
	if (lacking) return refused(`“${lacking}” is missing. (invalid, ${lacking})`);
	if (Object.entries(given).some(([name, value]) => tool.row.path.includes(`{${name}}`) && leadsAway(value)))
		return refused('There is nothing of this name. (not_found)');
	const { address, init } = requestOf(tool, given);
	const headers = new Headers(init.headers);
	headers.set('authorization', event.request.headers.get('authorization')!);
	return answerOf(await event.fetch(address, { ...init, headers, credentials: 'omit' }), address);
};
