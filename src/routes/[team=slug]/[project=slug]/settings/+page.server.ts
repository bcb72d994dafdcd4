import { OfConnection } from '$lib/core/project/draft';
import { authorize } from '$lib/core/permissions';
import { ProjectSettings } from '$lib/core/project/settings';
import { listConnections } from '$lib/server/connections/connections';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import { listModels } from '$lib/server/connections/models';
import { getProject, updateProject } from '$lib/server/project/projects';
import type { Actions, PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals, params }) => {
	authorize(locals.scope, 'project:edit');
	const [project, connections] = await Promise.all([
		getProject(locals.scope, params.project),
		listConnections(locals.scope)
	]);
	const { name, description, connectionId, baseModel, systemPrompt, qualityThreshold } = project;
	return {
		settings: { name, description, connectionId: connectionId ?? '', baseModel, systemPrompt, qualityThreshold },
		connections: connections.map(({ id, name }) => ({ id, name }))
	};
}) satisfies PageServerLoad;

export const actions = {
	save: form(ProjectSettings, async ({ locals, params }, input) => {
		await updateProject(locals.scope, params.project, input);
		return { saved: true };
	}),
	models: form(OfConnection, async ({ locals }, { connectionId }) => ({
		models: await listModels(locals.scope, connectionId)
	}))
} satisfies Actions;
