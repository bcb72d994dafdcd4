import { Nothing, page } from '$lib/server/http/page';
import { listMails, refuseStrangers } from '$lib/server/platform/mail/outbox';
import type { PageServerLoad } from './$types';

export const load = page(Nothing, async ({ getClientAddress }) => {
	refuseStrangers(getClientAddress());
	const mails = await listMails();
	return { mails: mails.map(({ id, to, subject, at, link }) => ({ id, to, subject, at, link })) };
}) satisfies PageServerLoad;
