import { redirect } from '@sveltejs/kit';
import { to } from '$lib/paths';
import { ListProjectCounts } from '$lib/contract/project';
import { RestoreProject } from '$lib/contract/project-end';
import { may } from '$lib/core/permissions';
import { seesScores } from '$lib/server/access/own-scores';
import { together } from '$lib/server/access/scope';
import { restoreProject } from '$lib/server/ends/commands';
import { listDeletedProjects } from '$lib/server/ends/queries';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { listProjectCounts } from '$lib/server/project/queries';
import type { Actions, PageServerLoad } from './$types';

export const load = page(ListProjectCounts, async ({ locals, depends }) => {
	const { counts, deleted } = await together(locals.scope, async (scope) => ({
		counts: await listProjectCounts(scope),
		deleted: may(scope.role, 'project:delete') ? await listDeletedProjects(scope) : []
	}));
	// who only rates begins with cards
	const [only, ...others] = counts;
	if (only && others.length === 0 && !seesScores(locals.scope)) redirect(303, to.rate(locals.team.slug, only.slug));
	for (const { id } of counts) depends(`aitelier:project:${id}`, `aitelier:ratings:${id}`);
	for (const { id } of deleted) depends(`aitelier:project:${id}`);
	return { counts, deleted };
}) satisfies PageServerLoad;

export const actions = {
	restore: form(RestoreProject, async ({ locals }, input) => {
		await restoreProject(locals.scope, input);
	})
} satisfies Actions;
