import { NextPairs, Remark, Vote } from '$lib/contract/evaluations';
import { addRemark, castVote } from '$lib/server/evaluations/commands';
import { nextPairs } from '$lib/server/evaluations/queries';
import { endpoint } from '$lib/server/http/endpoint';
import type { RequestHandler } from './$types';

/** The next pairs; a browser that wants the page gets that instead. */
export const GET: RequestHandler = endpoint(NextPairs, ({ locals }, input) => nextPairs(locals.project, input));

export const POST: RequestHandler = endpoint(Vote, ({ locals }, input) => castVote(locals.project, input));

/** What a person adds to their vote. */
export const PUT: RequestHandler = endpoint(Remark, ({ locals }, input) => addRemark(locals.project, input));
