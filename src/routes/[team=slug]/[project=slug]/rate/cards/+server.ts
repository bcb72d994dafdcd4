import * as v from 'valibot';
import { Id } from '$lib/core/id';
import { QueueRequest } from '$lib/core/rating';
import { endpoint } from '$lib/server/http/endpoint';
import { getCard, nextCards } from '$lib/server/ratings';
import type { RequestHandler } from './$types';

const Wanted = v.object({ ...QueueRequest.entries, id: v.optional(Id('The card')) });

/** More cards for an open rating page, or the one with this id. */
export const GET: RequestHandler = endpoint(Wanted, async ({ locals, params }, { id, ...request }) =>
	id ? { cards: [await getCard(locals.scope, params.project, id)] } : nextCards(locals.scope, params.project, request)
);
