import { GetCard, NextCards } from '$lib/contract/ratings';
import { endpoint } from '$lib/server/http/endpoint';
import { getCard, nextCards } from '$lib/server/ratings/queries';
import type { RequestHandler } from './$types';

/** One card again: from the history strip. */
export const GET: RequestHandler = endpoint(GetCard, ({ locals }, input) => getCard(locals.project, input));

/** More cards for an open page. A question, but with more ids of cards already seen than an address can hold. */
export const POST: RequestHandler = endpoint(NextCards, ({ locals }, input) => nextCards(locals.project, input));
