import { error } from '@sveltejs/kit';
import { Nothing, page } from '$lib/server/http/page';
import { getMail, keepsMail } from '$lib/server/mail/outbox';
import type { PageServerLoad } from './$types';

export const load = page(Nothing, async ({ params }) => {
	if (!keepsMail()) error(404, { message: 'There is nothing at this address.' });
	return { mail: await getMail(params.mail) };
}) satisfies PageServerLoad;
