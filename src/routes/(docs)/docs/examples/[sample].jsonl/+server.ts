import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { error, type RequestHandler } from '@sveltejs/kit';
import { samples } from '$lib/core/examples/samples';

/** A data set that comes with the app, for whoever follows a guide in a terminal. */
export const GET: RequestHandler = async ({ params }) => {
	const sample = samples.find(({ id }) => id === params.sample);
	if (!sample) error(404, { code: 'not_found', message: 'There is no such sample.' });
	return new Response(await readFile(path.resolve('examples', sample.id, 'examples.jsonl')), {
		headers: { 'content-type': 'application/jsonl; charset=utf-8', 'cache-control': 'public, max-age=300' }
	});
};
