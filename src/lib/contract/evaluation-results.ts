import * as v from 'valibot';
import { EvaluationId, Interval, Kind, Status } from './evaluations.ts';
import { Message } from './examples.ts';
import { File, NoOutput, Time, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

/** Before the reveal there is nothing but progress. */
const Locked = v.strictObject({
	number: v.number(),
	title: v.string(),
	judged: v.number(),
	planned: v.number(),
	status: Status,
	mayReveal: v.boolean()
});
export type Locked = v.InferInput<typeof Locked>;

const Check = v.strictObject({ name: v.string(), state: v.picklist(['ok', 'warn', 'block']), sentence: v.string() });

const Verdict = v.strictObject({
	kind: Kind,
	title: v.string(),
	sentence: v.string(),
	/** Wins of the decisive votes and their 95 % interval, as fractions; null without decisive votes. */
	winRate: v.nullable(v.number()),
	interval: v.nullable(Interval),
	/** Of the two-sided sign test. */
	p: v.number(),
	/** The e-value; from 20 on it allows a verdict before the planned end. */
	evidence: v.number(),
	decisive: v.number(),
	judged: v.number(),
	/** How many changed votes would remove the verdict; null where there is nothing to remove. */
	fragility: v.nullable(v.number()),
	checks: v.array(Check)
});

const Answer = v.strictObject({
	text: v.string(),
	/** The model's name it gives away. */
	named: v.nullable(v.string()),
	/** false: it was cut off, by the provider or at the longest length, or says nothing. */
	complete: v.boolean()
});

/** One judged pair, with everything that was hidden before the reveal. */
const Judged = v.strictObject({
	position: v.number(),
	/** Of the example. */
	number: v.number(),
	outcome: v.picklist(['a', 'b', 'tie', 'both_bad']),
	/** How many voters said what. */
	said: v.strictObject({ a: v.number(), b: v.number(), tie: v.number(), both_bad: v.number() }),
	prompt: v.array(Message),
	/** What a person wrote for it. */
	reference: v.string(),
	a: Answer,
	b: Answer
});
export type Judged = v.InferInput<typeof Judged>;

const Show = v.picklist(['all', 'wins', 'losses', 'ties', 'both-bad'], 'The pairs cannot be filtered by this');
export type Show = v.InferOutput<typeof Show>;

const Results = v.strictObject({
	number: v.number(),
	title: v.string(),
	revealedAt: Time,
	contenders: v.strictObject({ a: v.string(), b: v.string() }),
	counts: v.strictObject({
		wins: v.number(),
		losses: v.number(),
		ties: v.number(),
		bothBad: v.number(),
		planned: v.number()
	}),
	/** What scripts said of how many pairs, in how many votes; none of it is in the counts or the verdict. null: no script voted. */
	scriptVotes: v.nullable(
		v.strictObject({
			votes: v.number(),
			pairs: v.number(),
			wins: v.number(),
			losses: v.number(),
			ties: v.number(),
			bothBad: v.number()
		})
	),
	verdict: Verdict,
	/** Those of the verdict, then what the answers and the voters warn of. */
	checks: v.array(Check),
	/** One page of judged pairs, in the order they were drawn. */
	rows: v.strictObject({
		show: Show,
		page: v.number(),
		pages: v.number(),
		/** Pairs on all pages. */
		count: v.number(),
		list: v.array(Judged)
	})
});
export type Results = v.InferInput<typeof Results>;

const aCheck = { name: 'leak', state: 'ok' as const, sentence: 'No item of this evaluation was in the training data.' };

export const GetResults = query({
	name: 'evaluations.results',
	summary: 'What came out, with twenty of the judged pairs; only how far it is while identities are hidden',
	within: 'project',
	action: 'evaluations:see',
	input: v.object({
		evaluationId: EvaluationId,
		show: v.optional(Show, 'all'),
		/** Beyond the last one is the last one. */
		page: v.optional(whole('The page', 1, 1000), 1)
	}),
	output: v.union([v.strictObject({ locked: Locked }), v.strictObject({ results: Results })]),
	errors: {},
	example: {
		input: { evaluationId: ids.evaluation },
		output: {
			results: {
				number: 3,
				title: 'v1 against base',
				revealedAt: aTime,
				contenders: { a: 'v1', b: 'base' },
				counts: { wins: 1, losses: 0, ties: 0, bothBad: 0, planned: 40 },
				scriptVotes: null,
				verdict: {
					kind: 'need-more-data',
					title: 'NEED MORE DATA',
					sentence: 'Only 1 decisive vote; 12 is the minimum to ship.',
					winRate: 1,
					interval: [0.21, 1],
					p: 1,
					evidence: 1,
					decisive: 1,
					judged: 1,
					fragility: null,
					checks: [aCheck]
				},
				checks: [aCheck],
				rows: {
					show: 'all',
					page: 1,
					pages: 1,
					count: 1,
					list: [
						{
							position: 0,
							number: 12,
							outcome: 'a',
							said: { a: 1, b: 0, tie: 0, both_bad: 0 },
							prompt: [{ role: 'user', content: 'Do you ship to Norway?' }],
							reference: 'Yes. It takes three to five days.',
							a: { text: 'Yes, within three to five days.', named: null, complete: true },
							b: { text: 'Please see our website.', named: null, complete: true }
						}
					]
				}
			}
		}
	}
});

export const RevealResults = command({
	name: 'evaluations.reveal',
	summary: 'Shows everybody who wrote what, and what came out; it ends the vote and cannot be taken back',
	within: 'project',
	action: 'evaluations:reveal',
	input: v.object({ evaluationId: EvaluationId }),
	output: NoOutput,
	errors: { conflict: 'No person has voted yet.' },
	events: ['evaluation.revealed'],
	example: { input: { evaluationId: ids.evaluation }, output: undefined }
});

export const Format = v.picklist(['json', 'csv'], 'Results can be had as json or csv.');
export type Format = v.InferOutput<typeof Format>;

export const ExportResults = query({
	name: 'evaluations.export',
	summary: 'The revealed results as a file: everything as JSON, or one row for each judged pair as CSV',
	within: 'project',
	action: 'evaluations:see',
	input: v.object({ evaluationId: EvaluationId, format: Format }),
	output: File('application/json, text/csv'),
	errors: { conflict: 'The identities are still hidden.' },
	example: {
		input: { evaluationId: ids.evaluation, format: 'json' },
		output: { name: 'support-results.json', pieces: [] as never }
	}
});
