import { readJson, shown } from '../../text/json.ts';
import { type Draft, type Format, type Row, drafted, fields } from './format.ts';

const speakers = new Map<unknown, 'system' | 'user' | 'assistant' | 'tool' | 'call'>([
	['system', 'system'],
	['human', 'user'],
	['user', 'user'],
	['gpt', 'assistant'],
	['assistant', 'assistant'],
	['bot', 'assistant'],
	['model', 'assistant'],
	['ai', 'assistant'],
	['chatgpt', 'assistant'],
	['bing', 'assistant'],
	['bard', 'assistant'],
	['function_call', 'call'],
	['observation', 'tool'],
	['function_response', 'tool'],
	['tool', 'tool']
]);

/** ShareGPT writes a call as JSON text: `{"name":"…","arguments":{…}}`. */
const toolCall = (value: unknown, id: string) => {
	try {
		const { name, arguments: given = {} } = readJson(value as string) as { name: unknown; arguments?: unknown };
		const call = {
			id,
			type: 'function',
			function: { name, arguments: typeof given === 'string' ? given : JSON.stringify(given) }
		};
		return typeof name === 'string' ? { role: 'assistant', content: '', tool_calls: [call] } : null;
	} catch {
		return null; // not JSON, not an object, or too much of it to read or to write
	}
};

const read = (row: Row): Draft => {
	const turns: Row[] = [];
	let calls = 0;
	let saysMore = false;
	for (const [index, turn] of (row.conversations as unknown[]).entries()) {
		if (typeof turn !== 'object' || turn === null)
			return `has a conversation whose turn ${index + 1} is ${shown(turn)}`;
		const { from, value, role, content, ...others } = turn as Row;
		const who = from ?? role;
		const text = value ?? content;
		const speaker = speakers.get(typeof who === 'string' ? who.toLowerCase() : who);
		if (!speaker) return `has a turn from ${shown(who)}; known are system, human, gpt, function_call and observation`;
		if (speaker === 'call') {
			const call = toolCall(text, `call_${++calls}`);
			if (!call) return `has a function call in turn ${index + 1} that is not JSON with a name and arguments`;
			turns.push({ ...others, ...call });
			saysMore = true; // of the call's text only the name and the arguments live on
		} else if (speaker === 'tool') {
			turns.push({ role: 'tool', content: text, ...(calls > 0 && { tool_call_id: `call_${calls}` }), ...others });
		} else if (speaker !== 'system' || index > 0 || !isEmpty(text)) {
			turns.push({ role: speaker, content: text, ...others });
		}
	}
	return drafted(row, turns, { rewrite: row.rewrite, saysMore });
};

/** Many files begin with an empty system turn. */
const isEmpty = (text: unknown) => text == null || (typeof text === 'string' && text.trim() === '');

/** `{"conversations":[{"from","value"},…]}` in its dialects, also with `role` and `content` inside, and with tool calls. */
export const sharegpt: Format = {
	name: 'ShareGPT conversations',
	sniff: (row) => Array.isArray(row.conversations),
	read,
	fields: fields('conversations')
};
