import * as v from 'valibot';
import { Id, NoInput, NoOutput } from './fields.ts';
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
