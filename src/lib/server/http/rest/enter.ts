import type { RequestEvent } from '@sveltejs/kit';
import { type RestLimit, keyLimit, strangerLimit } from '../../../contract/rest-limits.ts';
import { AppError } from '../../../core/errors.ts';
import { readKey } from '../../../core/keys/key.ts';
import { type Holder, type Requests, type Returning, enterBy, returnBy, takeRequest } from '../../access/entrance.ts';
import { byKey } from '../../access/keys.ts';
import { networkOf } from '../../access/limits.ts';
import { byToken } from '../../access/tokens.ts';
import { config } from '../../platform/config.ts';
import { limitHeaders, limited } from './limits.ts';

const bearerOf = ({ headers }: Request) => /^Bearer +(\S+) *$/i.exec(headers.get('authorization') ?? '')?.[1];

/** One answer for every key that does not work: what is wrong with it is for the team's settings to say. */
const noEntry = () =>
	new AppError(
		'unauthenticated',
		'This needs an API key that works, in the header “Authorization: Bearer ait_sk_…”. Owners make keys in the team’s settings.'
	);

const entrances = [byKey, byToken];
const limit = (): RestLimit => keyLimit(config().apiRequestsPerMinute);

/** Throws *rate limited* when the bucket is empty; the headers say how full it is. */
const admit = (headers: Headers, of: RestLimit, requests: Requests): void => {
	limitHeaders(headers, of, requests);
	if (requests.refused) throw limited();
};

/** Throws *unauthenticated* where nobody came in: strangers have a bucket for their network. */
const admitted = async (event: RequestEvent, headers: Headers, holder: Holder | null): Promise<Holder> => {
	if (holder) {
		admit(headers, limit(), holder.requests);
		return holder;
	}
	const network = networkOf(event.getClientAddress());
	admit(headers, strangerLimit, await takeRequest(`api-network:${network}`, strangerLimit));
	throw noEntry();
};

const askedBy = (event: RequestEvent, projectSlug: string | null) => {
	const bearer = bearerOf(event.request);
	const kind = bearer && readKey(bearer)?.kind;
	const entrance = entrances.find((one) => one.kind === kind);
	const acting = {
		id: event.locals.requestId,
		address: event.getClientAddress(),
		transactions: 0,
		left: event.request.signal
	};
	return entrance && ({ entrance, asked: [bearer!, projectSlug, acting, limit()] } as const);
};

/** Who has sent this. Throws *unauthenticated* and *rate limited*; the headers say how full their bucket is. */
export const enter = async (event: RequestEvent, headers: Headers, projectSlug: string | null): Promise<Holder> => {
	const known = askedBy(event, projectSlug);
	return admitted(event, headers, known ? await enterBy(known.entrance)(...known.asked) : null);
};

/**
 * The same for what only looks: whoever came in before is asked about together with the look, and what comes of `look`, an answer
 * or a refusal, is theirs only when all is as it was. Else it is done again, as whoever they are by now.
 */
export const enterAndLook = async (
	event: RequestEvent,
	headers: Headers,
	projectSlug: string | null,
	look: (holder: Returning['holder']) => Promise<Response>
): Promise<Response> => {
	const known = askedBy(event, projectSlug);
	const returning = known && returnBy(known.entrance)(...known.asked);
	if (!returning) return look(await enter(event, headers, projectSlug));
	const [outcome] = await Promise.allSettled([look(returning.holder)]);
	const confirmed = await returning.confirm();
	if ('instead' in confirmed) return look(await admitted(event, headers, confirmed.instead));
	admit(headers, limit(), confirmed.requests);
	if (outcome.status === 'rejected') throw outcome.reason;
	return outcome.value;
};
