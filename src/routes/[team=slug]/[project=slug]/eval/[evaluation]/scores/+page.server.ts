import { RevealResults } from '$lib/contract/evaluation-results';
import { GetScores } from '$lib/contract/scoring';
import { may } from '$lib/core/permissions';
import { revealResults } from '$lib/server/evaluations/commands';
import { getScores } from '$lib/server/evaluations/queries';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(GetScores, async ({ locals, depends }, input) => {
	depends(`aitelier:evaluation:${input.evaluationId}`);
	const found = await getScores(locals.project, input);
	const { number } = 'locked' in found ? found.locked : found.scores;
	const mayGoOn = may(locals.project.role, 'evaluations:create');
	return { locked: null, scores: null, ...found, mayGoOn, crumb: `#${number} scores` };
}) satisfies PageServerLoad;

export const actions = {
	reveal: form(RevealResults, ({ locals }, input) => revealResults(locals.project, input))
} satisfies Actions;
