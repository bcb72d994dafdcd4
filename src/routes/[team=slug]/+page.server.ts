import { Nothing, page } from '$lib/server/http/page';
import { listProjectCounts } from '$lib/server/project/counts';
import type { PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals, depends }) => {
	const counts = await listProjectCounts(locals.scope);
	for (const { id } of counts) depends(`aitelier:project:${id}`);
	return { counts };
}) satisfies PageServerLoad;
