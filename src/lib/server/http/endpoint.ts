import { type RequestEvent, isHttpError, json } from '@sveltejs/kit';
import * as v from 'valibot';
import { type Operation, changes } from '../../contract/operation.ts';
import { AppError, RightsChanged } from '../../core/errors.ts';
import { readJson } from '../../core/text/json.ts';
import { log } from '../platform/log.ts';
import { formValues } from './form-values.ts';
import { type Asked, inputOf, schemaOf } from './input.ts';

type Schema = v.GenericSchema<unknown, unknown>;

/** The one shape of a refusal, for every client and every kind of failure. */
export const refusal = (
	event: RequestEvent,
	problem: { status: number; code: string; message: string; field?: string; now?: unknown; id?: string }
) =>
	json(
		{
			error: {
				code: problem.code,
				message: problem.message,
				...(problem.field && { field: problem.field }),
				...(problem.now !== undefined && { now: problem.now }),
				request_id: problem.id ?? event.locals.requestId
			}
		},
		{ status: problem.status }
	);

const sent = async (event: RequestEvent, schema: Schema): Promise<unknown> => {
	if (event.request.method === 'GET' || event.request.method === 'HEAD')
		return formValues(schema as v.GenericSchema, event.url.searchParams);
	const text = await event.request.text();
	if (text === '') return {};
	try {
		return readJson(text);
	} catch (problem) {
		if (problem instanceof AppError) throw problem;
		throw new AppError('invalid', 'The body is not valid JSON');
	}
};

/**
 * A handler that answers JSON: the body (or the query) as the operation's input, then one use case. A `Response` from the use
 * case is passed on as it is. Every refusal, bugs included, has one shape.
 */
export const endpoint =
	<S extends Schema, E extends RequestEvent>(
		asked: Asked<S>,
		work: (event: E, input: v.InferOutput<S>) => Promise<unknown> | unknown
	) =>
	async (event: E): Promise<Response> => {
		try {
			// Kit asks for GET where somebody only wants to hear of it: what changes something does nothing then
			if (event.request.method === 'HEAD' && 'input' in asked && changes(asked as unknown as Operation))
				return new Response(null, { status: 405, headers: { allow: 'GET' } });
			const schema = schemaOf(asked);
			const input = inputOf(event, schema, await sent(event, schema));
			if (!input.success) {
				const [issue] = input.issues;
				throw new AppError('invalid', issue.message, v.getDotPath(issue) ?? undefined);
			}
			const attempt = async () => work(event, input.output);
			const answer = await attempt().catch(async (problem: unknown) => {
				if (!(problem instanceof RightsChanged) || !event.locals.again) throw problem;
				await event.locals.again();
				return attempt();
			});
			return answer instanceof Response ? answer : json(answer ?? null);
		} catch (problem) {
			if (problem instanceof AppError) return refusal(event, problem);
			if (isHttpError(problem)) return refusal(event, { status: problem.status, code: 'request', ...problem.body });
			return refusal(event, log.bug(problem, { request: event.locals.requestId, route: event.route.id }));
		}
	};
