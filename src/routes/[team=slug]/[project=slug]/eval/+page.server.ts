import { ListEvaluations } from '$lib/contract/evaluations';
import { may } from '$lib/core/permissions';
import { together } from '$lib/server/access/scope';
import { getSetUp, getTrend, listEvaluations } from '$lib/server/evaluations/queries';
import { page } from '$lib/server/http/page';
import type { PageServerLoad } from './$types';

export const load = page(ListEvaluations, ({ locals, depends }, place) =>
	together(locals.project, async (scope) => {
		const { rows, older, newer } = await listEvaluations(scope, place);
		depends(`aitelier:project:${scope.project.id}`);
		for (const { id } of rows) depends(`aitelier:evaluation:${id}`);
		const mayCreate = may(scope.role, 'evaluations:create');
		// an empty page says what is missing
		const setUp = rows.length === 0 && mayCreate ? await getSetUp(scope) : null;
		return {
			evaluations: rows,
			older,
			newer,
			mayCreate,
			trend: mayCreate ? await getTrend(scope) : [],
			missing: setUp && { runs: setUp.runs.length === 0, prompts: setUp.validation + setUp.pool.usable === 0 }
		};
	})
) satisfies PageServerLoad;
