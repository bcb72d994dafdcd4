import { type ServerLoadEvent, error } from '@sveltejs/kit';
import * as v from 'valibot';
import { AppError, Unavailable } from '../../core/errors.ts';
import { formValues } from './form-values.ts';
import { type Asked, inputOf, schemaOf } from './input.ts';

type Schema = v.GenericSchema<unknown, unknown>;

/** For routes that take no input. */
export const Nothing = v.object({});

/** A refusal becomes the error page with its sentence. */
const asPage = (problem: unknown) => {
	if (problem instanceof AppError || problem instanceof Unavailable)
		error(problem.status, { code: problem.code, message: problem.message });
	return problem;
};

/** A load: the query string against the schema, then one use case. */
export const page =
	<S extends Schema, E extends ServerLoadEvent, Out>(
		asked: Asked<S>,
		work: (event: E, input: v.InferOutput<S>) => Promise<Out> | Out
	) =>
	async (event: E): Promise<Out> => {
		const schema = schemaOf(asked);
		try {
			const input = inputOf(event, schema, formValues(schema as v.GenericSchema, event.url.searchParams));
			if (!input.success) throw new AppError('invalid', input.issues[0].message);
			return await work(event, input.output);
		} catch (problem) {
			throw asPage(problem);
		}
	};

/**
 * The load of a layout, which asks nothing of the address. (`page` reads every param of it, so that its load runs again for
 * another run or evaluation; what stands around the pages should not.)
 */
export const layout =
	<E extends ServerLoadEvent, Out>(work: (event: E) => Promise<Out> | Out) =>
	async (event: E): Promise<Out> => {
		try {
			return await work(event);
		} catch (problem) {
			throw asPage(problem);
		}
	};
