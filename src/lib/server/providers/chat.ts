import type { ChatRequest, Completion } from './provider.ts';
import { finishOf } from './stream.ts';
import { type Thoughts, thoughtIn } from './thoughts.ts';

/** The request as both wires write it. What only training needs (`weight`) stays here. */
export const chatBody = ({ model, messages, temperature, seed }: ChatRequest) => ({
	model,
	messages: messages.map(({ weight: _weight, ...message }) => message),
	temperature,
	...(seed === undefined ? {} : { seed })
});

const reasoningOf = (text: string) => (text === '' ? {} : { reasoning: text });

type Answer = {
	choices?: { message?: ({ content?: string | null } & Thoughts) | null; finish_reason?: string | null }[];
	usage?: { prompt_tokens?: number; completion_tokens?: number } | null;
};

/** The whole answer of either SDK. */
export const toCompletion = ({ choices, usage }: Answer): Completion => ({
	text: choices?.[0]?.message?.content ?? '',
	...reasoningOf(thoughtIn(choices?.[0]?.message)),
	finishReason: finishOf(choices?.[0]?.finish_reason),
	promptTokens: usage?.prompt_tokens ?? null,
	completionTokens: usage?.completion_tokens ?? null
});
