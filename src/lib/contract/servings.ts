import * as v from 'valibot';
import { Message } from './examples.ts';
import { File, Id, NoInput, NoOutput, between, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';
import { Serving } from './run.ts';

const RunId = Id('The run');
/** The base model of the run as it is, instead of the run's own: a comparison with a base that does not answer at once deploys both. */
const OfBase = v.optional(v.boolean());

export const StartServing = command({
	name: 'servings.start',
	summary: 'Makes a run’s model callable; it is billed by the minute until it is stopped',
	within: 'project',
	action: 'servings:edit',
	/** A run has one serving at a time: asked twice, it is the same one. */
	input: v.object({ runId: RunId }),
	output: Serving,
	errors: { conflict: 'The run is not ready, or its provider cannot deploy the model or need not.' },
	events: ['serving.started'],
	example: {
		input: { runId: ids.run },
		output: {
			id: ids.serving,
			status: 'starting',
			centsPerHour: 264,
			problem: null,
			createdAt: aTime,
			readyAt: null,
			idleAt: '2026-11-28T10:45:00.000Z',
			stoppedAt: null,
			callAs: null
		}
	}
});

export const ListServings = query({
	name: 'servings.list',
	summary: 'The models of the project that are callable, or were: the newest first, at most a hundred',
	within: 'project',
	action: 'runs:see',
	input: NoInput,
	output: v.array(
		v.strictObject({
			runId: v.string(),
			version: v.number(),
			/** It is the base of the run as it is, which a comparison needs. */
			ofBase: v.boolean(),
			...Serving.entries
		})
	),
	errors: {},
	example: {
		input: {},
		output: [
			{
				runId: ids.run,
				version: 3,
				ofBase: false,
				id: ids.serving,
				status: 'ready',
				centsPerHour: 264,
				problem: null,
				createdAt: aTime,
				readyAt: aTime,
				idleAt: '2026-11-28T10:45:00.000Z',
				stoppedAt: null,
				callAs: 'team/support-v3'
			}
		]
	}
});

export const PriceServing = query({
	name: 'servings.price',
	summary: 'Whether a run’s model, or its base, has to be started before it answers, and what it costs by then',
	within: 'project',
	action: 'servings:edit',
	input: v.object({ runId: RunId, ofBase: OfBase }),
	output: v.strictObject({
		/** `at-once`: it answers without being started, and is billed by the token. */
		serves: v.picklist(['at-once', 'after-deploy']),
		/** Whether the provider can start it at all; `problem` says why not. */
		deployable: v.boolean(),
		/** null: the provider names no price. */
		centsPerHour: v.nullable(v.number()),
		problem: v.nullable(v.string())
	}),
	errors: { conflict: 'The run is not ready, or its provider does not answer.' },
	example: {
		input: { runId: ids.run },
		output: { serves: 'after-deploy', deployable: true, centsPerHour: 264, problem: null }
	}
});

export const StopServing = command({
	name: 'servings.stop',
	summary: 'Stops paying for a run’s model, also where an evaluation waits for its answers',
	within: 'project',
	action: 'servings:edit',
	/** Stopped already is as good. */
	input: v.object({ runId: RunId, ofBase: OfBase }),
	output: NoOutput,
	errors: {},
	events: ['serving.stopped', 'serving.progressed'],
	example: { input: { runId: ids.run }, output: null }
});

/** Whom a question goes to: the base model where it says nothing, a run's model, or any model of a connection. */
const Asked = {
	/** A run's model has to be callable: start it first. */
	runId: v.optional(v.nullable(RunId), null),
	/** With it goes the `model`. */
	connectionId: v.optional(v.nullable(Id('The connection'))),
	model: v.optional(v.nullable(v.pipe(v.string(), v.trim(), v.maxLength(200, 'A model id has at most 200 characters'))))
};

export const Chat = query({
	name: 'servings.chat',
	summary:
		'One answer of the base model, of a run’s model or of any model of a connection, word by word; it is not kept, and costs what its provider takes',
	within: 'project',
	action: 'servings:edit',
	input: v.pipe(
		v.object({
			...Asked,
			messages: v.pipe(
				v.array(Message, 'Send the messages so far'),
				v.minLength(1, 'Send at least one message'),
				v.maxLength(200, 'Send at most 200 messages')
			),
			temperature: v.optional(between('The temperature', 0, 2), 0.7),
			maxTokens: v.optional(whole('The limit of tokens', 1, 8_192), 512)
		}),
		v.forward(
			v.check(({ runId, connectionId }) => runId === null || !connectionId, 'Ask a run or a connection, not both'),
			['connectionId']
		),
		v.forward(
			v.check(({ connectionId, model }) => !connectionId === !model, 'Name the connection and its model'),
			['model']
		)
	),
	/**
	 * Server-sent events: `{ text }` for each piece, `{ thinking }` for what the model thinks before, and at the end `Answered`, or
	 * `{ error: { code, message } }` where it broke off.
	 */
	output: File('text/event-stream'),
	writing: true,
	events: ['budget.reached'],
	errors: {
		conflict: 'The run’s model is not callable now, the provider refuses, or the budget of the month is spent.',
		rate_limited: 'The team has as many answers on their way as it may have at once.'
	},
	example: {
		input: { runId: null, messages: [{ role: 'user', content: 'Do you ship to Norway?' }] },
		output: {
			name: 'answer.txt',
			pieces: (async function* () {
				yield 'data: {"text":"Yes."}\n\n';
				yield 'data: {"done":true,"finishReason":"stop","promptTokens":9,"completionTokens":2,"firstTokenMs":180,"totalMs":240,"costMicros":3}\n\n';
			})()
		}
	}
});

/** What stands at the end of an answer. */
export type Answered = {
	done: true;
	/** `stop`, `length` …; null where the stream ended before the model did, and what came is a part. */
	finishReason: string | null;
	promptTokens: number | null;
	completionTokens: number | null;
	/** From the question to the first piece; null where none came. */
	firstTokenMs: number | null;
	totalMs: number;
	/** In micro-dollars; of a deployed model its machine's time. null: the provider names no price. */
	costMicros: number | null;
};
/** One event of an answer that is being written. */
export type AnswerEvent =
	| { text: string }
	| { thinking: string }
	| Answered
	| { error: { code: string; message: string } };
