import { visit } from '$lib/server/http/visit';
import { beginOAuth } from '$lib/server/access/oauth';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = visit(({ params, cookies, url }) =>
	beginOAuth(params.provider!, cookies, url.searchParams.get('next'))
);
