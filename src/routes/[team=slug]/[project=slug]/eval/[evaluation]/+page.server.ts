import { getEvaluation } from '$lib/server/evaluations/progress';
import { retryGeneration } from '$lib/server/evaluations/retry';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals, params, depends }) => {
	depends(`aitelier:evaluation:${params.evaluation}`);
	const evaluation = await getEvaluation(locals.scope, params.project, params.evaluation);
	return { evaluation, crumb: `#${evaluation.number}` };
}) satisfies PageServerLoad;

export const actions = {
	retry: form(Nothing, ({ locals, params }) => retryGeneration(locals.scope, params.project, params.evaluation))
} satisfies Actions;
