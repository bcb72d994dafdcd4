import * as v from 'valibot';
import { Message } from './examples.ts';
import { File, Id, NoInput, NoOutput, between, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';
import { Serving } from './run.ts';

const RunId = Id('The run');

export const StartServing = command({
	name: 'servings.start',
	summary: 'Makes a run’s model callable; it is billed by the minute until it is stopped',
	within: 'project',
	action: 'servings:edit',
	/** A run has one serving at a time: asked twice, it is the same one. */
	input: v.object({ runId: RunId }),
	output: Serving,
	errors: { conflict: 'The run is not ready, or its provider cannot deploy the model or need not.' },
	events: ['serving.started', 'serving.progressed'],
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
	output: v.array(v.strictObject({ runId: v.string(), ...Serving.entries })),
	errors: {},
	example: {
		input: {},
		output: [
			{
				runId: ids.run,
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

export const StopServing = command({
	name: 'servings.stop',
	summary: 'Stops paying for a run’s model, also where an evaluation waits for its answers',
	within: 'project',
	action: 'servings:edit',
	/** Stopped already is as good. */
	input: v.object({ runId: RunId }),
	output: NoOutput,
	errors: {},
	events: ['serving.stopped', 'serving.progressed'],
	example: { input: { runId: ids.run }, output: null }
});

export const Chat = query({
	name: 'servings.chat',
	summary:
		'One answer of the base model or of a run’s model, word by word; it is not kept, and costs what its provider takes',
	within: 'project',
	action: 'servings:edit',
	input: v.object({
		/** null asks the project's base model. A run's model has to be callable: start it first. */
		runId: v.optional(v.nullable(RunId), null),
		messages: v.pipe(
			v.array(Message, 'Send the messages so far'),
			v.minLength(1, 'Send at least one message'),
			v.maxLength(200, 'Send at most 200 messages')
		),
		temperature: v.optional(between('The temperature', 0, 2), 0.7),
		maxTokens: v.optional(whole('The limit of tokens', 1, 8_192), 512)
	}),
	/**
	 * Server-sent events: `{ text }` for each piece, and at the end `{ done: true, finishReason, promptTokens, completionTokens }`, or
	 * `{ error: { code, message } }` where it broke off.
	 */
	output: File('text/event-stream'),
	errors: {
		conflict: 'The run’s model is not callable now, or the provider refuses.',
		rate_limited: 'The team has as many answers on their way as it may have at once.'
	},
	example: {
		input: { runId: null, messages: [{ role: 'user', content: 'Do you ship to Norway?' }] },
		output: {
			name: 'answer.txt',
			pieces: (async function* () {
				yield 'data: {"text":"Yes."}\n\n';
				yield 'data: {"done":true,"finishReason":"stop","promptTokens":9,"completionTokens":2}\n\n';
			})()
		}
	}
});
