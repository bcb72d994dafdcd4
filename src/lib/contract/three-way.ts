import * as v from 'valibot';
import { mostAsked, mostTokens, mostVotes, promptSources, usualDelta } from '../core/evaluations/plan.ts';
import { answerKinds, threeParts, threeRoles } from '../core/evaluations/three-way.ts';
import { FewShot } from './contenders.ts';
import { EvaluationId, Interval, Kind, Status } from './evaluations.ts';
import { FewShotPrompt } from './few-shot.ts';
import { Id, between, whole } from './fields.ts';
import { ids } from './ids.ts';
import { command, query } from './operation.ts';

/** Fixed from then on, for all three comparisons. */
export const CreateThreeWay = command({
	name: 'evaluations.createThreeWay',
	summary:
		'Sets up three comparisons on the same prompts: the run, its base, and its base with examples in its prompt; each answers once',
	within: 'project',
	action: 'evaluations:create',
	long: true,
	input: v.object({
		runId: Id('The run to evaluate'),
		/** What stands in the prompt of the base: nothing is trained for it. */
		fewShot: FewShot,
		promptsFrom: v.optional(
			v.picklist(promptSources, 'The prompts are from validation or from the pool'),
			'validation'
		),
		pairs: whole('The number of prompts', 1, mostAsked),
		votes: v.optional(whole('Votes per prompt', 1, mostVotes), 1),
		delta: v.optional(whole('The smallest difference that matters', 1, 100), usualDelta),
		temperature: v.optional(between('Temperature', 0, 2), 0),
		/** Where it is left out: half as long again as the longest answer in train, at least 1,024. */
		maxTokens: v.optional(whole('Longest answer, in tokens,', 16, mostTokens)),
		thinking: v.optional(v.boolean(), false)
	}),
	/** The first of the three, which stands for all: it is voted on, and revealed, as one. */
	output: v.strictObject({ id: v.string(), number: v.number() }),
	errors: {
		conflict: 'The run is not ready, its base does not answer, or two of the three are being compared already.',
		over_budget: 'The budget of the month is spent.'
	},
	events: ['evaluation.created'],
	example: {
		input: { runId: ids.run, fewShot: { examples: 5 }, pairs: 40 },
		output: { id: ids.evaluation, number: 3 }
	}
});
export type NewThreeWay = v.InferOutput<typeof CreateThreeWay.input>;

const Cost = v.strictObject({
	/** `hour`: it is paid as long as it is deployed, however much it answers. */
	billed: v.picklist(['token', 'hour', 'free']),
	/** In US cents, a fraction of one mostly; null where the price is not known, or it is paid by the hour. */
	centsPerAnswer: v.nullable(v.number()),
	centsPerHour: v.nullable(v.number())
});

const Contender = v.strictObject({
	role: v.picklist(threeRoles),
	label: v.string(),
	/** Of one answer on average: what was sent and what came back. */
	promptTokens: v.number(),
	completionTokens: v.number(),
	/** Counted by the provider; false: some are estimated from the text. */
	counted: v.boolean(),
	/** How long half of the answers took at most; null where nobody measured it. */
	medianMs: v.nullable(v.number()),
	/** For those who see the budget. */
	cost: v.nullable(Cost)
});

const Comparison = v.strictObject({
	id: v.string(),
	number: v.number(),
	/**
	 * `training`: the run against the prompt, by which the answer goes; `prompt`: the prompt against the base; `tuned`: the run against the base.
	 * Before the reveal for those who may know who competes; else null.
	 */
	part: v.nullable(v.picklist(threeParts)),
	judged: v.number(),
	skipped: v.number(),
	planned: v.number(),
	/** Its name before the reveal tells who competes: for those who may know it, and for everybody after it. */
	title: v.string(),
	/** After the reveal: of the newest that goes on with it and is revealed. */
	result: v.nullable(
		v.strictObject({
			version: v.string(),
			against: v.string(),
			kind: Kind,
			title: v.string(),
			netPreference: v.nullable(v.number()),
			interval: v.nullable(Interval),
			winRate: v.nullable(v.number()),
			winInterval: v.nullable(Interval),
			wins: v.number(),
			losses: v.number(),
			ties: v.number(),
			bothBad: v.number()
		})
	),
	/** The newest comparison that goes on with it; null: none. */
	goesOn: v.nullable(v.strictObject({ id: v.string(), number: v.number(), revealed: v.boolean() }))
});

export const GetThreeWay = query({
	name: 'evaluations.threeWay',
	summary:
		'Whether training is worth it: three comparisons side by side, what an answer costs, and one answer in words',
	within: 'project',
	action: 'evaluations:see',
	long: true,
	input: v.object({ evaluationId: EvaluationId }),
	output: v.strictObject({
		/** The first of the three. */
		id: v.string(),
		number: v.number(),
		status: Status,
		/** Why it failed or waits, for those who set it up. */
		problem: v.nullable(v.string()),
		planned: v.number(),
		votesPerPrompt: v.number(),
		delta: v.number(),
		promptsFrom: v.picklist(promptSources),
		/** Answers that are written, of three for each prompt. */
		answers: v.number(),
		/** Pairs of all three. */
		judged: v.number(),
		skipped: v.number(),
		/** What this person has judged and skipped. */
		mine: v.number(),
		skips: v.number(),
		revealed: v.boolean(),
		mayReveal: v.boolean(),
		comparisons: v.array(Comparison),
		/** After the reveal: base, prompt and trained model. */
		contenders: v.nullable(v.array(Contender)),
		/** After the reveal. */
		answer: v.nullable(v.strictObject({ kind: v.picklist(answerKinds), title: v.string(), sentence: v.string() })),
		/** What the training has cost and when that has paid for itself, for those who see the budget, after the reveal. */
		training: v.nullable(
			v.strictObject({
				runId: v.string(),
				version: v.number(),
				cents: v.nullable(v.number()),
				/** The provider has not said what it billed. */
				estimated: v.boolean(),
				payback: v.variant('kind', [
					v.strictObject({ kind: v.literal('answers'), answers: v.number() }),
					v.strictObject({ kind: v.literal('perHour'), answers: v.number() }),
					v.strictObject({ kind: v.literal('never') }),
					v.strictObject({ kind: v.literal('unknown') })
				])
			})
		),
		/** How the base is asked, with or without its prompt, and the trained model: after the reveal, for those who may ask models. */
		ask: v.nullable(
			v.strictObject({
				connectionId: v.string(),
				model: v.string(),
				runId: v.string(),
				prompt: FewShotPrompt
			})
		)
	}),
	errors: { conflict: 'It is no comparison of a three-way.' },
	example: {
		input: { evaluationId: ids.evaluation },
		output: {
			id: ids.evaluation,
			number: 3,
			status: 'voting',
			problem: null,
			planned: 40,
			votesPerPrompt: 1,
			delta: 20,
			promptsFrom: 'validation',
			answers: 120,
			judged: 120,
			skipped: 0,
			mine: 120,
			skips: 0,
			revealed: true,
			mayReveal: true,
			comparisons: [
				{
					id: ids.evaluation,
					number: 3,
					part: 'training',
					judged: 40,
					skipped: 0,
					planned: 40,
					title: 'v1 against base of v1 with 5 examples in its prompt',
					result: {
						version: 'v1',
						against: 'base of v1 with 5 examples in its prompt',
						kind: 'ship-it',
						title: 'SHIP IT',
						netPreference: 0.45,
						interval: [0.2, 0.65],
						winRate: 0.8,
						winInterval: [0.63, 0.9],
						wins: 24,
						losses: 6,
						ties: 10,
						bothBad: 0
					},
					goesOn: null
				}
			],
			contenders: [
				{
					role: 'trained',
					label: 'v1',
					promptTokens: 60,
					completionTokens: 90,
					counted: true,
					medianMs: 800,
					cost: { billed: 'token', centsPerAnswer: 0.003, centsPerHour: null }
				}
			],
			answer: {
				kind: 'train',
				title: 'Yes: training is worth it',
				sentence: 'The trained model is better than the base model with examples in its prompt: +45 points (20 to 65).'
			},
			training: {
				runId: ids.run,
				version: 1,
				cents: 400,
				estimated: false,
				payback: { kind: 'answers', answers: 12000 }
			},
			ask: {
				connectionId: ids.connection,
				model: 'sandbox-small',
				runId: ids.run,
				prompt: { systemPrompt: 'Be kind.', shots: [] }
			}
		}
	}
});
export type ThreeWay = v.InferInput<typeof GetThreeWay.output>;
