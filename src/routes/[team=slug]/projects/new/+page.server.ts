import { randomUUID } from 'node:crypto';
import { redirect } from '@sveltejs/kit';
import { ListModels, ListModelsOfNew } from '$lib/contract/connections';
import { CreateProject, PrepareProject } from '$lib/contract/project';
import { to } from '$lib/paths';
import { listModels, listModelsOfNew } from '$lib/server/connections/models';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { createProject } from '$lib/server/project/commands';
import { prepareProject } from '$lib/server/project/queries';
import type { Actions, PageServerLoad } from './$types';

export const load = page(PrepareProject, async ({ locals }) => ({
	...(await prepareProject(locals.scope)),
	clientId: randomUUID(),
	crumb: 'New project'
})) satisfies PageServerLoad;

export const actions = {
	create: form(CreateProject, async ({ locals, params }, input) => {
		const { slug } = await createProject(locals.scope, input);
		redirect(303, to.project(params.team!, slug));
	}),
	models: form(ListModels, async ({ locals }, input) => ({ models: await listModels(locals.scope, input) })),
	tryNew: form(ListModelsOfNew, ({ locals }, input) => listModelsOfNew(locals.scope, input))
} satisfies Actions;
