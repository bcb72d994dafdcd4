import * as v from 'valibot';
import { Shots } from './contenders.ts';
import { Message } from './examples.ts';
import { ids } from './ids.ts';
import { query } from './operation.ts';

/** An example in a prompt: its turns as they stand there, the answer that would train last. */
export const Shot = v.strictObject({ exampleId: v.string(), number: v.number(), messages: v.array(Message) });

/** A prompt with which a model competes. */
export const FewShotPrompt = v.strictObject({ systemPrompt: v.string(), shots: v.array(Shot) });

export const GetFewShot = query({
	name: 'evaluations.fewShot',
	summary:
		'The examples that would stand in the prompt of a model now: the best of train that differ most from each other',
	within: 'project',
	action: 'evaluations:create',
	long: true,
	input: v.object({ examples: Shots }),
	output: v.strictObject({
		/** That of the project, where the contender brings none. */
		systemPrompt: v.string(),
		shots: v.array(Shot),
		/** What the examples add to each question, about. */
		tokens: v.number(),
		/** Of exactly these examples: to be sent as `seen`. */
		fingerprint: v.string(),
		/** Why there are fewer than asked for; null where there are enough. */
		problem: v.nullable(v.string())
	}),
	writing: true,
	events: ['split.parted'],
	errors: {},
	example: {
		input: { examples: 3 },
		output: {
			systemPrompt: 'Be kind.',
			shots: [
				{
					exampleId: ids.example,
					number: 12,
					messages: [
						{ role: 'user', content: 'Do you ship to Norway?' },
						{ role: 'assistant', content: 'Yes. It takes three to five days.' }
					]
				}
			],
			tokens: 24,
			fingerprint: 'b1946ac92492d2347c6235b4d2611184',
			problem: 'Only one example in train is rated 8 or better and short enough. Rate more, or put more into train.'
		}
	}
});
export type ShownFewShot = v.InferInput<typeof GetFewShot.output>;
