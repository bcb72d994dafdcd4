import { GetResults, RevealResults } from '$lib/contract/evaluation-results';
import { revealResults } from '$lib/server/evaluations/commands';
import { getResults } from '$lib/server/evaluations/queries';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(GetResults, async ({ locals, depends }, input) => {
	depends(`aitelier:evaluation:${input.evaluationId}`);
	const found = await getResults(locals.project, input);
	const { number } = 'locked' in found ? found.locked : found.results;
	return { locked: null, results: null, ...found, crumb: `#${number} results` };
}) satisfies PageServerLoad;

export const actions = {
	reveal: form(RevealResults, ({ locals }, input) => revealResults(locals.project, input))
} satisfies Actions;
