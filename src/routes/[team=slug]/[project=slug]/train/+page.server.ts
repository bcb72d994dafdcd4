import { ListRuns } from '$lib/contract/runs';
import { newestFirst } from '$lib/core/runs/sort';
import { isOver } from '$lib/core/runs/status';
import { isAlive } from '$lib/core/servings/serving';
import { together } from '$lib/server/access/scope';
import { page } from '$lib/server/http/page';
import { listRuns } from '$lib/server/runs/queries';
import { listServings } from '$lib/server/servings/queries';
import type { PageServerLoad } from './$types';

export const load = page(ListRuns, async ({ locals, depends }, asked) => {
	const shown = await together(locals.project, async (scope) => ({
		list: await listRuns(scope, asked),
		servings: (await listServings(scope)).filter(isAlive)
	}));
	const { rows: runs, ...place } = shown.list;
	depends(`aitelier:project:${locals.project.project.id}`);
	for (const run of runs) if (!isOver(run)) depends(`aitelier:run:${run.id}`);
	for (const { runId } of shown.servings) depends(`aitelier:run:${runId}`);
	const { page: _, ...order } = asked;
	return { runs, ...place, servings: shown.servings, now: new Date(), order: { ...newestFirst, ...order } };
}) satisfies PageServerLoad;
