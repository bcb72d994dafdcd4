import { ListTrainingPairs } from '$lib/contract/pairs';
import { page } from '$lib/server/http/page';
import { listTrainingPairs } from '$lib/server/runs/pair-list';
import type { PageServerLoad } from './$types';

const onPage = 20;

export const load = page(ListTrainingPairs, async ({ locals, depends }, asked) => {
	depends(`aitelier:project:${locals.project.project.id}`);
	const list = await listTrainingPairs(locals.project, { ...asked, limit: asked.limit ?? onPage });
	return { crumb: 'Pairs', list, source: asked.source ?? null, isFirst: !asked.after };
}) satisfies PageServerLoad;
