import { redirect } from '@sveltejs/kit';
import { NewConnection } from '$lib/core/connections/connection';
import { AppError } from '$lib/core/errors';
import { OfConnection, ProjectDraft } from '$lib/core/project/draft';
import { authorize } from '$lib/core/permissions';
import { to } from '$lib/paths';
import {
	createConnection,
	listConnections,
	listProviders,
	removeConnection,
	testNewConnection
} from '$lib/server/connections/connections';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import { listModels, listModelsOfNew } from '$lib/server/connections/models';
import { createProject } from '$lib/server/project/projects';
import type { Scope } from '$lib/server/access/scope';
import type { Actions, PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals: { scope } }) => {
	authorize(scope, 'project:create');
	if (scope.projectIds !== 'all')
		throw new AppError('forbidden', 'You see only some projects of this team, so you cannot make new ones.');
	const connections = await listConnections(scope);
	return {
		connections: connections.map(({ id, name, provider, status, training }) => ({
			id,
			name,
			provider,
			status,
			training
		})),
		providers: listProviders(),
		crumb: 'New project'
	};
}) satisfies PageServerLoad;

/** All of it or nothing: a connection made for a project that then was refused goes again. */
const create = async (scope: Scope, draft: ProjectDraft) => {
	if (draft.connectionId !== 'new') return createProject(scope, draft);
	const { id } = await createConnection(scope, { ...(draft as NewConnection), name: '' });
	try {
		return await createProject(scope, { ...draft, connectionId: id });
	} catch (problem) {
		await removeConnection(scope, id);
		throw problem;
	}
};

export const actions = {
	create: form(ProjectDraft, async ({ locals, params }, draft) => {
		const project = await create(locals.scope, draft);
		redirect(303, to.project(params.team, project.slug));
	}),
	models: form(OfConnection, async ({ locals }, { connectionId }) => ({
		models: await listModels(locals.scope, connectionId)
	})),
	tryNew: form(NewConnection, async ({ locals }, input) => {
		const check = await testNewConnection(locals.scope, input);
		return { check, models: check.ok ? await listModelsOfNew(locals.scope, input) : [] };
	})
} satisfies Actions;
