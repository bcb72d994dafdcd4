import { DownloadRunFile } from '$lib/contract/runs';
import { download } from '$lib/server/http/download';
import { endpoint } from '$lib/server/http/endpoint';
import { downloadRunFile } from '$lib/server/runs/queries';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = endpoint(DownloadRunFile, async ({ locals }, input) => {
	const file = await downloadRunFile(locals.project, input);
	const response = download(file, 'application/jsonl');
	response.headers.set('repr-digest', `sha-256=:${Buffer.from(file.sha256, 'hex').toString('base64')}:`);
	return response;
});
