import { LookAtMails, StopMails } from '$lib/contract/account';
import { lookAtMails, stopMails } from '$lib/server/access/mail-wishes';
import { visitorOf } from '$lib/server/http/actors';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

/** Only looks: scanners open every link of a mail. */
export const load = page(LookAtMails, async (event, { token }) => ({
	mails: await lookAtMails(visitorOf(event), { token })
})) satisfies PageServerLoad;

export const actions = {
	default: form(StopMails, async (event, input) => {
		await stopMails(visitorOf(event), input);
		return { wanted: input.wanted };
	})
} satisfies Actions;
