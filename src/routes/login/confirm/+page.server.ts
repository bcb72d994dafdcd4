import { redirect } from '@sveltejs/kit';
import { LinkToken } from '$lib/core/account/sign-in';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { browserToken } from '$lib/server/access/browser';
import { startSession } from '$lib/server/access/sessions';
import { lookAtLink, signInWithLink } from '$lib/server/access/sign-in';
import type { Actions, PageServerLoad } from './$types';

/** Only looks (AU5): scanners open every link of a mail, and some run the page's scripts. */
export const load = page(LinkToken, async ({ cookies, locals }, { token }) => ({
	link: await lookAtLink(token, browserToken(cookies)),
	token,
	signedInAs: locals.person?.email ?? null
})) satisfies PageServerLoad;

export const actions = {
	default: form(LinkToken, async ({ cookies, request }, { token }) => {
		const { personId, next } = await signInWithLink(token);
		await startSession(cookies, personId, request.headers.get('user-agent') ?? '');
		redirect(303, next);
	})
} satisfies Actions;
