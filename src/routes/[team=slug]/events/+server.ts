import * as v from 'valibot';
import type { News } from '$lib/contract/live';
import { endpoint } from '$lib/server/http/endpoint';
import { eventStream } from '$lib/server/http/stream';
import { watchRights } from '$lib/server/access/watched';
import { tellUnrated } from '$lib/server/events/unrated';
import { subscribe } from '$lib/server/events/hub';
import type { RequestHandler } from './$types';

/** `since`: the place up to which this page has heard; `tab`: the window it is in. */
const Asked = v.object({
	since: v.optional(v.pipe(v.string(), v.maxLength(2_000, 'Not a place of ours'))),
	tab: v.optional(v.pipe(v.string(), v.uuid('Not a window of ours')))
});

// Made here, so that what a stream keeps as long as it is open knows nothing of the request that opened it.
const telling =
	(send: (event: { id: string; data: string }) => void) =>
	({ place, news }: { place: string; news: News }) =>
		send({ id: place, data: JSON.stringify(news) });
const both = (one: () => void, other: () => void) => () => {
	one();
	other();
};

export const GET: RequestHandler = endpoint(Asked, ({ locals, request }, { since, tab }) => {
	const { scope, session } = locals;
	const from = { since: request.headers.get('last-event-id') ?? since, tab, unrated: tellUnrated(scope) };
	return eventStream(async (send, close) => {
		const unsubscribe = await subscribe(scope, from, telling(send));
		return both(watchRights({ ...scope, session: session!.handle }, close), unsubscribe);
	});
});

/** A stream never ends, and a HEAD would wait for that. */
export const HEAD: RequestHandler = () =>
	new Response(null, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
