import { GetEvaluation, RetryGeneration } from '$lib/contract/evaluations';
import { getEvaluation } from '$lib/server/evaluations/queries';
import { retryGeneration } from '$lib/server/evaluations/commands';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(GetEvaluation, async ({ locals, depends }, input) => {
	depends(`aitelier:evaluation:${input.evaluationId}`);
	const evaluation = await getEvaluation(locals.project, input);
	return { evaluation, crumb: `#${evaluation.number}` };
}) satisfies PageServerLoad;

export const actions = {
	retry: form(RetryGeneration, ({ locals }, input) => retryGeneration(locals.project, input))
} satisfies Actions;
