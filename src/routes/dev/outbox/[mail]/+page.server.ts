import { Nothing, page } from '$lib/server/http/page';
import { getMail, refuseStrangers } from '$lib/server/platform/mail/outbox';
import type { PageServerLoad } from './$types';

export const load = page(Nothing, async ({ params, getClientAddress }) => {
	refuseStrangers(getClientAddress());
	return { mail: await getMail(params.mail) };
}) satisfies PageServerLoad;
