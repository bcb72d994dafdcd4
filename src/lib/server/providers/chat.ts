import type { ChatRequest, Completion } from './provider.ts';
import { finishOf } from './stream.ts';

/** The request as both wires write it. What only training needs (`weight`) stays here. */
export const chatBody = ({ model, messages, temperature, seed }: ChatRequest) => ({
	model,
	messages: messages.map(({ weight: _weight, ...message }) => message),
	temperature,
	...(seed === undefined ? {} : { seed })
});

type Answer = {
	choices?: { message?: { content?: string | null } | null; finish_reason?: string | null }[];
	usage?: { prompt_tokens?: number; completion_tokens?: number } | null;
};

/** The whole answer of either SDK. */
export const toCompletion = ({ choices, usage }: Answer): Completion => ({
	text: choices?.[0]?.message?.content ?? '',
	finishReason: finishOf(choices?.[0]?.finish_reason),
	promptTokens: usage?.prompt_tokens ?? null,
	completionTokens: usage?.completion_tokens ?? null
});
