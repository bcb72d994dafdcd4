import { redirect } from '@sveltejs/kit';
import { to } from '$lib/paths';
import { listTeams } from '$lib/server/access/memberships';
import { signedIn } from '$lib/server/http/actors';
import { Nothing, page } from '$lib/server/http/page';
import type { PageServerLoad } from './$types';

export const load = page(Nothing, async (event) => {
	if (!event.locals.person) return;
	const [team] = await listTeams(signedIn(event, to.home()));
	redirect(303, team ? to.team(team.slug) : to.newTeam());
}) satisfies PageServerLoad;
