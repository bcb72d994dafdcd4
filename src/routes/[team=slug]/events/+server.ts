import * as v from 'valibot';
import { endpoint } from '$lib/server/http/endpoint';
import { eventStream } from '$lib/server/http/stream';
import { stillEnters } from '$lib/server/access/memberships';
import { log } from '$lib/server/platform/log';
import { tellUnrated } from '$lib/server/project/queries';
import { subscribe } from '$lib/server/events/hub';
import type { RequestHandler } from './$types';

/** Whoever was removed, given another role or signed out hears nothing more after this long, and something (access/README: rights end at once). */
const lookEveryMs = 3_000;

/** `since`: the place up to which this page has heard; `tab`: the window it is in. */
const Asked = v.object({
	since: v.optional(v.pipe(v.string(), v.maxLength(2_000, 'Not a place of ours'))),
	tab: v.optional(v.pipe(v.string(), v.uuid('Not a window of ours')))
});

export const GET: RequestHandler = endpoint(Asked, ({ locals, request }, { since, tab }) => {
	const { scope, session } = locals;
	const from = { since: request.headers.get('last-event-id') ?? since, tab, unrated: tellUnrated(scope) };
	return eventStream(async (send, close) => {
		const unsubscribe = await subscribe(scope, from, ({ place, news }) =>
			send({ id: place, data: JSON.stringify(news) })
		);
		const watch = setInterval(() => {
			stillEnters(session!.handle, scope)
				.then((still) => still || close())
				.catch((problem) => log.warn('events', { problem: String(problem) }));
		}, lookEveryMs);
		return () => {
			clearInterval(watch);
			unsubscribe();
		};
	});
});

/** A stream never ends, and a HEAD would wait for that. */
export const HEAD: RequestHandler = () =>
	new Response(null, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
