import { type ServerLoadEvent, error } from '@sveltejs/kit';
import * as v from 'valibot';
import { AppError } from '../../core/errors.ts';
import { plain } from './plain.ts';

type Schema = v.GenericSchema<unknown, unknown>;

/** For doors that take no input. */
export const Nothing = v.object({});

/** A load: the query string against the schema, then one use case. Refusals become the error page with their sentence. */
export const page =
	<S extends Schema, E extends ServerLoadEvent, Out>(
		schema: S,
		work: (event: E, input: v.InferOutput<S>) => Promise<Out> | Out
	) =>
	async (event: E): Promise<Out> => {
		const input = v.safeParse(schema, plain(event.url.searchParams));
		if (!input.success) error(422, { code: 'invalid', message: input.issues[0].message });
		try {
			return await work(event, input.output);
		} catch (problem) {
			if (problem instanceof AppError) error(problem.status, { code: problem.code, message: problem.message });
			throw problem;
		}
	};
