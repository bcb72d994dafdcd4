import * as v from 'valibot';
import { pairSources } from '../core/runs/pairs.ts';
import { Message } from './examples.ts';
import { Limit, whole } from './fields.ts';
import { ids } from './ids.ts';
import { query } from './operation.ts';

/** The pairs that a training with preferences would take, by where they come from, and those that are left out, by reason. */
export const PairCounts = v.strictObject({
	rewrite: v.number(),
	import: v.number(),
	playground: v.number(),
	measures: v.number(),
	judged: v.number(),
	unassigned: v.number(),
	poor: v.number(),
	unusable: v.number()
});
export const somePairs = {
	rewrite: 40,
	import: 20,
	playground: 12,
	measures: 3,
	judged: 24,
	unassigned: 5,
	poor: 0,
	unusable: 0
};

const Source = v.picklist(pairSources, 'Pairs come from rewrites, imported files or the playground.');

export const ListTrainingPairs = query({
	name: 'runs.pairs',
	summary: 'The pairs of answers that a training with preferences would take now, by where they come from',
	within: 'project',
	action: 'runs:see',
	long: true,
	input: v.object({
		source: v.fallback(v.optional(Source), undefined),
		/** Only those after this place, in the order of the file. */
		after: v.fallback(v.optional(whole('A place in the list', 1, 2_147_483_647)), undefined),
		limit: Limit
	}),
	output: v.strictObject({
		counts: PairCounts,
		rows: v.array(
			v.strictObject({
				/** Of the example, or of the choice. */
				id: v.string(),
				source: Source,
				/** Of the example. */
				number: v.nullable(v.number()),
				/** As it is sent, the system prompt included. */
				prompt: v.array(Message),
				preferred: v.string(),
				rejected: v.string(),
				/** The models that gave the answers, where it was chosen between two. */
				preferredBy: v.nullable(v.string()),
				rejectedBy: v.nullable(v.string())
			})
		),
		/** The `after` of the next page. */
		next: v.nullable(v.number())
	}),
	errors: {},
	example: {
		input: { source: 'rewrite' },
		output: {
			counts: somePairs,
			rows: [
				{
					id: ids.example,
					source: 'rewrite',
					number: 7,
					prompt: [{ role: 'user', content: 'Do you ship to Norway?' }],
					preferred: 'Yes. It takes three to five days.',
					rejected: 'Please see our website.',
					preferredBy: null,
					rejectedBy: null
				}
			],
			next: null
		}
	}
});
