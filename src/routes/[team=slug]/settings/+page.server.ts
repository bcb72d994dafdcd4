import { redirect } from '@sveltejs/kit';
import { RestoreProject } from '$lib/contract/project-end';
import { DeleteTeam, LeaveTeam } from '$lib/contract/team';
import { may } from '$lib/core/permissions';
import { to } from '$lib/paths';
import { deleteTeam, restoreProject } from '$lib/server/ends/commands';
import { listDeletedProjects } from '$lib/server/ends/queries';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import { leaveTeam } from '$lib/server/team/commands';
import type { Actions, PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals: { scope }, depends }) => {
	const deleted = may(scope.role, 'project:delete') ? await listDeletedProjects(scope) : [];
	for (const { id } of deleted) depends(`aitelier:project:${id}`);
	return { deleted };
}) satisfies PageServerLoad;

export const actions = {
	leave: form(LeaveTeam, async ({ locals }) => {
		await leaveTeam(locals.scope);
		redirect(303, to.home());
	}),
	restore: form(RestoreProject, async ({ locals }, input) => {
		await restoreProject(locals.scope, input);
		return { restored: true };
	}),
	delete: form(DeleteTeam, async ({ locals }, input) => {
		await deleteTeam(locals.scope, input);
		redirect(303, to.deletedTeams());
	})
} satisfies Actions;
