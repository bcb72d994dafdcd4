import type { Message } from '../examples/conversation.ts';

/** A comparison asks at most 2,000; all of a pool are compared with each other and with what trains. */
export const mostPrompts = 10_000;

/** What asks the same as a prompt, or nearly, and trains or has been learnt: an example, or a preference (`number` is null). */
export type LearntTwin = { exampleId: string | null; number: number | null; exact: boolean; trained: boolean };

/** Why a prompt can measure nothing, in a sentence. */
export const twinWords = ({ number, exact, trained }: Omit<LearntTwin, 'exampleId'>): string => {
	const asks = exact ? 'asks the same' : 'asks nearly the same';
	if (number === null) return `A preference that a run was sent ${asks}: a model knows it.`;
	return trained
		? `A run has learnt example ${number}, which ${asks}: a model knows the answer.`
		: `Example ${number}, which stands in train, ${asks}: a model would know the answer.`;
};

/** A prompt as what reads examples takes it: with an answer that says nothing. */
export const withAnswer = (messages: readonly Message[]): Message[] => [
	...messages,
	{ role: 'assistant', content: '' }
];
