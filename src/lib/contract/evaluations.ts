// Long because it is everything between setting an evaluation up and its last vote; its results are in evaluation-results.ts.
import * as v from 'valibot';
import { marks } from '../core/evaluations/ballots.ts';
import { mostAsked, mostTokens, mostVotes, promptSources, usualDelta } from '../core/evaluations/plan.ts';
import { longestNote } from '../core/evaluations/remarks.ts';
import { verdictKinds } from '../core/evaluations/rules.ts';
import { OtherModel, chooseOne, isOne, judged } from './contenders.ts';
import { Message } from './examples.ts';
import { Id, Limit, NoOutput, Time, between, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

export const EvaluationId = Id('The evaluation');
export const Interval = v.tuple([v.number(), v.number()]);
export const Kind = v.picklist(verdictKinds);
export const Status = v.picklist(['generating', 'voting', 'failed']);
/** Two models side by side, or the answers of one beside what a person wrote. */
const Sort = v.picklist(['comparison', 'scoring']);

/** What a person decides before an evaluation begins: the plan, which is fixed from then on. A is `runId`, or else `contender`. */
export const CreateEvaluation = command({
	name: 'evaluations.create',
	summary: 'Sets up a comparison of two models; both begin to answer',
	within: 'project',
	action: 'evaluations:create',
	long: true,
	input: v.pipe(
		v.object({
			name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(80, 'A name has at most 80 characters'))),
			...judged,
			/** `base`: that of the run that is judged. */
			against: v.union([v.literal('base'), Id('The run to compare with'), OtherModel], 'Choose what to compare with'),
			/** `pool`: the prompts of the project, which have no answers. */
			promptsFrom: v.optional(
				v.picklist(promptSources, 'The prompts are from validation or from the pool'),
				'validation'
			),
			pairs: whole('The number of prompts', 1, mostAsked),
			/** A prompt counts when so many people have judged it. */
			votes: v.optional(whole('Votes per prompt', 1, mostVotes), 1),
			/** The smallest net preference that matters, in points. */
			delta: v.optional(whole('The smallest difference that matters', 1, 100), usualDelta),
			temperature: v.optional(between('Temperature', 0, 2), 0),
			/** Where it is left out: half as long again as the longest answer in train, at least 1,024. */
			maxTokens: v.optional(whole('Longest answer, in tokens,', 16, mostTokens)),
			/** Examples hold no thoughts, so a tuned model has learnt to answer without. */
			thinking: v.optional(v.boolean(), false)
		}),
		v.forward(
			v.check((input) => isOne(input), chooseOne),
			['runId']
		),
		v.forward(
			v.check(
				({ runId, against }) => typeof against !== 'string' || runId?.toLowerCase() !== against.toLowerCase(),
				'Choose another model: this one would be compared with itself'
			),
			['against']
		),
		v.forward(
			v.check(
				({ runId, against }) => runId !== undefined || against !== 'base',
				'Only a run has a base of its own. Choose what to compare with'
			),
			['against']
		)
	),
	output: v.strictObject({ id: v.string(), number: v.number() }),
	errors: {
		conflict: 'A run is not ready, a model does not answer, or the same two are being compared already.',
		over_budget: 'The budget of the month does not pay for the question by which a model of a connection is tried.'
	},
	events: ['evaluation.created'],
	example: { input: { runId: ids.run, against: 'base', pairs: 40 }, output: { id: ids.evaluation, number: 3 } }
});
export type NewEvaluation = v.InferOutput<typeof CreateEvaluation.input>;

export const GetSetUp = query({
	name: 'evaluations.setUp',
	summary:
		'What can be compared: the runs whose model can answer, the models of connections, and how many prompts there are, in validation and in the pool',
	within: 'project',
	action: 'evaluations:create',
	long: true,
	input: v.object({}),
	output: v.strictObject({
		runs: v.array(
			v.strictObject({
				id: v.string(),
				version: v.number(),
				connectionId: v.string(),
				baseModel: v.string(),
				trainCount: v.number(),
				finishedAt: v.nullable(Time),
				/** Of the validation examples that `validation` counts, those whose prompt it has trained on; they are left out when it takes part. */
				leaks: v.array(v.string()),
				/** The same of the pool. */
				poolLeaks: v.array(v.string()),
				/** Whether it is deployed while it answers, and billed by the minute. */
				deployed: v.boolean(),
				/** What its last deployment cost; null when it had none. */
				centsPerHour: v.nullable(v.number()),
				/** The sandbox: nobody pays for it. */
				isFree: v.boolean()
			})
		),
		/** The base model of the project, where it has a connection. */
		base: v.nullable(v.strictObject({ connectionId: v.string(), model: v.string() })),
		/** Whose models can be asked. */
		connections: v.array(
			v.strictObject({
				id: v.string(),
				name: v.string(),
				isFree: v.boolean(),
				/** Why its provider refuses it, as it was last heard. */
				problem: v.nullable(v.string())
			})
		),
		/** Validation examples that can be asked, one of each family: all, or as many as a comparison can have and no run has trained on. */
		validation: v.number(),
		/** Prompts of the pool that can be asked, and those left out because what a model learns or has learnt asks the same or nearly. */
		pool: v.strictObject({ usable: v.number(), leftOut: v.number() }),
		/** People who may vote: a prompt gets at most so many votes. */
		voters: v.number(),
		/** The share of prompts without a difference in this project so far; a quarter until there is one. */
		ties: v.number(),
		/** How long answers may be where nobody says: half as long again as the longest in train, at least 1,024. */
		maxTokens: v.number(),
		/** Which two have been compared how often: the bar rises with each try. By what `contenderKey` makes of each. */
		tried: v.array(v.strictObject({ two: v.tuple([v.string(), v.string()]), times: v.number() }))
	}),
	writing: true,
	events: ['split.parted'],
	errors: {},
	example: {
		input: {},
		output: {
			runs: [
				{
					id: ids.run,
					version: 1,
					connectionId: ids.connection,
					baseModel: 'sandbox-small',
					trainCount: 180,
					finishedAt: aTime,
					leaks: [],
					poolLeaks: [],
					deployed: true,
					centsPerHour: 360,
					isFree: false
				}
			],
			base: { connectionId: ids.connection, model: 'sandbox-small' },
			connections: [{ id: ids.connection, name: 'Sandbox', isFree: true, problem: null }],
			validation: 40,
			pool: { usable: 120, leftOut: 2 },
			voters: 3,
			ties: 0.25,
			maxTokens: 1024,
			tried: [{ two: [ids.run, `${ids.connection}:sandbox-small`], times: 1 }]
		}
	}
});
export type SetUp = v.InferInput<typeof GetSetUp.output>;

/** What a list says of an evaluation. */
const Listed = v.strictObject({
	id: v.string(),
	number: v.number(),
	/** Its name, which tells who competes; to whoever may not know that yet, its number. */
	title: v.string(),
	kind: Sort,
	/** Of a three-way its first comparison, which stands for all three; null of any other. */
	threeWay: v.nullable(v.string()),
	status: Status,
	planned: v.number(),
	createdAt: Time,
	revealed: v.boolean(),
	/** Answers that are written, of all contenders. */
	answers: v.number(),
	/** Prompts that have their votes. */
	judged: v.number(),
	/** Prompts that cannot get their votes any more, because people skipped them. */
	skipped: v.number(),
	/** Pairs that this person, or key, has judged. */
	mine: v.number(),
	/** Pairs that they have skipped. */
	skips: v.number(),
	/** What came out, from the side of `version`; null before the reveal. */
	score: v.nullable(
		v.strictObject({
			/** null: the model that was judged is no run. */
			runId: v.nullable(v.string()),
			version: v.string(),
			against: v.string(),
			kind: Kind,
			title: v.string(),
			/** The mean score, −1 to 1, with its 95 % interval; null where nothing counts. */
			netPreference: v.nullable(v.number()),
			interval: v.nullable(Interval),
			/** Wins of the prompts with a winner, with its 95 % interval. */
			winRate: v.nullable(v.number()),
			winInterval: v.nullable(Interval),
			wins: v.number(),
			losses: v.number(),
			ties: v.number(),
			bothBad: v.number()
		})
	),
	/** The same of a scoring; null before the reveal, and of a comparison. */
	scored: v.nullable(
		v.strictObject({
			version: v.string(),
			sendableFrom: v.number(),
			count: v.number(),
			/** From 1 to 10; null where nothing counts. */
			average: v.nullable(v.number()),
			histogram: v.array(v.number()),
			sendable: v.number(),
			/** 0 to 1, with its 95 % interval. */
			sendableRate: v.nullable(v.number()),
			interval: v.nullable(Interval)
		})
	)
});
export type ListedEvaluation = v.InferInput<typeof Listed>;

/** A word that is no place is none, so that old links still work. */
const Place = v.fallback(v.optional(whole('A place in the list', 1, 2_147_483_647)), undefined);

export const ListEvaluations = query({
	name: 'evaluations.list',
	summary: 'The evaluations of the project, the newest first, a page at a time',
	within: 'project',
	action: 'evaluations:see',
	input: v.object({
		/** Only evaluations with a smaller number. */
		before: Place,
		/** The nearest with a larger number. */
		after: Place,
		limit: Limit
	}),
	output: v.strictObject({
		rows: v.array(Listed),
		/** The `before` of the next page, and the `after` of the one before this. */
		older: v.nullable(v.number()),
		newer: v.nullable(v.number())
	}),
	errors: {},
	example: {
		input: { before: 4 },
		output: {
			rows: [
				{
					id: ids.evaluation,
					number: 3,
					title: 'v1 against base',
					kind: 'comparison',
					threeWay: null,
					status: 'voting',
					planned: 40,
					createdAt: aTime,
					revealed: false,
					answers: 80,
					judged: 12,
					skipped: 0,
					mine: 12,
					skips: 1,
					score: null,
					scored: null
				}
			],
			older: null,
			newer: 3
		}
	}
});

export const GetTrend = query({
	name: 'evaluations.trend',
	summary: 'The newest result of each version against the base model, the first version first',
	within: 'project',
	action: 'evaluations:see',
	input: v.object({}),
	output: v.array(
		v.strictObject({ runId: v.string(), version: v.string(), netPreference: v.number(), interval: Interval })
	),
	errors: {},
	example: { input: {}, output: [{ runId: ids.run, version: 'v1', netPreference: 0.3, interval: [0.06, 0.5] }] }
});

/** `serving`: the deployment that the answers wait for, or that is paid while they come. */
const Side = v.strictObject({ label: v.string(), serving: v.nullable(v.picklist(['starting', 'ready'])) });

export const GetEvaluation = query({
	name: 'evaluations.get',
	summary: 'How far one evaluation is: its answers, who has judged how many, whether the results are known',
	within: 'project',
	action: 'evaluations:see',
	input: v.object({ evaluationId: EvaluationId }),
	output: v.strictObject({
		id: v.string(),
		number: v.number(),
		title: v.string(),
		kind: Sort,
		/** Of a three-way its first comparison, which stands for all three; null of any other. */
		threeWay: v.nullable(v.string()),
		status: Status,
		planned: v.number(),
		/** Validation examples, or prompts of the pool. */
		promptsFrom: v.picklist(promptSources),
		/** The plan: a prompt counts with so many votes. */
		votesPerPrompt: v.number(),
		/** The smallest net preference that matters, in points. */
		delta: v.number(),
		/** The how manieth comparison of these two it is. */
		attempt: v.number(),
		/** The number of the comparison that goes on here; null for one that stands alone. */
		continues: v.nullable(v.number()),
		createdAt: Time,
		revealed: v.boolean(),
		verdict: v.nullable(v.strictObject({ kind: Kind, title: v.string() })),
		/** The results are known: no more votes. */
		over: v.boolean(),
		judged: v.number(),
		skipped: v.number(),
		mine: v.number(),
		skips: v.number(),
		voters: v.array(v.strictObject({ name: v.string(), judged: v.number(), skipped: v.number() })),
		answers: v.strictObject({ a: v.number(), b: v.number() }),
		/** Why it failed or waits, for those who set it up. */
		problem: v.nullable(v.string()),
		/** Who competes, for those who set it up, and for everybody after the reveal; a scoring has no B. */
		contenders: v.nullable(v.strictObject({ a: Side, b: v.nullable(Side) })),
		/** Prompts that a contender has trained on, for those who set it up. */
		leaked: v.number(),
		mayReveal: v.boolean()
	}),
	errors: {},
	example: {
		input: { evaluationId: ids.evaluation },
		output: {
			id: ids.evaluation,
			number: 3,
			title: 'v1 against base',
			kind: 'comparison',
			threeWay: null,
			status: 'voting',
			planned: 40,
			promptsFrom: 'validation',
			votesPerPrompt: 1,
			delta: 20,
			attempt: 1,
			continues: null,
			createdAt: aTime,
			revealed: false,
			verdict: null,
			over: false,
			judged: 12,
			skipped: 0,
			mine: 12,
			skips: 1,
			voters: [{ name: 'Ana', judged: 12, skipped: 1 }],
			answers: { a: 40, b: 40 },
			problem: null,
			contenders: { a: { label: 'v1', serving: null }, b: { label: 'base', serving: null } },
			leaked: 0,
			mayReveal: true
		}
	}
});
export type ShownEvaluation = v.InferInput<typeof GetEvaluation.output>;

export const RetryGeneration = command({
	name: 'evaluations.retry',
	summary: 'Lets the models go on with their answers where they stopped',
	within: 'project',
	action: 'evaluations:create',
	input: v.object({ evaluationId: EvaluationId }),
	output: NoOutput,
	errors: {},
	events: ['evaluation.retried'],
	example: { input: { evaluationId: ids.evaluation }, output: undefined }
});

/** All that a voter sees of a pair. Which model wrote what is not in it, whatever the role. */
const Pair = v.strictObject({
	ballotId: v.string(),
	position: v.number(),
	prompt: v.array(Message),
	first: v.string(),
	second: v.string()
});
export type Pair = v.InferInput<typeof Pair>;

export const NextPairs = query({
	name: 'evaluations.nextPairs',
	summary: 'The voter’s next pairs to judge, at most five, and how far they are',
	within: 'project',
	action: 'evaluations:vote',
	input: v.object({
		evaluationId: EvaluationId,
		/** The last place that was looked at: those after it come first. */
		after: v.optional(whole('The place', -1, 6600), -1),
		/** The pairs that this voter has skipped, instead of those they have not looked at. */
		again: v.optional(v.boolean())
	}),
	output: v.strictObject({
		/** `waiting`: the answers are not written. `done`: this voter has judged or skipped everything. `closed`: the results are known. */
		state: v.picklist(['waiting', 'open', 'done', 'closed']),
		judged: v.number(),
		/** Pairs that this voter has skipped. */
		skipped: v.number(),
		/** With those that come once more. */
		total: v.number(),
		/** So many of them come to this person a second time, with the sides changed; they are no votes. None to scripts. */
		repeats: v.number(),
		/** Every prompt has its votes, or is out: one more only shows whether people agree. */
		complete: v.boolean(),
		/** The pairs are of the three comparisons of a three-way, which are voted on as one. */
		threeWay: v.boolean(),
		pairs: v.array(Pair)
	}),
	writing: true,
	noEvent: 'because what was dealt concerns nobody but whoever is about to judge it',
	errors: { conflict: 'It scores one model: take its answers instead.' },
	example: {
		input: { evaluationId: ids.evaluation },
		output: {
			state: 'open',
			judged: 0,
			skipped: 0,
			total: 1,
			repeats: 0,
			complete: false,
			threeWay: false,
			pairs: [
				{
					ballotId: ids.ballot,
					position: 0,
					prompt: [{ role: 'user', content: 'Do you ship to Norway?' }],
					first: 'Yes, within three to five days.',
					second: 'Please see our website.'
				}
			]
		}
	}
});
export type PairQueue = v.InferInput<typeof NextPairs.output>;

export const Vote = command({
	name: 'evaluations.vote',
	summary: 'Says which answer of a pair is better, or skips the pair, or takes that back',
	within: 'project',
	action: 'evaluations:vote',
	input: v.object({
		evaluationId: EvaluationId,
		ballotId: Id('The comparison'),
		/** As it stands on the screen; `skip`: not to be judged by this voter; null takes back what was said before. */
		choice: v.nullable(v.picklist(marks, 'Choose the first answer, a tie, the second answer, both bad, or skip')),
		/** What this voter had chosen when they gave this vote, null for nothing. When it is something else by now, nothing is written. */
		saw: v.optional(v.nullable(v.picklist(marks))),
		/** Made by the client, so that a vote sent twice counts once. */
		clientId: Id('The id of this vote')
	}),
	output: v.strictObject({ judged: v.number(), skipped: v.number(), total: v.number() }),
	errors: {
		conflict:
			'The results are known, so no more votes are taken (field evaluationId), or the id of this vote was used for another comparison.',
		changed: 'This voter has chosen something else than `saw` meanwhile, in another window or on another device.'
	},
	events: ['evaluation.voted'],
	example: {
		input: { evaluationId: ids.evaluation, ballotId: ids.ballot, choice: 'first', clientId: ids.client },
		output: { judged: 1, skipped: 0, total: 40 }
	}
});

const HowGood = (what: string) => v.optional(v.nullable(whole(what, 1, 10)), null);

export const Remark = command({
	name: 'evaluations.remark',
	summary: 'Adds to one’s vote how good each answer is, and a note; what was added before no longer counts',
	within: 'project',
	action: 'evaluations:vote',
	input: v.object({
		evaluationId: EvaluationId,
		ballotId: Id('The comparison'),
		/** As they stand on the screen; null gives none. */
		first: HowGood('The score of the first answer'),
		second: HowGood('The score of the second answer'),
		note: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(longestNote, 'A note has at most 2,000 characters')), ''),
		/** Made by the client, so that what is sent twice counts once. */
		clientId: Id('The id of this remark')
	}),
	output: v.strictObject({ ballotId: v.string() }),
	errors: {
		conflict:
			'The results are known, so nothing more is taken (field evaluationId), or this voter has not judged the pair, or the id was used for another.'
	},
	events: ['evaluation.remarked'],
	example: {
		input: {
			evaluationId: ids.evaluation,
			ballotId: ids.ballot,
			first: 9,
			second: 4,
			note: 'The second one names no time.',
			clientId: ids.client
		},
		output: { ballotId: ids.ballot }
	}
});
