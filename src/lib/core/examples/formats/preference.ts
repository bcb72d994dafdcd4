import type { Message } from '../conversation.ts';
import { targetOf } from '../example.ts';
import { trainedParts } from './training.ts';

type Rewritten = { messages: readonly Message[]; rewrite: string; source?: string | null };

const answer = (content: string) => [{ role: 'assistant', content }];

/**
 * A line of preference data (DPO) as Together and OpenAI read it, without its line break: to the prompt, the rewrite is preferred
 * over the answer it improves. The project's system prompt comes first where the example brings none.
 */
export const preferenceLine = (example: Rewritten, systemPrompt?: string | null): string => {
	const { messages, weight, ...tools } = trainedParts(example, systemPrompt);
	return JSON.stringify({
		input: { messages: messages.slice(0, -1), ...tools },
		preferred_output: answer(example.rewrite),
		non_preferred_output: answer(targetOf({ messages: example.messages, rewrite: null })),
		...(weight !== undefined && { weight })
	});
};
