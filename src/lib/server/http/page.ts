import { type ServerLoadEvent, error } from '@sveltejs/kit';
import * as v from 'valibot';
import { AppError, Unavailable } from '../../core/errors.ts';
import { formValues } from './form-values.ts';
import { type Asked, inputOf, schemaOf } from './input.ts';

type Schema = v.GenericSchema<unknown, unknown>;

/** For routes that take no input. */
export const Nothing = v.object({});

/** A load: the query string against the schema, then one use case. Refusals become the error page with their sentence. */
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
			if (problem instanceof AppError || problem instanceof Unavailable)
				error(problem.status, { code: problem.code, message: problem.message });
			throw problem;
		}
	};
