import type { RequestEvent } from '@sveltejs/kit';
import { AppError } from '../../core/errors.ts';
import { stillEnters } from '../access/memberships.ts';

/** Long files ask this often whether whoever takes or brings them still may (access/README: rights end at once). */
const askEveryMs = 3_000;

/**
 * Passes on what comes for as long as the person keeps the session, the role and the projects the request began with. A file
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
			if (!(await stillEnters(locals.session!.handle, locals.scope)))
				throw new AppError('forbidden', 'Your rights in this team have changed. Open the page again.');
			askedAt = Date.now();
		}
		yield piece;
	}
}
