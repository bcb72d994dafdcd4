import { type Draft, type Format, type Row, fields, systemTurn } from './format.ts';

const asTurns = (part: unknown, role: 'user' | 'assistant'): unknown[] | null => {
	if (typeof part === 'string') return [{ role, content: part }];
	return Array.isArray(part) ? part : null;
};

const read = (row: Row): Draft => {
	const prompt = asTurns(row.prompt, 'user');
	const completion = asTurns(row.completion, 'assistant');
	if (!prompt) return 'has a "prompt" that is neither text nor a list of turns';
	if (!completion) return 'has a "completion" that is neither text nor a list of turns';
	return { turns: [...systemTurn(row.system), ...prompt, ...completion], rewrite: row.rewrite };
};

/** `{"prompt","completion"}`: text on both sides, or lists of turns, which TRL calls conversational. */
export const promptCompletion: Format = {
	name: 'Prompt and completion',
	sniff: (row) => row.prompt !== undefined && row.completion !== undefined,
	read,
	fields: fields('prompt', 'completion', 'system')
};
