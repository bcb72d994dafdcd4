import type * as v from 'valibot';
import type { ErrorCode } from '../core/errors.ts';
import type { Action } from '../core/permissions.ts';
import type { EventName } from './events.ts';

/** Where an operation happens: before anybody is known, for a person, in a team, or in one project of it. */
export type Within = 'visitor' | 'person' | 'team' | 'project';

type Shape<W extends Within, I extends v.GenericSchema, O extends v.GenericSchema> = {
	/** `feature.verb`; the same everywhere: REST, docs, tests. */
	name: string;
	/** What it does, in one sentence for people. */
	summary: string;
	within: W;
	/** Who may: a row of core/permissions. Visitors and persons act for themselves and need none. */
	action: W extends 'team' | 'project' ? Action : null;
	/** Reads or writes as much as a whole project holds: it may take longer than somebody waits in front of a page. */
	long?: W extends 'team' | 'project' ? true : never;
	input: I;
	/** What leaves, field by field. Its JSON is the output side; dates go in as dates. */
	output: O;
	/** What can go wrong besides what holds everywhere (wrong input, not allowed, not there), in words. */
	errors: Partial<Record<ErrorCode, string>>;
	/** Sent and received by the tests. Ids are those of contract/ids, which stand for real ones. */
	example: { input: v.InferInput<I>; output: v.InferOutput<O> };
};

/**
 * An operation that only looks. One that is `writing` writes down on the way what it has found out, or what it was asked for: that is held to
 * its asker's rights as a change is, and names the events that may come of it. Again does no more.
 */
export type Query<
	W extends Within = Within,
	I extends v.GenericSchema = v.GenericSchema,
	O extends v.GenericSchema = v.GenericSchema
> = Shape<W, I, O> & { kind: 'query' } & Looking;
type Looking = { writing?: never; events?: never; noEvent?: never } | ({ writing: true } & Heard);

/** The events by which the rest of the app hears of it; else why nobody has to: `because …`. */
type Heard = { events: readonly [EventName, ...EventName[]]; noEvent?: never } | { events?: never; noEvent: string };

/** An operation that changes something. */
export type Command<
	W extends Within = Within,
	I extends v.GenericSchema = v.GenericSchema,
	O extends v.GenericSchema = v.GenericSchema
> = Shape<W, I, O> & { kind: 'command' } & Heard;

export type Operation = Query | Command;
export type Input<Op extends { input: v.GenericSchema }> = v.InferOutput<Op['input']>;
/** What a use case returns: dates are still dates. */
export type Output<Op extends { output: v.GenericSchema }> = v.InferInput<Op['output']>;

/** Whether something is written by it: by a command, or by a query on its way. */
export const changes = (operation: Operation): boolean => operation.kind === 'command' || operation.writing === true;

export const query = <W extends Within, I extends v.GenericSchema, O extends v.GenericSchema>(
	shape: Shape<W, I, O> & Looking
): Query<W, I, O> => ({ kind: 'query', ...shape });

export const command = <W extends Within, I extends v.GenericSchema, O extends v.GenericSchema>(
	shape: Shape<W, I, O> & Heard
): Command<W, I, O> => ({ kind: 'command', ...shape });
