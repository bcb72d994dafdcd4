import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { CodeEntry, SignInRequest } from '$lib/core/account/sign-in';
import { safeNext, to } from '$lib/paths';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { browserToken, ensureBrowserToken } from '$lib/server/access/browser';
import { oauthProviders } from '$lib/server/access/oauth';
import { startSession } from '$lib/server/access/sessions';
import { requestSignIn, signInWithCode } from '$lib/server/access/sign-in';
import { keepsMail } from '$lib/server/platform/mail/outbox';
import type { Actions, PageServerLoad } from './$types';

const Query = v.object({ next: v.optional(v.string()) });

export const load = page(Query, ({ locals }, { next }) => {
	if (locals.person) redirect(303, safeNext(next));
	return { next: safeNext(next), outbox: keepsMail() ? to.outbox() : null, providers: oauthProviders() };
}) satisfies PageServerLoad;

export const actions = {
	send: form(SignInRequest, async ({ cookies, getClientAddress }, { email, next }) => {
		await requestSignIn({ email, next, browserToken: ensureBrowserToken(cookies), ip: getClientAddress() });
		return { sent: true, values: { email }, problems: {} as Record<string, string> };
	}),
	code: form(CodeEntry, async ({ cookies, request }, { code }) => {
		const { personId, next } = await signInWithCode(browserToken(cookies), code);
		await startSession(cookies, personId, request.headers.get('user-agent') ?? '');
		redirect(303, next);
	})
} satisfies Actions;
