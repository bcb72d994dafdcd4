import { redirect } from '@sveltejs/kit';
import { DeleteTeam, LeaveTeam } from '$lib/contract/team';
import { to } from '$lib/paths';
import { form } from '$lib/server/http/form';
import { deleteTeam, leaveTeam } from '$lib/server/team/commands';
import type { Actions } from './$types';

export const actions = {
	leave: form(LeaveTeam, async ({ locals }) => {
		await leaveTeam(locals.scope);
		redirect(303, to.home());
	}),
	delete: form(DeleteTeam, async ({ locals }, input) => {
		await deleteTeam(locals.scope, input);
		redirect(303, to.deletedTeams());
	})
} satisfies Actions;
