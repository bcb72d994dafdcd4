import { ExportExamples } from '$lib/contract/examples';
import { exportExamples } from '$lib/server/examples/commands';
import { download } from '$lib/server/http/download';
import { endpoint } from '$lib/server/http/endpoint';
import { whileWelcome } from '$lib/server/http/recheck';
import type { RequestHandler } from './$types';

/** The examples in one of the formats (contract/examples). */
export const GET: RequestHandler = endpoint(ExportExamples, async (event, input) => {
	const { name, pieces } = await exportExamples(event.locals.project, input);
	return download({ name, pieces: whileWelcome(event, pieces) }, 'application/jsonl');
});
