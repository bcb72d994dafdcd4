import { NextAnswers, ScoreAnswer } from '$lib/contract/scoring';
import { scoreAnswer } from '$lib/server/evaluations/commands';
import { nextAnswers } from '$lib/server/evaluations/queries';
import { endpoint } from '$lib/server/http/endpoint';
import type { RequestHandler } from './$types';

/** The next answers; a browser that wants the page gets that instead. */
export const GET: RequestHandler = endpoint(NextAnswers, ({ locals }, input) => nextAnswers(locals.project, input));

export const POST: RequestHandler = endpoint(ScoreAnswer, ({ locals }, input) => scoreAnswer(locals.project, input));
