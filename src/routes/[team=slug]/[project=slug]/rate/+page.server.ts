import * as v from 'valibot';
import { Id } from '$lib/contract/fields';
import { NextCards } from '$lib/contract/ratings';
import { together } from '$lib/server/access/scope';
import { page } from '$lib/server/http/page';
import { getCard, nextCards, recentRatings } from '$lib/server/ratings/queries';
import type { PageServerLoad } from './$types';

/** `example`: the one that comes first, whatever the queue says. */
const Address = v.object({
	...NextCards.input.entries,
	example: v.fallback(v.optional(Id('The example')), undefined)
});

export const load = page(Address, ({ locals }, { example, ...request }) =>
	together(locals.project, async (scope) => {
		const [queue, recent, first] = await Promise.all([
			nextCards(scope, request),
			recentRatings(scope),
			example ? getCard(scope, { id: example }) : null
		]);
		const { filter, sort, seed } = request;
		// nothing is left to rate first: how much is there to rate too
		const isDone = filter === 'unrated' && queue.left === 0;
		const seconds = isDone ? (await nextCards(scope, { ...request, filter: 'second' })).left : 0;
		return { queue, recent, first, seconds, choice: { filter, sort, seed }, bare: true };
	})
) satisfies PageServerLoad;
