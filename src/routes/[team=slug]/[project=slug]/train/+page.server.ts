import * as v from 'valibot';
import { isOver } from '$lib/core/runs/status';
import { page } from '$lib/server/http/page';
import { listRuns } from '$lib/server/runs/queries';
import type { PageServerLoad } from './$types';

const RunOrder = v.object({
	sort: v.optional(
		v.picklist(['version', 'status', 'train', 'duration', 'cost'], 'The list cannot be sorted by this'),
		'version'
	),
	order: v.optional(v.picklist(['up', 'down'], 'An order is up or down'), 'down')
});

export const load = page(RunOrder, async (event, order) => {
	const { project } = await event.parent();
	event.depends(`aitelier:project:${project.id}`);
	const runs = await listRuns(event.locals.scope, event.params.project);
	for (const run of runs) if (!isOver(run)) event.depends(`aitelier:run:${run.id}`);
	return { runs, order };
}) satisfies PageServerLoad;
