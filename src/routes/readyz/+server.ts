import { json } from '@sveltejs/kit';
import { endpoint } from '$lib/server/http/endpoint';
import { Nothing } from '$lib/server/http/page';
import { isReady } from '$lib/server/lifecycle';
import type { RequestHandler } from './$types';

/** Whether requests should be sent here: not while it stops, and not without a database. */
export const GET: RequestHandler = endpoint(Nothing, async () => {
	const ready = await isReady();
	return json({ ok: ready }, { status: ready ? 200 : 503 });
});
