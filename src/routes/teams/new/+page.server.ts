import { redirect } from '@sveltejs/kit';
import { CreateTeam } from '$lib/contract/account';
import { to } from '$lib/paths';
import { createTeam, listDeletedTeams, listTeams } from '$lib/server/access/memberships';
import { togetherOwn } from '$lib/server/access/own-look';
import { signedIn } from '$lib/server/http/actors';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(Nothing, async (event) => {
	const self = signedIn(event, to.newTeam());
	const [[team], deleted] = await togetherOwn(self, (own) => Promise.all([listTeams(own), listDeletedTeams(own)]));
	const { name, email } = self.person;
	return { name, email, team: team?.slug ?? null, deleted: deleted[0]?.name ?? null };
}) satisfies PageServerLoad;

export const actions = {
	default: form(CreateTeam, async (event, input) => {
		const { slug } = await createTeam(signedIn(event, to.newTeam()), input);
		redirect(303, to.team(slug));
	})
} satisfies Actions;
