import { redirect } from '@sveltejs/kit';
import { singleTally } from '$lib/core/evaluations/tally';
import { judge } from '$lib/core/evaluations/verdict';
import { to } from '$lib/paths';
import { listTeams } from '$lib/server/access/memberships';
import { signedIn } from '$lib/server/http/actors';
import { Nothing, page } from '$lib/server/http/page';
import type { PageServerLoad } from './$types';

const counts = { wins: 27, losses: 6, ties: 5, bothBad: 2, planned: 40 };
const names = { a: 'v3', b: 'the base model' };
/** What the product itself says about such votes; nothing here is drawn for show. */
const shown = { counts, names, verdict: judge(singleTally(counts), names) };

export const load = page(Nothing, async (event) => {
	if (!event.locals.person) return { shown };
	const [team] = await listTeams(signedIn(event, to.home()));
	redirect(303, team ? to.team(team.slug) : to.newTeam());
}) satisfies PageServerLoad;
