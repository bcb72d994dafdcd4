import { randomUUID } from 'node:crypto';
import { type Handle, type RequestEvent, json } from '@sveltejs/kit';
import { config } from '../platform/config.ts';
import { log } from '../platform/log.ts';
import { compressed } from './compress.ts';
import { arrivingWithin } from './body.ts';
import { refusalBody } from './rest/answer.ts';

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Pages with a token in their address tell no other site where they are, and are kept nowhere. Not `no-referrer`: under
 * it a browser sends `Origin: null` with a plain form, and whoever presses the button before the scripts are there is refused.
 */
const isTokenPage = (route: string | null) =>
	route !== null && /^\/(login|invitations|device|guest|account\/mails)(\/|$)/.test(route);

/** What scripts and agents ask, by a key. */
const isApi = (route: string | null) => route !== null && (route.startsWith('/api/v1') || route === '/api/mcp');

/**
 * A write from a browser must come from our own pages. Kit checks form bodies only (access/README: writes) and is told not to
 * (svelte.config.js): this looks at every method but reads, whatever the content type.
 */
const isForeign = (request: Request, route: string | null) => {
	// a bearer key is sent by nobody's browser on its own, and a cookie opens nothing there
	if (isApi(route) && !request.headers.has('cookie')) return false;
	// sent by mail programs (RFC 8058): the link says who, and no cookie is looked at
	if (route === '/account/mails/[token]') return false;
	const origin = request.headers.get('origin');
	const site = request.headers.get('sec-fetch-site');
	return origin !== config().origin || (site !== null && site !== 'same-origin');
};

const isImport = ({ request, url, route }: RequestEvent) =>
	(route.id?.endsWith('/add/import') ?? false) ||
	(isApi(route.id) && request.method === 'POST' && /^\/api\/v1\/projects\/[^/]+\/imports$/.test(url.pathname));

/** A form or a JSON body is small; only an import may be large, and it is read as a stream. */
const bodyLimit = (event: RequestEvent) => (isImport(event) ? 1 << 30 : 1 << 20);

/** Refused before it is read: too long, or of a length nobody says. */
const isTooLong = (event: RequestEvent) => {
	if (event.request.body === null) return false;
	const length = event.request.headers.get('content-length');
	return length === null ? !isImport(event) : Number(length) > bodyLimit(event);
};

/** Kit looks a form's action up by its name alone, so it would call what every object has: `?/constructor`. */
const isNoAction = ({ searchParams }: URL) =>
	[...searchParams.keys()].some((key) => key.startsWith('/') && key.slice(1) in Object.prototype);

/** In the shape of whoever asks: a page's, or that of the API. */
const refuse = ({ route, locals }: RequestEvent, status: number, code: string, message: string) => {
	const problem = { code, message };
	const body = isApi(route.id)
		? refusalBody(problem, { origin: config().origin, requestId: locals.requestId })
		: { error: problem };
	return json(body, { status });
};

/** Around everything: request id, origin check, security headers, one log line. `bodyMs`: a body has to be here within. */
export const secureWith =
	({ bodyMs }: { bodyMs: number }): Handle =>
	async ({ event, resolve }) => {
		const startedAt = performance.now();
		event.locals.requestId = randomUUID();
		event.locals.person = null;
		event.locals.session = null;
		event.locals.entry = null;

		const { request, route } = event;
		const routeId = route.id as string | null;
		const writes = !reads.has(request.method);
		let response: Response;
		if (writes && isForeign(request, routeId))
			response = refuse(event, 403, 'forbidden', 'This write did not come from a page of ours.');
		else if (writes && isTooLong(event))
			response = refuse(event, 413, 'too_large', 'This is more than fits here: 1 MB, or 1 GB for an import.');
		else if (writes && isNoAction(event.url))
			response = refuse(event, 404, 'not_found', 'There is nothing at this address.');
		else {
			// an import may take hours, and asks about its rights meanwhile (recheck.ts)
			if (writes && !isImport(event)) event.request = arrivingWithin(request, bodyMs);
			response = await compressed(request, routeId, await resolve(event));
		}

		const { headers } = response;
		// the rest of that body may never come, and nothing else can be said on its connection
		if (response.status === 408) headers.set('connection', 'close');
		headers.set('x-request-id', event.locals.requestId);
		headers.set('x-content-type-options', 'nosniff');
		// Kit leaves the charset to the page's own meta element
		if (headers.get('content-type') === 'text/html') headers.set('content-type', 'text/html; charset=utf-8');
		headers.set('referrer-policy', isTokenPage(routeId) ? 'same-origin' : 'strict-origin-when-cross-origin');
		headers.set('x-frame-options', 'DENY');
		headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=()');
		headers.set('cross-origin-opener-policy', 'same-origin');
		if (config().origin.startsWith('https:'))
			headers.set('strict-transport-security', 'max-age=63072000; includeSubDomains');
		if (!headers.has('cache-control') && routeId) headers.set('cache-control', 'no-store');

		log.debug('request', {
			id: event.locals.requestId,
			method: event.request.method,
			route: routeId,
			status: response.status,
			ms: Math.round(performance.now() - startedAt),
			// set by a handle further in; the assignment above makes TypeScript believe it is null
			person: (event.locals as App.Locals).person?.id,
			transactions: event.locals.scope?.request?.transactions
		});
		return response;
	};

export const secure = secureWith({ bodyMs: 15_000 });
