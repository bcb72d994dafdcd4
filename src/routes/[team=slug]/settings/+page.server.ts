import { redirect } from '@sveltejs/kit';
import { to } from '$lib/paths';
import { form } from '$lib/server/http/form';
import { Nothing } from '$lib/server/http/page';
import { leaveTeam } from '$lib/server/team/members';
import type { Actions } from './$types';

export const actions = {
	leave: form(Nothing, async ({ locals }) => {
		await leaveTeam(locals.scope);
		redirect(303, to.home());
	})
} satisfies Actions;
