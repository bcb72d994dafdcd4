import { type Draft, type Format, type Row, fields } from './format.ts';

const withContent = (turn: unknown, content: string): unknown =>
	typeof turn === 'object' && turn !== null ? { ...turn, content } : turn;

/**
 * The original aitelier put the rewrite into the last turn and the model's words into `originalOutput`; here they change places
 * again.
 */
const read = (row: Row): Draft => {
	const turns = row.messages as unknown[];
	const last = turns.at(-1) as { content?: unknown } | null | undefined;
	const original = row.originalOutput;
	if (row.rewrite != null || typeof original !== 'string' || original.trim() === '' || original === last?.content) {
		return { turns, rewrite: row.rewrite };
	}
	return { turns: [...turns.slice(0, -1), withContent(last, original)], rewrite: last?.content };
};

/** `{"messages":[…]}` of OpenAI and Together, and our own full-fidelity lines (full.ts). */
export const chat: Format = {
	name: 'Chat messages (OpenAI, Together)',
	sniff: (row) => Array.isArray(row.messages),
	read,
	fields: fields('messages')
};
