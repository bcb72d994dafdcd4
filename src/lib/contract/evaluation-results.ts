// Long because it is everything that a result says: the numbers, the checks, the pairs, the trend, and what may come next.
import * as v from 'valibot';
import { choices } from '../core/evaluations/ballots.ts';
import { mostAsked, promptSources } from '../core/evaluations/plan.ts';
import { shows } from '../core/evaluations/check.ts';
import { EvaluationId, Interval, Kind, Status } from './evaluations.ts';
import { Judge, JudgeOnPair } from './judgings.ts';
import { Message } from './examples.ts';
import { FewShotPrompt } from './few-shot.ts';
import { File, NoOutput, Time, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

/** Before the reveal there is nothing but progress. */
export const LockedResults = v.strictObject({
	number: v.number(),
	title: v.string(),
	judged: v.number(),
	/** Prompts that cannot get their votes any more, because people skipped them. */
	skipped: v.number(),
	planned: v.number(),
	status: Status,
	/** Of a three-way its first comparison: the three are revealed together; null of any other. */
	threeWay: v.nullable(v.string()),
	mayReveal: v.boolean()
});
export type Locked = v.InferInput<typeof LockedResults>;

const Show = v.picklist(shows, 'The pairs cannot be filtered by this');
export type Show = v.InferOutput<typeof Show>;

const Check = v.strictObject({
	name: v.string(),
	/** `untested`: it could not be asked, and nothing is claimed. */
	state: v.picklist(['ok', 'warn', 'block', 'untested']),
	sentence: v.string(),
	/** The pairs it speaks of. */
	show: v.nullable(Show),
	/** The other pairs, where it weighs two kinds against each other. */
	also: v.optional(Show)
});

const Verdict = v.strictObject({
	kind: Kind,
	title: v.string(),
	sentence: v.string(),
	/** The headline: the mean score, −1 to 1, and the 95 % interval in force; null when nothing counts. */
	netPreference: v.nullable(v.number()),
	interval: v.nullable(Interval),
	/** Wins of the prompts with a winner and their 95 % interval, as fractions; null without one. */
	winRate: v.nullable(v.number()),
	winInterval: v.nullable(Interval),
	/** How often equal models would look this different: two-sided at the planned end, 1/E at any other time. */
	p: v.number(),
	/** E, which may be looked at at any time; from the bar on it allows a verdict. */
	evidence: v.number(),
	decisive: v.number(),
	judged: v.number(),
	/** How many turned prompts would remove the verdict; null where there is nothing to remove. */
	fragility: v.nullable(v.number()),
	checks: v.array(Check)
});

const Answer = v.strictObject({
	/** null: it was removed, as the server is set. All else stays. */
	text: v.nullable(v.string()),
	/** In characters, without what the model thought aloud. */
	length: v.number(),
	/** The model's name it gives away. */
	named: v.nullable(v.string()),
	/** false: it was cut off, by the provider or at the longest length, or says nothing. */
	complete: v.boolean()
});

/** One judged pair, with everything that was hidden before the reveal. */
const Judged = v.strictObject({
	position: v.number(),
	/** Of the example, or of the prompt in the pool. */
	number: v.number(),
	outcome: v.picklist(['a', 'b', 'tie', 'both_bad']),
	/** The mean of the votes that count: 1 where A is better, −1 where it is worse. */
	score: v.number(),
	/** How many voters said what, also those whose vote came later. */
	said: v.strictObject({ a: v.number(), b: v.number(), tie: v.number(), both_bad: v.number() }),
	/** Every vote that stands, in the order in which the voters came. */
	votes: v.array(
		v.strictObject({
			voter: v.string(),
			/** As it was seen. */
			choice: v.picklist(choices),
			/** Who stood first. */
			first: v.picklist(['a', 'b']),
			/** The voter’s how manieth pair it was, from 0 on. */
			order: v.number(),
			at: Time,
			/** What the voter said when the pair came to them once more, with the sides changed: no vote. null: it did not, or they skipped it. */
			again: v.nullable(
				v.strictObject({ choice: v.picklist(choices), first: v.picklist(['a', 'b']), order: v.number(), at: Time })
			),
			/** How good this voter found the answers, where they said it, and what they noted. */
			scores: v.strictObject({ a: v.nullable(v.number()), b: v.nullable(v.number()) }),
			note: v.nullable(v.string())
		})
	),
	prompt: v.array(Message),
	/** What a person wrote for it; null for a prompt of the pool. */
	reference: v.nullable(v.string()),
	/** What a model said of it that was asked to judge; null where none has. It is in no score. */
	judge: v.nullable(JudgeOnPair),
	a: Answer,
	b: Answer
});
export type Judged = v.InferInput<typeof Judged>;

const MeanScore = v.strictObject({
	/** From 1 to 10; null where nobody gave a score. */
	mean: v.nullable(v.number()),
	count: v.number()
});

const Results = v.strictObject({
	number: v.number(),
	title: v.string(),
	/** Of a three-way its first comparison; null of any other. */
	threeWay: v.nullable(v.string()),
	revealedAt: Time,
	/** When the texts of the answers were removed, where the server keeps them for some time only, and until when it keeps them. */
	textsRemovedAt: v.nullable(Time),
	textsKeptUntil: v.nullable(Time),
	contenders: v.strictObject({ a: v.string(), b: v.string() }),
	/** The prompt of its own with which a side was asked; null where it was asked as the project asks. */
	prompts: v.strictObject({ a: v.nullable(FewShotPrompt), b: v.nullable(FewShotPrompt) }),
	/** What was fixed before anybody voted. */
	plan: v.strictObject({
		/** Validation examples, or prompts of the pool. */
		promptsFrom: v.picklist(promptSources),
		prompts: v.number(),
		votes: v.number(),
		delta: v.number(),
		/** So many pairs came once more to whoever judged all of them; no votes. */
		repeats: v.number(),
		attempt: v.number(),
		/** What this try needs: p below at the planned end, or evidence from there on. */
		bar: v.strictObject({ p: v.number(), reject: v.number(), evidence: v.number() }),
		temperature: v.number(),
		maxTokens: v.number(),
		/** Whether the models may think before they answer. */
		thinking: v.boolean(),
		/** It goes on after results were seen, so only evidence counts. */
		continued: v.boolean(),
		/** The number of the comparison that it goes on with. */
		continues: v.nullable(v.number())
	}),
	counts: v.strictObject({
		wins: v.number(),
		losses: v.number(),
		ties: v.number(),
		bothBad: v.number(),
		/** Planned prompts that are out, because people skipped them: in none of the numbers above. */
		skipped: v.number(),
		planned: v.number()
	}),
	/** Each prompt that is out: how many have judged it, how many skipped it, and how many could have judged it and said nothing. */
	skipped: v.array(
		v.strictObject({
			position: v.number(),
			/** Of the example, or of the prompt in the pool. */
			number: v.number(),
			voted: v.number(),
			skipped: v.number(),
			left: v.number()
		})
	),
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
	/** What people without an account said, by a link; none of it is in the counts or the verdict. null: nobody did. */
	guestVotes: v.nullable(
		v.strictObject({
			votes: v.number(),
			pairs: v.number(),
			guests: v.number(),
			/** The mean over the pairs, −1 to 1, with its 95 % interval. */
			netPreference: v.number(),
			interval: Interval
		})
	),
	/** The models that were asked to judge, the newest first; what they say is in no verdict. */
	judges: v.array(Judge),
	/** The mean of what voters gave the answers of either side, of pairs that count; in no verdict. null: nobody gave a score. */
	scores: v.nullable(v.strictObject({ a: MeanScore, b: MeanScore })),
	verdict: Verdict,
	/** Those of the verdict, then what the answers and the voters warn of. */
	checks: v.array(Check),
	/** The model that was judged, and the comparison that goes on with this one. */
	next: v.strictObject({
		/** null: it is no run. */
		runId: v.nullable(v.string()),
		version: v.nullable(v.number()),
		/** Of a model that is no run, for those who may ask it: where it answers. */
		connectionId: v.nullable(v.string()),
		/** Its name at the provider; null until there is one, and for raters. */
		model: v.nullable(v.string()),
		continuedBy: v.nullable(v.strictObject({ id: v.string(), number: v.number() }))
	}),
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

const aCheck = {
	name: 'leak',
	state: 'ok' as const,
	sentence: 'No prompt of this evaluation was in the training data.',
	show: null
};

export const GetResults = query({
	name: 'evaluations.results',
	summary: 'What came out, with twenty of the judged pairs; only how far it is while identities are hidden',
	within: 'project',
	action: 'evaluations:see',
	long: true,
	input: v.object({
		evaluationId: EvaluationId,
		show: v.optional(Show, 'all'),
		/** Beyond the last one is the last one. */
		page: v.optional(whole('The page', 1, 1000), 1)
	}),
	output: v.union([v.strictObject({ locked: LockedResults }), v.strictObject({ results: Results })]),
	errors: { conflict: 'It scores one model: ask for its scores instead.' },
	example: {
		input: { evaluationId: ids.evaluation },
		output: {
			results: {
				number: 3,
				title: 'v1 against base',
				threeWay: null,
				revealedAt: aTime,
				textsRemovedAt: null,
				textsKeptUntil: null,
				contenders: { a: 'v1', b: 'base' },
				prompts: { a: null, b: null },
				plan: {
					promptsFrom: 'validation',
					prompts: 40,
					votes: 1,
					delta: 20,
					repeats: 4,
					attempt: 1,
					bar: { p: 0.05, reject: 0.045, evidence: 20 },
					temperature: 0,
					maxTokens: 1024,
					thinking: true,
					continued: false,
					continues: null
				},
				counts: { wins: 1, losses: 0, ties: 0, bothBad: 0, skipped: 1, planned: 40 },
				skipped: [{ position: 1, number: 13, voted: 0, skipped: 1, left: 0 }],
				scriptVotes: null,
				guestVotes: null,
				judges: [],
				scores: { a: { mean: 9, count: 1 }, b: { mean: 4, count: 1 } },
				verdict: {
					kind: 'need-more-data',
					title: 'NEED MORE DATA',
					sentence: 'Only 1 prompt with a clear winner; 12 is the minimum to ship.',
					netPreference: 1,
					interval: [-0.89, 1],
					winRate: 1,
					winInterval: [0.21, 1],
					p: 1,
					evidence: 1,
					decisive: 1,
					judged: 1,
					fragility: null,
					checks: [aCheck]
				},
				checks: [aCheck],
				next: { runId: ids.run, version: 1, connectionId: null, model: 'acme/sandbox-small:v1', continuedBy: null },
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
							score: 1,
							votes: [
								{
									voter: 'Ana',
									choice: 'first',
									first: 'a',
									order: 0,
									at: aTime,
									again: { choice: 'second', first: 'b', order: 14, at: aTime },
									scores: { a: 9, b: 4 },
									note: 'The second one names no time.'
								}
							],
							said: { a: 1, b: 0, tie: 0, both_bad: 0 },
							prompt: [{ role: 'user', content: 'Do you ship to Norway?' }],
							reference: 'Yes. It takes three to five days.',
							judge: null,
							a: { text: 'Yes, within three to five days.', length: 31, named: null, complete: true },
							b: { text: 'Please see our website.', length: 23, named: null, complete: true }
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
	long: true,
	input: v.object({ evaluationId: EvaluationId }),
	output: NoOutput,
	errors: { conflict: 'No person has voted yet.' },
	events: ['evaluation.revealed', 'evaluation.scored'],
	example: { input: { evaluationId: ids.evaluation }, output: undefined }
});

export const GetContinuation = query({
	name: 'evaluations.continuation',
	summary: 'Whether a comparison without a verdict may go on, and with how many prompts that nobody has seen',
	within: 'project',
	action: 'evaluations:create',
	long: true,
	input: v.object({ evaluationId: EvaluationId }),
	output: v.strictObject({
		/** Why it may not; null when it may. */
		reason: v.nullable(v.string()),
		/** Pairs that had not got their votes at the reveal; they stayed hidden and come first. */
		hidden: v.number(),
		/** Prompts of the same source that it has not asked, at most as many as it can go on with. */
		unseen: v.number()
	}),
	errors: {},
	example: { input: { evaluationId: ids.evaluation }, output: { reason: null, hidden: 4, unseen: 60 } }
});

export const ContinueEvaluation = command({
	name: 'evaluations.continue',
	summary:
		'Goes on with prompts that nobody has seen, after a reveal without a verdict; from then on only evidence counts',
	within: 'project',
	action: 'evaluations:create',
	long: true,
	input: v.object({
		evaluationId: EvaluationId,
		/** New prompts; the pairs that stayed hidden at the reveal come besides. */
		prompts: whole('The number of prompts', 0, mostAsked)
	}),
	output: v.strictObject({ id: v.string(), number: v.number() }),
	errors: { conflict: 'It has its verdict, goes on already, is still open, or a run is not ready.' },
	events: ['evaluation.created'],
	example: { input: { evaluationId: ids.evaluation, prompts: 60 }, output: { id: ids.evaluation, number: 4 } }
});

export const Format = v.picklist(['json', 'csv'], 'Results can be had as json or csv.');
export type Format = v.InferOutput<typeof Format>;

export const ExportResults = query({
	name: 'evaluations.export',
	summary: 'The revealed results as a file: everything as JSON, or one row for each judged pair as CSV',
	within: 'project',
	action: 'evaluations:see',
	long: true,
	input: v.object({ evaluationId: EvaluationId, format: Format }),
	output: File('application/json, text/csv'),
	errors: { conflict: 'The identities are still hidden, or it scores one model.' },
	example: {
		input: { evaluationId: ids.evaluation, format: 'json' },
		output: { name: 'support-results.json', pieces: [] as never }
	}
});
