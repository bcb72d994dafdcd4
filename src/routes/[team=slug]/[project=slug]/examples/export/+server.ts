import { exportExamples } from '$lib/server/examples/export';
import { download } from '$lib/server/http/download';
import { endpoint } from '$lib/server/http/endpoint';
import { Nothing } from '$lib/server/http/page';
import { whileWelcome } from '$lib/server/http/recheck';
import type { RequestHandler } from './$types';

/** Every example with all it has, as JSONL that imports back to the same. */
export const GET: RequestHandler = endpoint(Nothing, async (event) => {
	const { name, pieces } = await exportExamples(event.locals.scope, event.params.project);
	return download({ name, pieces: whileWelcome(event, pieces) }, 'application/jsonl');
});
