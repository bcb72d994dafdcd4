import { type Draft, type Format, type Row, answerTurn, drafted, fields } from './format.ts';

const asTurns = (part: unknown, turn: (text: string) => Row): unknown[] | null => {
	if (typeof part === 'string') return [turn(part)];
	return Array.isArray(part) ? part : null;
};

const read = (row: Row): Draft => {
	const prompt = asTurns(row.prompt, (content) => ({ role: 'user', content }));
	const completion = asTurns(row.completion, (content) => answerTurn(row, content));
	if (!prompt) return 'has a "prompt" that is neither text nor a list of turns';
	if (!completion) return 'has a "completion" that is neither text nor a list of turns';
	const isLost = Array.isArray(row.completion) && (row.reasoning != null || row.reasoning_content != null);
	if (isLost) return 'has a "reasoning" beside a list of turns; put it into the turn it belongs to';
	return drafted(row, [...prompt, ...completion], { rewrite: row.rewrite });
};

/** `{"prompt","completion"}`: text on both sides, or lists of turns, which TRL calls conversational. */
export const promptCompletion: Format = {
	name: 'Prompt and completion',
	sniff: (row) => row.prompt != null && row.completion != null,
	read,
	fields: fields('prompt', 'completion', 'reasoning', 'reasoning_content')
};
