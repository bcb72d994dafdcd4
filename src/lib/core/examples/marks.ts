import type { Message } from './conversation.ts';
import { trainedTurns, weightIn } from './formats/training.ts';
import { type TrainingRule, flawsOfExample, trainingRules } from './trainable.ts';

/**
 * What a checklist has to say of an example as it came: the rules of training files that it breaks, whether it carries thoughts, and a weight of its
 * own. Nearly all have none.
 */
export const exampleMarks = [...trainingRules, 'thoughts', 'weight'] as const;
export type ExampleMark = TrainingRule | 'thoughts' | 'weight';

/**
 * By which rules an example has its marks. They are kept (server/examples/marks.ts): whoever changes what `marksOf` answers, of whichever example,
 * counts this on, and all are looked at anew.
 */
export const marksVersion = 1;

type Example = { messages: readonly Message[]; rewrite?: string | null; source?: string | null };

/** The marks of an example; without a rewrite those with which it came. */
export const marksOf = ({ messages, rewrite = null, source = null }: Example): ExampleMark[] => {
	const turns = trainedTurns({ messages, rewrite });
	const isThinking = turns.some(({ reasoning, reasoning_content }) => reasoning != null || reasoning_content != null);
	return [
		...flawsOfExample({ messages, rewrite, source }).map(({ rule }) => rule),
		...(isThinking ? (['thoughts'] as const) : []),
		...((weightIn(source) ?? 1) !== 1 ? (['weight'] as const) : [])
	];
};
