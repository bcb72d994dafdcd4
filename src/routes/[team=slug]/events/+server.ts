import * as v from 'valibot';
import { endpoint } from '$lib/server/http/endpoint';
import { eventStream } from '$lib/server/http/stream';
import { stillEnters } from '$lib/server/access/memberships';
import { log } from '$lib/server/platform/log';
import { subscribe } from '$lib/server/events/hub';
import type { RequestHandler } from './$types';

/** Whoever was removed, given another role or signed out hears nothing more after this long, and something (access/README: rights end at once). */
const lookEveryMs = 3_000;

const Since = v.object({ since: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}$/, 'Not an event of ours'))) });

export const GET: RequestHandler = endpoint(Since, ({ locals, request }, { since }) => {
	const { scope, session } = locals;
	const last = request.headers.get('last-event-id') ?? since;
	return eventStream(async (send, close) => {
		const unsubscribe = await subscribe(scope, last && /^\d{1,15}$/.test(last) ? Number(last) : null, ({ id, topic }) =>
			send({ id, data: topic })
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
