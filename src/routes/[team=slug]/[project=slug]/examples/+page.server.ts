import { BrowseExamples, DeleteExamples, RestoreExamples } from '$lib/contract/examples';
import { MoveExamples } from '$lib/contract/splits';
import { may } from '$lib/core/permissions';
import { deleteExamples, restoreExamples } from '$lib/server/examples/commands';
import { browseExamples } from '$lib/server/examples/queries';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { moveExamples } from '$lib/server/splits/commands';
import type { Actions, PageServerLoad } from './$types';

export const load = page(BrowseExamples, async ({ locals: { project: scope }, depends }, { selected, ...filter }) => {
	depends(`aitelier:project:${scope.project.id}`, `aitelier:ratings:${scope.project.id}`);
	const rights = {
		edit: may(scope.role, 'examples:delete'),
		seeScores: may(scope.role, 'scores:seeOthers'),
		seeSplit: may(scope.role, 'splits:see')
	};
	return { ...(await browseExamples(scope, { selected, ...filter })), filter, rights };
}) satisfies PageServerLoad;

export const actions = {
	delete: form(DeleteExamples, ({ locals }, input) => deleteExamples(locals.project, input)),
	restore: form(RestoreExamples, ({ locals }, input) => restoreExamples(locals.project, input)),
	move: form(MoveExamples, ({ locals }, input) => moveExamples(locals.project, input))
} satisfies Actions;
