import { redirect } from '@sveltejs/kit';
import { SetBudget } from '$lib/contract/budget';
import { ListModels } from '$lib/contract/connections';
import { GetSettings, UpdateProject } from '$lib/contract/project';
import { DeleteProject } from '$lib/contract/project-end';
import { to } from '$lib/paths';
import { together } from '$lib/server/access/scope';
import { setBudget } from '$lib/server/budget/commands';
import { getBudget } from '$lib/server/budget/queries';
import { listModels } from '$lib/server/connections/models';
import { deleteProject } from '$lib/server/ends/commands';
import { prepareDelete } from '$lib/server/ends/queries';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { updateProject } from '$lib/server/project/commands';
import { getSettings } from '$lib/server/project/queries';
import type { Actions, PageServerLoad } from './$types';

export const load = page(GetSettings, ({ locals, depends }) => {
	depends(`aitelier:project:${locals.project.project.id}`);
	return together(locals.project, async (scope) => ({
		...(await getSettings(scope)),
		month: await getBudget(scope),
		ending: await prepareDelete(scope)
	}));
}) satisfies PageServerLoad;

export const actions = {
	save: form(UpdateProject, async ({ locals }, input) => {
		await updateProject(locals.project, input);
		return { saved: true };
	}),
	budget: form(SetBudget, async ({ locals }, input) => {
		await setBudget(locals.project, input);
		return { saved: true };
	}),
	delete: form(DeleteProject, async ({ locals }, input) => {
		await deleteProject(locals.project, input);
		redirect(303, to.team(locals.team.slug));
	}),
	models: form(ListModels, async ({ locals }, input) => ({ models: await listModels(locals.scope, input) }))
} satisfies Actions;
