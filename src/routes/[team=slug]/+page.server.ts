import { redirect } from '@sveltejs/kit';
import { to } from '$lib/paths';
import { ListProjectCounts } from '$lib/contract/project';
import { seesScores } from '$lib/server/access/own-scores';
import { page } from '$lib/server/http/page';
import { listProjectCounts } from '$lib/server/project/queries';
import type { PageServerLoad } from './$types';

export const load = page(ListProjectCounts, async ({ locals, depends }) => {
	const counts = await listProjectCounts(locals.scope);
	// who only rates begins with cards
	const [only, ...others] = counts;
	if (only && others.length === 0 && !seesScores(locals.scope)) redirect(303, to.rate(locals.team.slug, only.slug));
	for (const { id } of counts) depends(`aitelier:project:${id}`, `aitelier:ratings:${id}`);
	return { counts };
}) satisfies PageServerLoad;
