import type { Message } from './conversation.ts';

export type { Message, ToolCall } from './conversation.ts';

/** Where the answer to learn stands: the last assistant turn, or -1. Beside no rules of conversations: pages that only show one need none. */
export const answerAt = (messages: readonly Message[]): number =>
	messages.findLastIndex((turn) => turn.role === 'assistant');

/** The output to learn: the rewrite where there is one, else the last assistant turn. */
export const targetOf = ({ messages, rewrite }: { messages: readonly Message[]; rewrite: string | null }): string =>
	rewrite ?? messages[answerAt(messages)]?.content ?? '';

/** Everything before the last assistant turn: what the model is shown. */
export const promptOf = (messages: readonly Message[]): Message[] => messages.slice(0, Math.max(0, answerAt(messages)));

/** The same prompt with another answer: a person's or a model's, and always one to train on. */
export const withTarget = (messages: readonly Message[], output: string): Message[] => [
	...promptOf(messages),
	{ role: 'assistant', content: output }
];
