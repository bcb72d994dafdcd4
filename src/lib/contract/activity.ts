import * as v from 'valibot';
import type { VerdictKind } from '../core/evaluations/rules.ts';
import { verdictTitles } from '../core/evaluations/verdict-sentence.ts';
import { steps } from '../core/project/next-step.ts';
import { runStatuses } from '../core/runs/status.ts';
import { Limit, NoInput, Time, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { query } from './operation.ts';

const kinds = Object.keys(verdictTitles) as VerdictKind[];

/** For whoever may not see others' scores: by their own, and no quality. */
const Counts = v.strictObject({
	total: v.number(),
	unrated: v.number(),
	/** Rated at the threshold or above; 0 for whoever may not see others' scores. */
	quality: v.number(),
	train: v.number(),
	validation: v.number(),
	unassigned: v.number()
});

const Run = v.strictObject({
	id: v.string(),
	version: v.number(),
	status: v.picklist(runStatuses),
	trainCount: v.number(),
	validationCount: v.number(),
	createdAt: Time
});

const Evaluation = v.strictObject({
	id: v.string(),
	number: v.number(),
	title: v.string(),
	status: v.picklist(['generating', 'voting', 'failed']),
	/** Pairs in all, judged by anybody, and judged by whoever looks. */
	planned: v.number(),
	judged: v.number(),
	mine: v.number(),
	revealed: v.boolean(),
	/** What came out, after the reveal; null too while it is being counted. */
	score: v.nullable(v.strictObject({ kind: v.picklist(kinds), title: v.string() }))
});

const Readiness = v.strictObject({
	state: v.picklist(['blocked', 'experiment', 'minimum', 'good', 'comfortable']),
	title: v.string(),
	/** What is missing for a training, and what for a verdict. */
	sentence: v.string(),
	/** Nothing is missing for a training. */
	isReady: v.boolean(),
	missing: v.number(),
	/** Good examples in train: those a training takes. */
	train: v.number(),
	share: v.number(),
	verdict: v.picklist(['none', 'enough', 'good'])
});

const NextStep = v.strictObject({
	to: v.picklist(steps),
	id: v.optional(v.string()),
	action: v.string(),
	title: v.string(),
	sentence: v.string()
});

const Deed = v.strictObject({
	id: v.string(),
	at: Time,
	/** By name; a person or a script, or neither where the product did it by itself. */
	person: v.nullable(v.string()),
	script: v.nullable(v.string()),
	event: v.string(),
	/** What happened, behind a name: “rated example 12”. */
	sentence: v.string(),
	/** The id of what it happened to. */
	subject: v.string()
});
/** Several of one kind in a row are one: “rated 12 examples”. */
const Line = v.strictObject({ ...Deed.entries, count: v.number() });

export const ListActivity = query({
	name: 'activity.list',
	summary:
		'What was done in the project, the newest first, usually of the last 90 days; only what whoever asks may see',
	within: 'project',
	action: 'project:see',
	input: v.object({
		/** Only older ones than this place: keyset paging. */
		before: v.optional(whole('A place', 1, Number.MAX_SAFE_INTEGER)),
		limit: Limit
	}),
	/** `older`: the `before` of the next page. */
	output: v.strictObject({ rows: v.array(Deed), older: v.nullable(v.number()) }),
	errors: {},
	example: {
		input: {},
		output: {
			rows: [
				{
					id: ids.activity,
					at: aTime,
					person: 'Ana Ruiz',
					script: null,
					event: 'example.rated',
					sentence: 'rated example 12',
					subject: ids.example
				}
			],
			older: null
		}
	}
});

export const GetDashboard = query({
	name: 'activity.dashboard',
	summary: 'How far a project is, at one moment, and what is next for the person',
	within: 'project',
	action: 'project:see',
	input: NoInput,
	output: v.strictObject({
		counts: Counts,
		/** How many examples have each rating from 1 to 10; none for whoever may not see others' scores. */
		bars: v.array(v.number()),
		/** The five newest; none for whoever may not see runs. */
		runs: v.array(Run),
		/** Runs that ended with a model. */
		models: v.number(),
		/** The five newest. */
		evaluations: v.array(Evaluation),
		/** Follows from everybody's scores, so whoever may not see those has none. */
		readiness: v.nullable(Readiness),
		next: NextStep,
		/** The twenty newest lines of what was done, as far as the person may see it. */
		activity: v.array(Line),
		/** What the page waits for: the runs and evaluations that are not over. */
		topics: v.array(v.string())
	}),
	errors: {},
	example: {
		input: {},
		output: {
			counts: { total: 60, unrated: 0, quality: 52, train: 38, validation: 14, unassigned: 8 },
			bars: [0, 0, 1, 2, 2, 3, 0, 20, 22, 10],
			runs: [
				{
					id: ids.run,
					version: 1,
					status: 'ready',
					trainCount: 38,
					validationCount: 14,
					createdAt: aTime
				}
			],
			models: 1,
			evaluations: [
				{
					id: ids.evaluation,
					number: 1,
					title: 'v1 against base',
					status: 'voting',
					planned: 14,
					judged: 4,
					mine: 4,
					revealed: false,
					score: null
				}
			],
			readiness: {
				state: 'minimum',
				title: 'Ready to train',
				sentence:
					'Enough to train; 100 good examples are a good start. 14 validation examples can show a large difference only; 35 are advised.',
				isReady: true,
				missing: 0,
				train: 38,
				share: 1,
				verdict: 'enough'
			},
			next: {
				to: 'vote',
				id: ids.evaluation,
				action: 'Compare',
				title: '10 answers to compare',
				sentence: 'Evaluation 1 waits for your eye: which answer is better, not knowing whose it is.'
			},
			activity: [
				{
					id: ids.activity,
					at: aTime,
					person: 'Ana Ruiz',
					script: null,
					event: 'example.rated',
					sentence: 'rated 12 examples',
					subject: ids.example,
					count: 12
				}
			],
			topics: [`evaluation:${ids.evaluation}`]
		}
	}
});
