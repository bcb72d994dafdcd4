import * as v from 'valibot';
import { longestCriteria, usualCriteria } from '../core/evaluations/judge-question.ts';
import { judgeChoices } from '../core/evaluations/judge-reply.ts';
import { judgingStatuses } from '../core/evaluations/judging.ts';
import { EvaluationId, Interval } from './evaluations.ts';
import { Id, NoOutput, Time } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

const JudgingId = Id('The judge');
const Model = v.pipe(
	v.string('Choose a model'),
	v.trim(),
	v.minLength(1, 'Choose a model'),
	v.maxLength(200, 'A model id has at most 200 characters')
);
const which = { evaluationId: EvaluationId, connectionId: Id('The connection'), model: Model };

/** How far a judge is. What it says is not in here: that is read in the results, after the reveal. */
const Judging = {
	id: v.string(),
	/** What people call the model, and where it answers. */
	label: v.string(),
	status: v.picklist(judgingStatuses),
	/** Why it failed or waits, for those who may ask a model. */
	problem: v.nullable(v.string()),
	/** By what it judges. */
	criteria: v.string(),
	/** Each pair is two questions: one for each order. */
	questions: v.number(),
	answered: v.number(),
	createdAt: Time,
	endedAt: v.nullable(Time),
	/** It judges answers of its own. */
	ownAnswers: v.boolean()
};

const Longer = v.strictObject({ longer: v.number(), of: v.number() });
const Estimate = { estimate: v.number(), interval: Interval };

/** What a judge came to, beside what people said. */
const Summary = v.strictObject({
	pairs: v.number(),
	judged: v.number(),
	/** Pairs of which a reply could not be read. */
	notJudged: v.number(),
	wins: v.number(),
	losses: v.number(),
	ties: v.number(),
	/** −1 to 1, over all pairs it has judged; null where there is none. */
	netPreference: v.nullable(v.number()),
	/** Pairs in which both orders came out the same. */
	steady: v.number(),
	alwaysFirst: v.number(),
	alwaysSecond: v.number(),
	agreement: v.strictObject({
		/** Pairs that people and the model have judged. Below 20 the numbers are null. */
		overlap: v.number(),
		same: v.number(),
		raw: v.nullable(v.number()),
		ac: v.nullable(v.number()),
		label: v.nullable(v.picklist(['reliable', 'tentative', 'unreliable'])),
		clear: v.number(),
		sameClear: v.number()
	}),
	length: v.strictObject({ model: Longer, people: Longer }),
	/** By prediction-powered inference; null below 20 pairs of both. */
	calibrated: v.nullable(
		v.strictObject({
			...Estimate,
			weight: v.number(),
			alone: v.strictObject(Estimate),
			labelled: v.number(),
			others: v.number()
		})
	)
});

const Said = v.nullable(v.picklist(judgeChoices));
export const Judge = v.strictObject({
	...Judging,
	/** null until it is through. */
	summary: v.nullable(Summary),
	/** Of every pair what it said with A first, and with B first; in files only. */
	said: v.nullable(v.array(v.strictObject({ position: v.number(), straight: Said, swapped: Said })))
});
export type Judge = v.InferInput<typeof Judge>;

/** What the newest judge that is through said of one pair. */
export const JudgeOnPair = v.strictObject({
	outcome: v.picklist(['a', 'b', 'tie']),
	/** Both orders came out the same. */
	steady: v.boolean(),
	/** People came to the same. */
	agrees: v.boolean(),
	/** In its own words: with A first, and with B first. Written by a model. */
	why: v.array(v.string())
});

export const ListJudgings = query({
	name: 'judgings.list',
	summary:
		'The models that were asked to judge a comparison, the newest first, and what another one can be chosen from',
	within: 'project',
	action: 'evaluations:judge',
	input: v.object({ evaluationId: EvaluationId }),
	output: v.strictObject({
		number: v.number(),
		title: v.string(),
		/** The results are known. */
		revealed: v.boolean(),
		/** Why none can be asked now; null when one can. */
		reason: v.nullable(v.string()),
		pairs: v.number(),
		/** Criteria that are sensible where nobody writes their own. */
		criteria: v.string(),
		connections: v.array(
			v.strictObject({
				id: v.string(),
				name: v.string(),
				isFree: v.boolean(),
				/** Why its provider refuses it, as it was last heard. */
				problem: v.nullable(v.string())
			})
		),
		judges: v.array(v.strictObject(Judging))
	}),
	errors: { conflict: 'It scores one model, so there is nothing to compare.' },
	example: {
		input: { evaluationId: ids.evaluation },
		output: {
			number: 3,
			title: 'v1 against base',
			revealed: false,
			reason: null,
			pairs: 40,
			criteria: usualCriteria,
			connections: [{ id: ids.connection, name: 'Sandbox', isFree: true, problem: null }],
			judges: [
				{
					id: ids.judging,
					label: 'sandbox-large (Sandbox)',
					status: 'done',
					problem: null,
					criteria: usualCriteria,
					questions: 80,
					answered: 80,
					createdAt: aTime,
					endedAt: aTime,
					ownAnswers: false
				}
			]
		}
	}
});
export type JudgingList = v.InferInput<typeof ListJudgings.output>;

export const PriceJudging = query({
	name: 'judgings.price',
	summary: 'About what it costs to let a model judge a comparison, from the texts that it would read',
	within: 'project',
	action: 'evaluations:judge',
	long: true,
	input: v.object(which),
	output: v.strictObject({
		questions: v.number(),
		promptTokens: v.number(),
		replyTokens: v.number(),
		/** null: nobody knows the price of the model. */
		estimateCents: v.nullable(v.number()),
		isFree: v.boolean(),
		ownAnswers: v.boolean()
	}),
	errors: { conflict: 'It scores one model, or its answers are not there yet or not any more.' },
	example: {
		input: { evaluationId: ids.evaluation, connectionId: ids.connection, model: 'sandbox-large' },
		output: {
			questions: 80,
			promptTokens: 40_000,
			replyTokens: 4_800,
			estimateCents: 0,
			isFree: true,
			ownAnswers: false
		}
	}
});

export const StartJudging = command({
	name: 'judgings.start',
	summary:
		'Asks a model to judge every pair of a comparison, in both orders; what it says is shown beside the people, and is in no verdict',
	within: 'project',
	action: 'evaluations:judge',
	long: true,
	input: v.object({
		...which,
		/** By what it decides. */
		criteria: v.optional(
			v.pipe(
				v.string(),
				v.trim(),
				v.minLength(1, 'Say by what it should judge'),
				v.maxLength(longestCriteria, `Criteria have at most ${longestCriteria.toLocaleString('en')} characters`)
			),
			usualCriteria
		)
	}),
	output: v.strictObject({ id: v.string() }),
	errors: {
		conflict:
			'The answers are not there, a model is judging already, this one has judged by the same criteria, or it does not answer.',
		over_budget: 'The budget of the month does not pay for it.'
	},
	events: ['judging.started'],
	example: {
		input: { evaluationId: ids.evaluation, connectionId: ids.connection, model: 'sandbox-large' },
		output: { id: ids.judging }
	}
});

const one = v.object({ evaluationId: EvaluationId, judgingId: JudgingId });

export const CancelJudging = command({
	name: 'judgings.cancel',
	summary: 'Stops a model that judges; what it has said is kept, and it can go on from there',
	within: 'project',
	action: 'evaluations:judge',
	input: one,
	output: NoOutput,
	errors: {},
	events: ['judging.cancelled'],
	example: { input: { evaluationId: ids.evaluation, judgingId: ids.judging }, output: undefined }
});

export const RetryJudging = command({
	name: 'judgings.retry',
	summary: 'Lets a model that was stopped, or could not go on, judge what is left',
	within: 'project',
	action: 'evaluations:judge',
	input: one,
	output: NoOutput,
	errors: { conflict: 'Another model is judging it now, or the texts of its answers were removed.' },
	events: ['judging.retried'],
	example: { input: { evaluationId: ids.evaluation, judgingId: ids.judging }, output: undefined }
});
