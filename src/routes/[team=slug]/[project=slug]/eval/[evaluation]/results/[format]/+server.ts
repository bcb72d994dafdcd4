import * as v from 'valibot';
import { AppError } from '$lib/core/errors';
import { exportResults } from '$lib/server/evaluations/export';
import { endpoint } from '$lib/server/http/endpoint';
import { Nothing } from '$lib/server/http/page';
import type { RequestHandler } from './$types';

const Format = v.picklist(['json', 'csv']);

export const GET: RequestHandler = endpoint(Nothing, async ({ locals, params }) => {
	const { team, project, evaluation, format } = params;
	if (!v.is(Format, format)) throw new AppError('not_found', 'Results can be had as json or csv.');
	const file = await exportResults(locals.scope, project, evaluation, format);
	return new Response(file.body, {
		headers: {
			'content-type': file.type,
			'content-disposition': `attachment; filename="${team}-${project}-results.${format}"`,
			'cache-control': 'private, no-store'
		}
	});
});
