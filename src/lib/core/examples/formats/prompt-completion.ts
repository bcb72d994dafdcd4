import { systemTurn } from './pair.ts';
import type { Draft, Row } from './sniff.ts';

const asTurns = (part: unknown, role: 'user' | 'assistant'): unknown[] | null => {
	if (typeof part === 'string') return [{ role, content: part }];
	return Array.isArray(part) ? part : null;
};

/** `{"prompt","completion"}`: text on both sides, or lists of turns, which TRL calls conversational. */
export const fromPromptCompletion = (row: Row): Draft => {
	const prompt = asTurns(row.prompt, 'user');
	const completion = asTurns(row.completion, 'assistant');
	if (!prompt) return 'has a "prompt" that is neither text nor a list of turns';
	if (!completion) return 'has a "completion" that is neither text nor a list of turns';
	return { turns: [...systemTurn(row.system), ...prompt, ...completion], rewrite: row.rewrite };
};
