import type { RequestEvent } from '@sveltejs/kit';

/** Long files ask this often whether whoever takes or brings them still may (access/README: rights end at once). */
const askEveryMs = 3_000;

/**
 * Passes on what comes for as long as whoever asked keeps the session or key, the role and the projects the request began with. A file
 * can take hours, and whoever was removed meanwhile gets, and brings, no more of it. Throws *forbidden*.
 */
export async function* whileWelcome<T>(
	{ locals }: Pick<RequestEvent, 'locals'>,
	pieces: AsyncIterable<T>,
	everyMs = askEveryMs
): AsyncGenerator<T, void, undefined> {
	let askedAt = Date.now();
	for await (const piece of pieces) {
		if (Date.now() - askedAt >= everyMs) {
			// every transaction asks by what right it is opened; of one that a page shares, only what is asked in it hears that
			await locals.scope.look((tx) => tx.$client`select`);
			askedAt = Date.now();
		}
		yield piece;
	}
}
