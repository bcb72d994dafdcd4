import { Chat } from '$lib/contract/servings';
import { download } from '$lib/server/http/download';
import { endpoint } from '$lib/server/http/endpoint';
import { chat } from '$lib/server/servings/chat';
import type { RequestHandler } from './$types';

/** One answer, word by word. A browser that leaves ends it. */
export const POST: RequestHandler = endpoint(Chat, async ({ locals }, input) =>
	download(await chat(locals.project, input), 'text/event-stream')
);
