import type { RequestHandler } from '@sveltejs/kit';
import { config } from '$lib/server/platform/config';
import { llmsText } from '../markdown-pages.ts';

export const GET: RequestHandler = () =>
	new Response(llmsText(config().origin), {
		headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'public, max-age=300' }
	});
