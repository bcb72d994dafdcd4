import { ListProjectCounts } from '$lib/contract/project';
import { page } from '$lib/server/http/page';
import { listProjectCounts } from '$lib/server/project/queries';
import type { PageServerLoad } from './$types';

export const load = page(ListProjectCounts, async ({ locals, depends }) => {
	const counts = await listProjectCounts(locals.scope);
	for (const { id } of counts) depends(`aitelier:project:${id}`);
	return { counts };
}) satisfies PageServerLoad;
