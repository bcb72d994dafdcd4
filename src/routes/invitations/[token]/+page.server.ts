import { redirect } from '@sveltejs/kit';
import { to } from '$lib/paths';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import { acceptInvitation, lookAtInvitation } from '$lib/server/access/invitations';
import type { Actions, PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals, params }) => ({
	invitation: await lookAtInvitation(params.token, locals.person),
	email: locals.person?.email ?? null,
	login: to.login(to.invitation(params.token))
})) satisfies PageServerLoad;

export const actions = {
	default: form(Nothing, async ({ locals, params }) => {
		if (!locals.person) redirect(303, to.login(to.invitation(params.token)));
		redirect(303, to.team(await acceptInvitation(params.token, locals.person)));
	})
} satisfies Actions;
