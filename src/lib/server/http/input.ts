import type { RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import { mostFields, tooManyFields } from './fields.ts';
import { addressValues, entriesOf } from './form-values.ts';

type Schema = v.GenericSchema<unknown, unknown>;
/** A schema, or an operation that has one. */
export type Asked<S extends Schema = Schema> = S | { input: S };

export const schemaOf = <S extends Schema>(asked: Asked<S>): S => ('input' in asked ? asked.input : asked);

/** valibot asks for a field that is missing in words of its own; what the field itself says when nothing is in it is better. */
export const inOwnWords = <I extends v.BaseIssue<unknown>>(schema: v.GenericSchema, issue: I): I => {
	if (!issue.message.startsWith('Invalid key') || issue.path?.length !== 1) return issue;
	const field = entriesOf(schema)[String(issue.path[0]!.key)];
	const [own] = (field && v.safeParse(field, undefined).issues) ?? [];
	return own ? { ...issue, message: own.message } : issue;
};

/**
 * What came, with the ids of the address, against the schema. An id in the address that is none of ours leads nowhere: *not
 * found*, whatever else is wrong. So does a word that is none of a few; which there are, its own sentence says.
 */
export const inputOf = <S extends Schema>(event: RequestEvent, schema: S, sent: unknown) => {
	const named = addressValues(schema as v.GenericSchema, event.params);
	if (typeof sent !== 'object' || sent === null || Array.isArray(sent))
		throw new AppError('invalid', 'The body is not a JSON object');
	// each wrong element of a list is an issue of its own, with a path and a sentence: thirty thousand keep us busy for long
	if (Object.values(sent).some((value) => Array.isArray(value) && value.length > mostFields)) throw tooManyFields();
	const found = v.safeParse(schema, { ...sent, ...named });
	const wrong = found.issues?.find((issue) => Object.hasOwn(named, v.getDotPath(issue)?.split('.')[0] ?? ''));
	if (wrong?.type === 'picklist') throw new AppError('not_found', wrong.message);
	if (wrong) throw new AppError('not_found', 'There is nothing at this address, or it is not yours to see.');
	if (found.success) return found;
	const [first, ...others] = found.issues.map((issue) => inOwnWords(schema as v.GenericSchema, issue));
	return { ...found, issues: [first!, ...others] as const };
};
