import { QueueRequest } from '$lib/core/rating';
import { page } from '$lib/server/http/page';
import { nextCards, recentRatings } from '$lib/server/ratings';
import type { PageServerLoad } from './$types';

export const load = page(QueueRequest, async ({ locals, params }, request) => {
	const [queue, recent] = await Promise.all([
		nextCards(locals.scope, params.project, request),
		recentRatings(locals.scope, params.project)
	]);
	const { filter, sort, seed } = request;
	return { queue, recent, choice: { filter, sort, seed }, bare: true };
}) satisfies PageServerLoad;
