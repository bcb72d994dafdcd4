import { endpoint } from '$lib/server/http/endpoint';
import { Nothing } from '$lib/server/http/page';
import type { RequestHandler } from './$types';

/** The process answers; nothing else is asked. */
export const GET: RequestHandler = endpoint(Nothing, () => ({ ok: true }));
