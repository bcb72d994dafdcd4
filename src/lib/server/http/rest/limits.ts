import type { RestLimit } from '../../../contract/rest-limits.ts';
import { AppError } from '../../../core/errors.ts';
import type { Requests } from '../../access/entrance.ts';

/**
 * How full the bucket is, in the words of draft-ietf-httpapi-ratelimit-headers: `r` requests are left, and `t` seconds from now there are
 * more. Whoever was refused hears a tenth more than needed, by chance, so that a thousand of them do not come back at once.
 */
export const limitHeaders = (headers: Headers, { most, perSeconds }: RestLimit, requests: Requests): void => {
	const seconds = requests.refused
		? Math.ceil(requests.waitSeconds * (1 + Math.random() / 10))
		: Math.ceil((most - requests.remaining) * (perSeconds / most));
	headers.set('ratelimit-policy', `"default";q=${most};w=${perSeconds}`);
	headers.set('ratelimit', `"default";r=${requests.remaining};t=${seconds}`);
	if (requests.refused) headers.set('retry-after', String(seconds));
};

export const limited = () =>
	new AppError('rate_limited', 'These are more requests than one key has. Wait for the seconds that Retry-After says.');
