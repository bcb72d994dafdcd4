import * as v from 'valibot';
import { Id } from '$lib/core/id';
import { QueueRequest } from '$lib/core/ratings/scale';
import { endpoint } from '$lib/server/http/endpoint';
import { getCard, nextCards } from '$lib/server/ratings/ratings';
import type { RequestHandler } from './$types';

/** One card again: from the history strip. */
export const GET: RequestHandler = endpoint(v.object({ id: Id('The card') }), ({ locals, params }, { id }) =>
	getCard(locals.scope, params.project, id)
);

/** More cards for an open page. A question, but with more ids of cards already seen than an address can hold. */
export const POST: RequestHandler = endpoint(QueueRequest, ({ locals, params }, request) =>
	nextCards(locals.scope, params.project, request)
);
