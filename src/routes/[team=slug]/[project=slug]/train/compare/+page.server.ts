import { CompareRuns } from '$lib/contract/run-comparison';
import { page } from '$lib/server/http/page';
import { compareRuns } from '$lib/server/runs/compare';
import type { PageServerLoad } from './$types';

export const load = page(CompareRuns, async ({ locals, depends }, asked) => {
	const comparison = await compareRuns(locals.project, asked);
	for (const id of [asked.a, asked.b]) depends(`aitelier:run:${id}`);
	return { crumb: `v${comparison.a.version} and v${comparison.b.version}`, comparison };
}) satisfies PageServerLoad;
