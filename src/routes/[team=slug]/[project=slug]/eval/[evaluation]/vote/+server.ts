import * as v from 'valibot';
import { NewVote } from '$lib/core/evaluations/ballots';
import { whole } from '$lib/core/runs/recipe';
import { openBooth } from '$lib/server/evaluations/ballots';
import { castVote, undoVote } from '$lib/server/evaluations/vote';
import { endpoint } from '$lib/server/http/endpoint';
import type { RequestHandler } from './$types';

const After = v.object({ after: v.optional(whole('The place', -1, 2000), -1) });

/** The next pairs; a browser that wants the page gets that instead. */
export const GET: RequestHandler = endpoint(After, ({ locals, params }, { after }) =>
	openBooth(locals.scope, params.project, params.evaluation, { after })
);

export const POST: RequestHandler = endpoint(NewVote, ({ locals, params }, { ballotId, choice, clientId }) => {
	const vote = { evaluationId: params.evaluation, ballotId, clientId };
	return choice === null
		? undoVote(locals.scope, params.project, vote)
		: castVote(locals.scope, params.project, { ...vote, choice });
});
