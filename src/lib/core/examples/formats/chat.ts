import { type Draft, type Format, type Row, drafted, fields } from './format.ts';

/**
 * The original aitelier put the rewrite into the last turn and the model's words into `originalOutput`; here they change places
 * again.
 */
const read = (row: Row): Draft => {
	const turns = row.messages as unknown[];
	const last = turns.at(-1);
	const original = row.originalOutput;
	const said = typeof original === 'string' && original.trim() !== '' && row.rewrite == null;
	if (!said || typeof last !== 'object' || last === null) return drafted(row, turns, { rewrite: row.rewrite });
	const { content: rewrite } = last as Row;
	return original === rewrite
		? drafted(row, turns, {})
		: drafted(row, [...turns.slice(0, -1), { ...last, content: original }], { rewrite });
};

/** `{"messages":[…]}` of OpenAI and Together, also with `system` beside it (Bedrock), and our own full-fidelity lines (full.ts). */
export const chat: Format = {
	name: 'Chat messages (OpenAI, Together)',
	sniff: (row) => Array.isArray(row.messages),
	read,
	fields: fields('messages')
};
