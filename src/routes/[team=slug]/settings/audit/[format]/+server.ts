import { ExportAudit } from '$lib/contract/audit';
import { exportAudit } from '$lib/server/activity/audit';
import { download } from '$lib/server/http/download';
import { endpoint } from '$lib/server/http/endpoint';
import { whileWelcome } from '$lib/server/http/recheck';
import type { RequestHandler } from './$types';

/** The audit log as a file (contract/audit). */
export const GET: RequestHandler = endpoint(ExportAudit, async (event, input) => {
	const { name, pieces } = await exportAudit(event.locals.scope, input);
	return download(
		{ name, pieces: whileWelcome(event, pieces) },
		input.format === 'csv' ? 'text/csv' : 'application/jsonl'
	);
});
