import { RevealResults } from '$lib/contract/evaluation-results';
import { RetryGeneration } from '$lib/contract/evaluations';
import { GetThreeWay } from '$lib/contract/three-way';
import { retryGeneration, revealResults } from '$lib/server/evaluations/commands';
import { getThreeWay } from '$lib/server/evaluations/three-way';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(GetThreeWay, async ({ locals, depends }, input) => {
	const threeWay = await getThreeWay(locals.project, input);
	for (const { id } of threeWay.comparisons) depends(`aitelier:evaluation:${id}`);
	return { threeWay, crumb: `#${threeWay.number} three-way` };
}) satisfies PageServerLoad;

export const actions = {
	reveal: form(RevealResults, ({ locals }, input) => revealResults(locals.project, input)),
	retry: form(RetryGeneration, ({ locals }, input) => retryGeneration(locals.project, input))
} satisfies Actions;
