import { ListRuns } from '$lib/contract/runs';
import { newestFirst } from '$lib/core/runs/sort';
import { isOver } from '$lib/core/runs/status';
import { page } from '$lib/server/http/page';
import { listRuns } from '$lib/server/runs/queries';
import type { PageServerLoad } from './$types';

export const load = page(ListRuns, async ({ locals, depends }, asked) => {
	const { rows: runs, ...place } = await listRuns(locals.project, asked);
	depends(`aitelier:project:${locals.project.project.id}`);
	for (const run of runs) if (!isOver(run)) depends(`aitelier:run:${run.id}`);
	const { page: _, ...order } = asked;
	return { runs, ...place, order: { ...newestFirst, ...order } };
}) satisfies PageServerLoad;
