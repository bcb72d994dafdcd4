import type { RequestHandler } from '@sveltejs/kit';
import { config } from '$lib/server/platform/config';
import { markdownOf } from '../../markdown-pages.ts';

/** Every page of the docs as Markdown. */
export const GET: RequestHandler = ({ params }) =>
	new Response(markdownOf(params.page!, config().origin), {
		headers: { 'content-type': 'text/markdown; charset=utf-8', 'cache-control': 'public, max-age=300' }
	});
