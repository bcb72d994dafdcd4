import { json, type RequestHandler } from '@sveltejs/kit';
import { openApi } from '$lib/contract/openapi/document';
import { config } from '$lib/server/platform/config';

let document: ReturnType<typeof openApi> | undefined;

/** The REST API, for programs that make clients of it. */
export const GET: RequestHandler = () => {
	document ??= openApi(config().origin);
	return json(document, { headers: { 'cache-control': 'public, max-age=300' } });
};
