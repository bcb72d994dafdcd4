import * as v from 'valibot';
import { endpoint } from '$lib/server/http/endpoint';
import { Nothing } from '$lib/server/http/page';
import { downloadRunFile } from '$lib/server/runs/queries';
import { AppError } from '$lib/core/errors';
import type { RequestHandler } from './$types';

const Kind = v.picklist(['train', 'validation']);

export const GET: RequestHandler = endpoint(Nothing, async ({ locals, params }) => {
	if (!v.is(Kind, params.kind)) throw new AppError('not_found', 'A run sends a train file and a validation file.');
	const file = await downloadRunFile(locals.scope, params.project, params.run, params.kind);
	return new Response(file.body, {
		headers: {
			'content-type': 'application/jsonl; charset=utf-8',
			'content-disposition': `attachment; filename="${file.name}"`,
			'repr-digest': `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`,
			'cache-control': 'private, no-store'
		}
	});
});
