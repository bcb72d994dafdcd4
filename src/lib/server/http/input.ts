import type { RequestEvent } from '@sveltejs/kit';
import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import { mostFields, tooManyFields } from './fields.ts';
import { addressValues } from './form-values.ts';

type Schema = v.GenericSchema<unknown, unknown>;
/** A schema, or an operation that has one. */
export type Asked<S extends Schema = Schema> = S | { input: S };

export const schemaOf = <S extends Schema>(asked: Asked<S>): S => ('input' in asked ? asked.input : asked);

/**
 * What came, with the ids of the address, against the schema. An id in the address that is none of ours leads nowhere: *not
 * found*, whatever else is wrong. So does a word that is none of a few; which there are, its own sentence says.
 */
export const inputOf = <S extends Schema>(event: RequestEvent, schema: S, sent: unknown) => {
	const named = addressValues(schema as v.GenericSchema, event.params);
	const isObject = typeof sent === 'object' && sent !== null && !Array.isArray(sent);
	// each wrong element of a list is an issue of its own, with a path and a sentence: thirty thousand keep us busy for long
	if (isObject && Object.values(sent).some((value) => Array.isArray(value) && value.length > mostFields))
		throw tooManyFields();
	const found = v.safeParse(schema, isObject ? { ...sent, ...named } : sent);
	const wrong = found.issues?.find((issue) => Object.hasOwn(named, v.getDotPath(issue)?.split('.')[0] ?? ''));
	if (wrong?.type === 'picklist') throw new AppError('not_found', wrong.message);
	if (wrong) throw new AppError('not_found', 'There is nothing at this address, or it is not yours to see.');
	return found;
};
