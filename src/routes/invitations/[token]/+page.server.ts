import { redirect } from '@sveltejs/kit';
import { AcceptInvitation, LookAtInvitation } from '$lib/contract/account';
import { to } from '$lib/paths';
import { acceptInvitation, joinByInvitation, lookAtInvitation } from '$lib/server/access/invitations';
import { startSession } from '$lib/server/access/sessions';
import { signedIn, visitorOf } from '$lib/server/http/actors';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

/** Only looks: scanners open every link of a mail, and some run the page's scripts. */
export const load = page(LookAtInvitation, async (event, input) => ({
	invitation: await lookAtInvitation(visitorOf(event), input),
	email: event.locals.person?.email ?? null,
	login: to.login(to.invitation(input.token))
})) satisfies PageServerLoad;

export const actions = {
	default: form(AcceptInvitation, async (event, input) => {
		const joined = event.locals.person ? null : await joinByInvitation(visitorOf(event), input);
		if (joined) await startSession(event.cookies, joined.personId, event.request.headers.get('user-agent') ?? '');
		const { slug } = joined ?? (await acceptInvitation(signedIn(event, to.invitation(input.token)), input));
		redirect(303, to.team(slug));
	})
} satisfies Actions;
