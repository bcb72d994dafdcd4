import type { Turn } from '$lib/core/playground/conversation.ts';

export const mostTokens = 8192;
const usual = { temperature: 0.7, maxTokens: 512 };

const numberIn = (text: string | null, least: number, most: number, otherwise: number) => {
	const value = Number(text);
	return text !== null && text !== '' && value >= least && value <= most ? value : otherwise;
};

/** The settings of an address; what makes no sense there is as usual. */
export const settingsIn = (query: URLSearchParams) => ({
	temperature: numberIn(query.get('temperature'), 0, 2, usual.temperature),
	maxTokens: Math.round(numberIn(query.get('maxTokens'), 1, mostTokens, usual.maxTokens))
});

/** What an address says: who is asked, and the settings that are not as usual. */
export const queryOf = (a: string, b: string | null, temperature: number, maxTokens: number): string => {
	const query = new URLSearchParams({ a, ...(b !== null && { b }) });
	if (temperature !== usual.temperature) query.set('temperature', String(temperature));
	if (maxTokens !== usual.maxTokens) query.set('maxTokens', String(maxTokens));
	return `?${query}`;
};

/** What is kept of a conversation in the browser. `systemPrompt`: null while it is the project's. */
export type Kept = { turns: Turn[]; systemPrompt: string | null; question: string };
