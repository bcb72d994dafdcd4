import { type RequestEvent, isHttpError, isRedirect, json } from '@sveltejs/kit';
import { log } from '../platform/log.ts';
import { refusal } from './endpoint.ts';

const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A form that a page of ours sent with scripts: it reads how it ended from JSON, and shows nothing for any other. */
const isAction = ({ request }: RequestEvent) =>
	request.method === 'POST' && request.headers.get('x-sveltekit-action') === 'true';

const wantsPage = ({ request }: RequestEvent) => (request.headers.get('accept') ?? '').includes('text/html');

/** What nobody expected is logged here and gets the same shape. */
const bodyOf = (event: RequestEvent, problem: unknown): { status: number; body: App.Error } => {
	if (isHttpError(problem)) return problem;
	const { status, ...body } = log.bug(problem, { request: event.locals.requestId, route: event.route.id });
	return { status, body };
};

/**
 * What was thrown before a route was reached, as the answer that its page, its form or its script understands. Kit would
 * make the same, but after our last handle, where no security header is set any more. `template`: src/error.html.
 */
export const answerThrown = (event: RequestEvent, problem: unknown, template: string): Response => {
	if (isRedirect(problem)) {
		const { status, location } = problem;
		if (event.isDataRequest) return json({ type: 'redirect', location });
		if (isAction(event)) return json({ type: 'redirect', status, location });
		return new Response(undefined, { status, headers: { location } });
	}
	const { status, body } = bodyOf(event, problem);
	if (isAction(event)) return json({ type: 'error', error: body }, { status });
	if (event.isDataRequest) return json(body, { status });
	if (!wantsPage(event)) return refusal(event, { status, code: body.code ?? 'request', ...body });
	const page = template
		.replaceAll('%sveltekit.status%', String(status))
		.replaceAll('%sveltekit.error.message%', escaped(body.message));
	return new Response(page, {
		status,
		headers: {
			'content-type': 'text/html; charset=utf-8',
			'content-security-policy':
				"default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
		}
	});
};
