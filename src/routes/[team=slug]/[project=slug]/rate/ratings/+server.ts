import { RateExample } from '$lib/contract/ratings';
import { endpoint } from '$lib/server/http/endpoint';
import { rateExample } from '$lib/server/ratings/commands';
import type { RequestHandler } from './$types';

export const POST: RequestHandler = endpoint(RateExample, ({ locals }, input) => rateExample(locals.project, input));
