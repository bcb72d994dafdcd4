import * as v from 'valibot';
import { Id } from '../../contract/fields.ts';
import type { Scope } from '../access/scope.ts';
import type { Payload, QueueName } from './queues.ts';

/** A kind of job: its name, what its payload holds, what it does, and how many one process does at once. */
export type Job = {
	name: QueueName;
	payload: v.GenericSchema<unknown, Record<string, string>>;
	/** May run twice, and twice at once. `signal` ends when this process must stop or has lost the job. */
	run: (scope: Scope, payload: never, signal: AbortSignal) => Promise<void>;
	atOnce: number;
	/** What it does is nobody's deed, whoever brought it about. */
	bySystem: boolean;
	/** It goes on where its team was deleted: it brings to an end what costs money. */
	outlivesTeam: boolean;
};

/** Defines a job beside its feature; `id` names the one id of its payload. */
export const job = <Name extends QueueName>(
	name: Name,
	{
		id,
		run,
		atOnce,
		bySystem = false,
		outlivesTeam = false
	}: {
		id: keyof Payload<Name>;
		run: (scope: Scope, payload: Payload<Name>, signal: AbortSignal) => Promise<void>;
		atOnce: number;
		bySystem?: boolean;
		outlivesTeam?: boolean;
	}
): Job => ({ name, payload: v.object({ [id]: Id('The id') }), run, atOnce, bySystem, outlivesTeam });

/** Gives what is open in a team its job back, where it has none. */
export type Requeue = (scope: Scope) => Promise<void>;
