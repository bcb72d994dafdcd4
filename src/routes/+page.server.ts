import { redirect } from '@sveltejs/kit';
import { to } from '$lib/paths';
import { Nothing, page } from '$lib/server/http/page';
import { membershipsOf } from '$lib/server/access/memberships';
import type { PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals }) => {
	if (!locals.person) return;
	const [team] = await membershipsOf(locals.person.id);
	redirect(303, team ? to.team(team.slug) : to.newTeam());
}) satisfies PageServerLoad;
