import { may } from '$lib/core/permissions';
import { listEvaluations } from '$lib/server/evaluations/list';
import { getSetUp } from '$lib/server/evaluations/set-up';
import { Nothing, page } from '$lib/server/http/page';
import type { PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals, params, depends, parent }) => {
	const { project } = await parent();
	depends(`aitelier:project:${project.id}`);
	const evaluations = await listEvaluations(locals.scope, params.project);
	for (const { id } of evaluations) depends(`aitelier:evaluation:${id}`);
	const mayCreate = may(locals.scope.role, 'evaluations:create');
	// an empty page says what is missing
	const setUp = evaluations.length === 0 && mayCreate ? await getSetUp(locals.scope, params.project) : null;
	return {
		evaluations,
		mayCreate,
		missing: setUp && { runs: setUp.runs.length === 0, validation: setUp.validation === 0 }
	};
}) satisfies PageServerLoad;
