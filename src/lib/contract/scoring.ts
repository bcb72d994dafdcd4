// Long because it is a scoring from its set-up to its numbers: one model's answers beside what a person wrote.
import * as v from 'valibot';
import { scoreShows } from '../core/evaluations/scoring.ts';
import { mostAsked, mostTokens, mostVotes } from '../core/evaluations/plan.ts';
import { Format, LockedResults } from './evaluation-results.ts';
import { EvaluationId, Interval } from './evaluations.ts';
import { chooseOne, isOne, judged } from './contenders.ts';
import { Message } from './examples.ts';
import { FewShotPrompt } from './few-shot.ts';
import { File, Id, Time, between, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

const Score = whole('A score', 1, 10);

export const CreateScoring = command({
	name: 'evaluations.createScoring',
	summary: 'Sets up a scoring: one model answers, and people score each answer beside the expected one',
	within: 'project',
	action: 'evaluations:create',
	long: true,
	input: v.pipe(
		v.object({
			name: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(80, 'A name has at most 80 characters'))),
			...judged,
			pairs: whole('The number of answers', 1, mostAsked),
			/** An answer counts when so many people have scored it. */
			votes: v.optional(whole('Scores per answer', 1, mostVotes), 1),
			/** From this score on an answer could be sent as it is; without it, from where examples train. */
			sendableFrom: v.optional(whole('The score from which an answer can be sent', 1, 10)),
			temperature: v.optional(between('Temperature', 0, 2), 0),
			maxTokens: v.optional(whole('Longest answer, in tokens,', 16, mostTokens)),
			thinking: v.optional(v.boolean(), false)
		}),
		v.forward(
			v.check((input) => isOne(input), chooseOne),
			['runId']
		)
	),
	output: v.strictObject({ id: v.string(), number: v.number() }),
	errors: {
		conflict: 'The run is not ready, the model does not answer, or it is being scored already.',
		over_budget: 'The budget of the month does not pay for the question by which a model of a connection is tried.'
	},
	events: ['evaluation.created'],
	example: { input: { runId: ids.run, pairs: 40 }, output: { id: ids.evaluation, number: 3 } }
});
export type NewScoring = v.InferOutput<typeof CreateScoring.input>;

/** All that is shown of an answer that waits for a score: nobody else’s. */
const Answer = v.strictObject({
	ballotId: v.string(),
	position: v.number(),
	prompt: v.array(Message),
	/** What a person wrote for it. */
	expected: v.string(),
	answer: v.string()
});
export type ScoredAnswer = v.InferInput<typeof Answer>;

export const NextAnswers = query({
	name: 'evaluations.nextAnswers',
	summary: 'The next answers of a scoring to score, at most five, and how far this voter is',
	within: 'project',
	action: 'evaluations:vote',
	input: v.object({
		evaluationId: EvaluationId,
		/** The last place that was looked at: those after it come first. */
		after: v.optional(whole('The place', -1, mostAsked), -1),
		/** The answers that this voter has skipped, instead of those they have not looked at. */
		again: v.optional(v.boolean())
	}),
	output: v.strictObject({
		state: v.picklist(['waiting', 'open', 'done', 'closed']),
		judged: v.number(),
		skipped: v.number(),
		total: v.number(),
		complete: v.boolean(),
		sendableFrom: v.number(),
		list: v.array(Answer)
	}),
	writing: true,
	noEvent: 'because what was dealt concerns nobody but whoever is about to judge it',
	errors: { conflict: 'It compares two models: take its pairs instead.' },
	example: {
		input: { evaluationId: ids.evaluation },
		output: {
			state: 'open',
			judged: 0,
			skipped: 0,
			total: 1,
			complete: false,
			sendableFrom: 8,
			list: [
				{
					ballotId: ids.ballot,
					position: 0,
					prompt: [{ role: 'user', content: 'Do you ship to Norway?' }],
					expected: 'Yes. It takes three to five days.',
					answer: 'Yes, within three to five days.'
				}
			]
		}
	}
});
export type AnswerQueue = v.InferInput<typeof NextAnswers.output>;

const Said = v.union([Score, v.literal('skip')], 'Give a score from 1 to 10, or skip');

export const ScoreAnswer = command({
	name: 'evaluations.score',
	summary: 'Says how good an answer of a scoring is, or skips it, or takes that back',
	within: 'project',
	action: 'evaluations:vote',
	input: v.object({
		evaluationId: EvaluationId,
		ballotId: Id('The answer'),
		/** `skip`: not to be scored by this voter; null takes back what was said before. */
		score: v.nullable(Said),
		/** What this voter had said when they said this. When it is something else by now, nothing is written. */
		saw: v.optional(v.nullable(Said)),
		/** Made by the client, so that a score sent twice counts once. */
		clientId: Id('The id of this score')
	}),
	output: v.strictObject({ judged: v.number(), skipped: v.number(), total: v.number() }),
	errors: {
		conflict:
			'The scores are known, so no more are taken (field evaluationId), it compares two models, or the id was used for another answer.',
		changed: 'This voter has said something else than `saw` meanwhile, in another window or on another device.'
	},
	events: ['evaluation.voted'],
	example: {
		input: { evaluationId: ids.evaluation, ballotId: ids.ballot, score: 8, clientId: ids.client },
		output: { judged: 1, skipped: 0, total: 40 }
	}
});

/** The numbers of some scores. */
export const Summary = v.strictObject({
	count: v.number(),
	/** From 1 to 10; null where there is none. */
	average: v.nullable(v.number()),
	/** How many have 1, 2, … 10; of several people the mean counts, rounded down. */
	histogram: v.array(v.number()),
	sendable: v.number(),
	/** The share of these, 0 to 1, with its 95 % interval by Wilson. */
	sendableRate: v.nullable(v.number()),
	interval: v.nullable(Interval)
});

const Shown = v.strictObject({
	position: v.number(),
	/** Of the example. */
	number: v.number(),
	/** The mean of the scores that count. */
	score: v.number(),
	/** Every score that stands, the first voter first. */
	given: v.array(v.strictObject({ voter: v.string(), score: v.number(), order: v.number(), at: Time })),
	prompt: v.array(Message),
	expected: v.string(),
	answer: v.strictObject({
		/** null: it was removed, as the server is set. */
		text: v.nullable(v.string()),
		/** false: it was cut off, or says nothing. */
		complete: v.boolean()
	})
});
export type ShownScore = v.InferInput<typeof Shown>;

const Scores = v.strictObject({
	number: v.number(),
	title: v.string(),
	revealedAt: Time,
	/** When the texts of the answers were removed, where the server keeps them for some time only, and until when it keeps them. */
	textsRemovedAt: v.nullable(Time),
	textsKeptUntil: v.nullable(Time),
	version: v.string(),
	/** The prompt of its own with which it was asked; null where it was asked as the project asks. */
	ownPrompt: v.nullable(FewShotPrompt),
	/** What was fixed before anybody scored. */
	plan: v.strictObject({
		prompts: v.number(),
		votes: v.number(),
		sendableFrom: v.number(),
		temperature: v.number(),
		maxTokens: v.number(),
		thinking: v.boolean()
	}),
	/** Of the answers that have their scores. */
	summary: Summary,
	/** Answers that are in no number: people skipped them, or they lacked scores at the reveal. */
	skipped: v.number(),
	open: v.number(),
	/** Answers that were cut off or say nothing, of those that count. */
	broken: v.number(),
	/** Prompts that the model has trained on, or nearly: their answers say nothing. */
	leaked: v.number(),
	/** What each person gave, all that they scored. */
	people: v.array(
		v.strictObject({
			name: v.string(),
			summary: Summary,
			/** How far above the others, on the answers that they scored as well: below 0 is strict. null where they share none. */
			shift: v.nullable(v.number())
		})
	),
	/** How far people agree, where two or more scored the same answers; the numbers are null below 20 of those. */
	agreement: v.strictObject({
		overlap: v.number(),
		/** The share of pairs of scores that are the same. */
		raw: v.nullable(v.number()),
		/** Gwet's AC2 with ordinal weights, by which it is labelled. */
		ac: v.nullable(v.number()),
		/** Krippendorff's α, ordinal, with its 95 % interval. */
		alpha: v.nullable(v.number()),
		interval: v.nullable(Interval),
		label: v.nullable(v.picklist(['reliable', 'tentative', 'unreliable'])),
		sentence: v.string()
	}),
	/** The run that was scored; null for a model that is no run. */
	next: v.strictObject({ runId: v.nullable(v.string()) }),
	/** One page of answers: in the order they were drawn, or those below the threshold, the worst first. */
	rows: v.strictObject({
		show: v.picklist(scoreShows),
		page: v.number(),
		pages: v.number(),
		count: v.number(),
		list: v.array(Shown)
	})
});
export type Scores = v.InferInput<typeof Scores>;

const aSummary = {
	count: 1,
	average: 8,
	histogram: [0, 0, 0, 0, 0, 0, 0, 1, 0, 0],
	sendable: 1,
	sendableRate: 1,
	interval: [0.21, 1] as [number, number]
};

export const GetScores = query({
	name: 'evaluations.scores',
	summary: 'What came out of a scoring, with twenty of its answers; only how far it is until somebody reveals it',
	within: 'project',
	action: 'evaluations:see',
	long: true,
	input: v.object({
		evaluationId: EvaluationId,
		show: v.optional(v.picklist(scoreShows, 'The answers cannot be filtered by this'), 'all'),
		/** Beyond the last one is the last one. */
		page: v.optional(whole('The page', 1, 1000), 1)
	}),
	output: v.union([v.strictObject({ locked: LockedResults }), v.strictObject({ scores: Scores })]),
	errors: { conflict: 'It compares two models: ask for its results instead.' },
	example: {
		input: { evaluationId: ids.evaluation },
		output: {
			scores: {
				number: 3,
				title: 'Scores of v1',
				revealedAt: aTime,
				textsRemovedAt: null,
				textsKeptUntil: null,
				version: 'v1',
				ownPrompt: null,
				plan: { prompts: 40, votes: 1, sendableFrom: 8, temperature: 0, maxTokens: 1024, thinking: false },
				summary: aSummary,
				skipped: 0,
				open: 39,
				broken: 0,
				leaked: 0,
				people: [{ name: 'Ana', summary: aSummary, shift: null }],
				agreement: {
					overlap: 0,
					raw: null,
					ac: null,
					alpha: null,
					interval: null,
					label: null,
					sentence: 'Agreement: not tested. 0 answers have two scores or more; it is shown from 20 on.'
				},
				next: { runId: ids.run },
				rows: {
					show: 'all',
					page: 1,
					pages: 1,
					count: 1,
					list: [
						{
							position: 0,
							number: 12,
							score: 8,
							given: [{ voter: 'Ana', score: 8, order: 0, at: aTime }],
							prompt: [{ role: 'user', content: 'Do you ship to Norway?' }],
							expected: 'Yes. It takes three to five days.',
							answer: { text: 'Yes, within three to five days.', complete: true }
						}
					]
				}
			}
		}
	}
});

export const ExportScores = query({
	name: 'evaluations.exportScores',
	summary: 'The revealed scores as a file: everything as JSON, or one row for each answer as CSV',
	within: 'project',
	action: 'evaluations:see',
	long: true,
	input: v.object({ evaluationId: EvaluationId, format: Format }),
	output: File('application/json, text/csv'),
	errors: { conflict: 'The scores are still hidden, or it compares two models.' },
	example: {
		input: { evaluationId: ids.evaluation, format: 'json' },
		output: { name: 'support-scores.json', pieces: [] as never }
	}
});
