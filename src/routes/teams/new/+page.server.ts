import { redirect } from '@sveltejs/kit';
import { NewTeam } from '$lib/core/team/fields';
import { to } from '$lib/paths';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import { createTeam, membershipsOf } from '$lib/server/access/memberships';
import type { Actions, PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals }) => {
	if (!locals.person) redirect(303, to.login(to.newTeam()));
	const teams = await membershipsOf(locals.person.id);
	return { name: locals.person.name, email: locals.person.email, team: teams[0]?.slug ?? null };
}) satisfies PageServerLoad;

export const actions = {
	default: form(NewTeam, async ({ locals }, { name }) => {
		if (!locals.person) redirect(303, to.login(to.newTeam()));
		const team = await createTeam(locals.person.id, name);
		redirect(303, to.team(team.slug));
	})
} satisfies Actions;
