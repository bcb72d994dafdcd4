import { redirect } from '@sveltejs/kit';
import { LookAtLink, SignInWithLink } from '$lib/contract/account';
import { startSession } from '$lib/server/access/sessions';
import { lookAtLink, signInWithLink } from '$lib/server/access/sign-in';
import { visitorOf } from '$lib/server/http/actors';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

/** Only looks: scanners open every link of a mail, and some run the page's scripts. */
export const load = page(LookAtLink, async (event, input) => ({
	link: await lookAtLink(visitorOf(event), input),
	token: input.token,
	signedInAs: event.locals.person?.email ?? null
})) satisfies PageServerLoad;

export const actions = {
	default: form(SignInWithLink, async (event, input) => {
		const { personId, next } = await signInWithLink(visitorOf(event), input);
		await startSession(event.cookies, personId, event.request.headers.get('user-agent') ?? '');
		redirect(303, next);
	})
} satisfies Actions;
