import { ExportExamples } from '$lib/contract/examples';
import { exportExamples } from '$lib/server/examples/commands';
import { download } from '$lib/server/http/download';
import { endpoint } from '$lib/server/http/endpoint';
import { whileWelcome } from '$lib/server/http/recheck';
import type { RequestHandler } from './$types';

/** Every example with all it has, as JSONL that imports back to the same. */
export const GET: RequestHandler = endpoint(ExportExamples, async (event) => {
	const { name, pieces } = await exportExamples(event.locals.project);
	return download({ name, pieces: whileWelcome(event, pieces) }, 'application/jsonl');
});
