import { redirect } from '@sveltejs/kit';
import { LeaveTeam } from '$lib/contract/team';
import { to } from '$lib/paths';
import { form } from '$lib/server/http/form';
import { leaveTeam } from '$lib/server/team/commands';
import type { Actions } from './$types';

export const actions = {
	leave: form(LeaveTeam, async ({ locals }) => {
		await leaveTeam(locals.scope);
		redirect(303, to.home());
	})
} satisfies Actions;
