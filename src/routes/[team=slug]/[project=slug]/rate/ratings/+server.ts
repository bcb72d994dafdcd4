import { NewRating } from '$lib/core/ratings/scale';
import { endpoint } from '$lib/server/http/endpoint';
import { rateExample } from '$lib/server/ratings/ratings';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = endpoint(NewRating, ({ locals, params }, input) =>
	rateExample(locals.scope, params.project, input)
);
