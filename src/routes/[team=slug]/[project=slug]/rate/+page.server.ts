import * as v from 'valibot';
import { Id } from '$lib/core/id';
import { QueueRequest } from '$lib/core/ratings/scale';
import { page } from '$lib/server/http/page';
import { getCard, nextCards, recentRatings } from '$lib/server/ratings/ratings';
import type { PageServerLoad } from './$types';

/** `example`: the one that comes first, whatever the queue says. */
const Address = v.object({ ...QueueRequest.entries, example: v.fallback(v.optional(Id('The example')), undefined) });

export const load = page(Address, async ({ locals, params }, { example, ...request }) => {
	const [queue, recent, first] = await Promise.all([
		nextCards(locals.scope, params.project, request),
		recentRatings(locals.scope, params.project),
		example ? getCard(locals.scope, params.project, example) : null
	]);
	const { filter, sort, seed } = request;
	return { queue, recent, first, choice: { filter, sort, seed }, bare: true };
}) satisfies PageServerLoad;
