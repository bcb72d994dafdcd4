import { ConfirmDevice, LookAtDevice, RefuseDevice } from '$lib/contract/tokens';
import { to } from '$lib/paths';
import { confirmDevice, lookAtDevice, refuseDevice } from '$lib/server/access/device';
import { listTeams } from '$lib/server/access/memberships';
import { togetherOwn } from '$lib/server/access/own-look';
import { signedIn } from '$lib/server/http/actors';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(LookAtDevice, async (event, { code }) => {
	const self = signedIn(event, to.device(code));
	const found = await togetherOwn(self, async (own) => ({
		asked: code === '' ? null : await lookAtDevice(own, { code }),
		teams: await listTeams(own)
	}));
	return { typed: code, ...found, email: self.person.email };
}) satisfies PageServerLoad;

export const actions = {
	confirm: form(ConfirmDevice, async (event, input) => {
		await confirmDevice(signedIn(event, to.device(input.code)), input);
		return { answer: 'confirmed' as const };
	}),
	refuse: form(RefuseDevice, async (event, input) => {
		await refuseDevice(signedIn(event, to.device(input.code)), input);
		return { answer: 'refused' as const };
	})
} satisfies Actions;
