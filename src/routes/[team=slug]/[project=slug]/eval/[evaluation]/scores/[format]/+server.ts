import * as v from 'valibot';
import { Format } from '$lib/contract/evaluation-results';
import { ExportScores } from '$lib/contract/scoring';
import { AppError } from '$lib/core/errors';
import { exportScores } from '$lib/server/evaluations/queries';
import { download } from '$lib/server/http/download';
import { endpoint } from '$lib/server/http/endpoint';
import type { RequestHandler } from './$types';

/** The format is a part of the address: what is none of ours leads nowhere, and says so. */
const Address = v.object({ ...ExportScores.input.entries, format: v.string() });
const types = { json: 'application/json', csv: 'text/csv' };

export const GET: RequestHandler = endpoint(Address, async ({ locals, params }, asked) => {
	const format = v.safeParse(Format, asked.format);
	if (!format.success) throw new AppError('not_found', format.issues[0].message);
	const file = await exportScores(locals.project, { evaluationId: asked.evaluationId, format: format.output });
	return download({ ...file, name: `${params.team}-${file.name}` }, types[format.output]);
});
