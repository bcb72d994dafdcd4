import { targetOf } from '../examples/example.ts';
import { type Rewritten, preferenceParts } from '../examples/formats/preference.ts';
import { pairFlawsOf, takesThoughts, takesWeights } from '../examples/trainable.ts';
import { tokensOf } from '../text/tokens.ts';

/** A pair as it is sent. */
export type Pair = {
	parts: ReturnType<typeof preferenceParts>;
	/** What stands beside the better answer, also where the provider leaves it out. */
	beside: { isThoughtful: boolean; isWeighted: boolean; isThought: boolean };
	/** Of both answers, each with what was asked; and of the longer one. */
	tokens: number;
	longestTokens: number;
};

/** Whether a turn was thought about before it was said. */
const hasThoughts = (turn: Rewritten['messages'][number] | undefined): boolean =>
	turn !== undefined && (turn.reasoning != null || turn.reasoning_content != null);

/** The pair of a rewritten example, as this provider takes it; null where it would refuse it. */
export const pairOf = (example: Rewritten, systemPrompt: string | null, provider: string | null): Pair | null => {
	const taken = { thoughts: takesThoughts(provider), weights: takesWeights(provider) };
	const parts = preferenceParts(example, systemPrompt, taken);
	const whole = { thoughts: true, weights: true };
	const isWhole = taken.thoughts && taken.weights;
	const { weight = 1, ...said } = isWhole ? parts : preferenceParts(example, systemPrompt, whole);
	const beside = {
		isThoughtful: /"reasoning(_content)?":/.test(JSON.stringify(said)),
		isWeighted: weight !== 1,
		isThought: hasThoughts(example.messages.at(-1))
	};
	if (pairFlawsOf(parts as Parameters<typeof pairFlawsOf>[0]).length > 0) return null;
	const asked = parts.input.messages as Rewritten['messages'];
	const sizes = [example.rewrite, targetOf({ messages: example.messages, rewrite: null })].map((content) =>
		tokensOf([...asked, { role: 'assistant', content }])
	);
	return { parts, beside, tokens: sizes[0]! + sizes[1]!, longestTokens: Math.max(...sizes) };
};
