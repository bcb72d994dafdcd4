import type { ChatRequest, Completion } from './provider.ts';
import { type Usage, finishOf, tokensIn } from './stream.ts';
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
	choices?: { message?: ({ content?: unknown } & Thoughts) | null; finish_reason?: string | null }[];
	usage?: Usage | null;
};

/** The whole answer of either SDK. */
export const toCompletion = ({ choices, usage }: Answer): Completion => {
	const text = choices?.[0]?.message?.content;
	return {
		text: typeof text === 'string' ? text : '',
		...reasoningOf(thoughtIn(choices?.[0]?.message)),
		finishReason: finishOf(choices?.[0]?.finish_reason),
		...tokensIn(usage)
	};
};
