import { redirect } from '@sveltejs/kit';
import { ContinueEvaluation, GetResults, RevealResults } from '$lib/contract/evaluation-results';
import { CancelJudging, RetryJudging } from '$lib/contract/judgings';
import { may } from '$lib/core/permissions';
import { to } from '$lib/paths';
import { together } from '$lib/server/access/scope';
import { revealResults } from '$lib/server/evaluations/commands';
import { continueEvaluation, getContinuation } from '$lib/server/evaluations/continuing';
import { cancelJudging, retryJudging } from '$lib/server/evaluations/judgings';
import { getResults } from '$lib/server/evaluations/queries';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(GetResults, async ({ locals, depends, params }, input) => {
	depends(`aitelier:evaluation:${input.evaluationId}`);
	return together(locals.project, async (scope) => {
		const found = await getResults(scope, input);
		// the three of a three-way are revealed together
		if ('locked' in found && found.locked.threeWay)
			redirect(303, to.threeWay(params.team, params.project, found.locked.threeWay));
		const { number } = 'locked' in found ? found.locked : found.results;
		const mayGoOn = 'results' in found && may(scope.role, 'evaluations:create');
		const continuation = mayGoOn ? await getContinuation(scope, input) : null;
		return { locked: null, results: null, ...found, continuation, crumb: `#${number} results` };
	});
}) satisfies PageServerLoad;

export const actions = {
	reveal: form(RevealResults, ({ locals }, input) => revealResults(locals.project, input)),
	continue: form(ContinueEvaluation, async ({ locals, params }, input) => {
		const { id } = await continueEvaluation(locals.project, input);
		redirect(303, to.evaluation(params.team, params.project, id));
	}),
	cancelJudge: form(CancelJudging, ({ locals }, input) => cancelJudging(locals.project, input)),
	retryJudge: form(RetryJudging, ({ locals }, input) => retryJudging(locals.project, input))
} satisfies Actions;
