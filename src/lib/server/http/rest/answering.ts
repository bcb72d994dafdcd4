import type { RequestEvent } from '@sveltejs/kit';
import { AppError } from '../../../core/errors.ts';
import { config } from '../../platform/config.ts';
import { log } from '../../platform/log.ts';
import { refusalBody } from './answer.ts';

export const refused = (event: RequestEvent, headers: Headers, problem: unknown): Response => {
	const { requestId, scope } = event.locals;
	const known = problem instanceof AppError ? problem : log.bug(problem, { request: requestId, route: event.route.id });
	log.info('api refusal', {
		request: requestId,
		key: scope?.key?.id,
		address: event.getClientAddress(),
		method: event.request.method,
		status: known.status,
		code: known.code
	});
	if (known.code === 'unauthenticated') headers.set('www-authenticate', 'Bearer');
	const said = 'field' in known ? known : { code: known.code, message: known.message };
	return Response.json(refusalBody(said, { origin: config().origin, requestId }), { status: known.status });
};

/** A handler for scripts: what is thrown is answered in the one shape, and all leaves with the headers that were set on the way. */
export const answering =
	(work: (event: RequestEvent, headers: Headers) => Promise<Response>) =>
	async (event: RequestEvent): Promise<Response> => {
		const headers = new Headers();
		const answer = await work(event, headers).catch((problem) => refused(event, headers, problem));
		for (const [name, value] of headers) answer.headers.set(name, value);
		return answer;
	};
