import { visit } from '$lib/server/http/visit';
import { finishOAuth } from '$lib/server/access/oauth';
import { startSession } from '$lib/server/access/sessions';
import type { RequestHandler } from './$types';

/** A GET from another site: what lets it begin a session is the attempt in this browser's own cookie. */
export const GET: RequestHandler = visit(async ({ params, cookies, url, request }) => {
	const { personId, next } = await finishOAuth(params.provider!, cookies, url.searchParams);
	await startSession(cookies, personId, request.headers.get('user-agent') ?? '');
	return next;
});
