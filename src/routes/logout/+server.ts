import { redirect } from '@sveltejs/kit';
import { safeNext, to } from '$lib/paths';
import { endSession } from '$lib/server/access/sessions';
import { sentFields } from '$lib/server/http/fields';
import type { RequestHandler } from './$types';

/** Signs this browser out, to come back to `next`. Only by POST: a link or an image must not. */
export const POST: RequestHandler = async ({ cookies, request }) => {
	await endSession(cookies);
	const next = (await sentFields(request))?.get('next');
	const wanted = safeNext(typeof next === 'string' ? next : null);
	redirect(303, wanted === to.home() ? to.login() : wanted);
};
