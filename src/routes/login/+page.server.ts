import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { RequestSignIn, SignInWithCode } from '$lib/contract/account';
import { safeNext, to } from '$lib/paths';
import { ensureBrowserToken } from '$lib/server/access/browser';
import { oauthProviders } from '$lib/server/access/oauth';
import { startSession } from '$lib/server/access/sessions';
import { requestSignIn, signInWithCode } from '$lib/server/access/sign-in';
import { visitorOf } from '$lib/server/http/actors';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { keepsMail } from '$lib/server/platform/mail/outbox';
import type { Actions, PageServerLoad } from './$types';

const Query = v.object({ next: v.optional(v.string()), deleted: v.optional(v.string()) });

export const load = page(Query, ({ locals }, { next, deleted }) => {
	if (locals.person) redirect(303, safeNext(next));
	return {
		next: safeNext(next),
		isDeleted: deleted !== undefined,
		outbox: keepsMail() ? to.outbox() : null,
		providers: oauthProviders()
	};
}) satisfies PageServerLoad;

export const actions = {
	send: form(RequestSignIn, async (event, input) => {
		await requestSignIn({ ...visitorOf(event), browserToken: ensureBrowserToken(event.cookies) }, input);
		return { sent: true, values: { email: input.email }, problems: {} as Record<string, string> };
	}),
	code: form(SignInWithCode, async (event, input) => {
		const { personId, next } = await signInWithCode(visitorOf(event), input);
		await startSession(event.cookies, personId, event.request.headers.get('user-agent') ?? '');
		redirect(303, next);
	})
} satisfies Actions;
