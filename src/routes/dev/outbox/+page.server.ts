import { error } from '@sveltejs/kit';
import { Nothing, page } from '$lib/server/http/page';
import { keepsMail, listMails } from '$lib/server/mail/outbox';
import type { PageServerLoad } from './$types';

export const load = page(Nothing, async () => {
	if (!keepsMail()) error(404, { message: 'There is nothing at this address.' });
	const mails = await listMails();
	return { mails: mails.map(({ id, to, subject, at, link }) => ({ id, to, subject, at, link })) };
}) satisfies PageServerLoad;
