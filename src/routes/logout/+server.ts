import { redirect } from '@sveltejs/kit';
import { to } from '$lib/paths';
import { endSession } from '$lib/server/identity/sessions';
import type { RequestHandler } from './$types';

/** Signs this browser out. Only by POST: a link or an image must not. */
export const POST: RequestHandler = async ({ cookies }) => {
	await endSession(cookies);
	redirect(303, to.login());
};
