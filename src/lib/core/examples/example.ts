import * as v from 'valibot';
import { answerAt, conversationProblem, turnRoles } from './conversation.ts';
import type { Message } from './conversation.ts';
import { whole } from '../runs/recipe.ts';

export type { Message, ToolCall } from './conversation.ts';

export const Turn = v.looseObject({
	role: v.picklist(turnRoles, 'A turn is by system, user, assistant or tool'),
	content: v.nullish(v.string('The content of a turn is text'), '')
});

/** The turns of one example, in order. Its sentences are those of the import, without the line. */
export const Conversation = v.pipe(
	v.array(Turn, 'Give the turns as a list'),
	v.rawCheck(({ dataset, addIssue }) => {
		const problem = dataset.typed ? conversationProblem(dataset.value) : null;
		if (problem) addIssue({ message: `${problem[0]!.toUpperCase()}${problem.slice(1)}` });
	}),
	v.transform((turns) => turns as Message[])
);

/** One example, from REST (`messages` is a list) or from a form (`messages` is the same list as JSON text; an empty rating is none). */
export const NewExample = v.object(
	{
		messages: v.pipe(
			v.union([v.array(v.looseObject({})), v.string()], 'Write at least one question and its answer'),
			v.rawTransform(({ dataset, addIssue, NEVER }): unknown => {
				if (typeof dataset.value !== 'string') return dataset.value;
				try {
					return JSON.parse(dataset.value);
				} catch {
					addIssue({ message: 'The turns are not valid JSON' });
					return NEVER;
				}
			}),
			Conversation
		),
		rating: v.pipe(
			v.nullish(v.union([v.string(), v.number()], 'A rating is a number'), ''),
			v.transform((given) => (given === '' ? null : given)),
			v.nullable(whole('A rating', 1, 10))
		)
	},
	'Write at least one question and its answer'
);
export type NewExample = v.InferOutput<typeof NewExample>;

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
