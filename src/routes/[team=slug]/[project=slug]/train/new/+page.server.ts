import { randomUUID } from 'node:crypto';
import { redirect } from '@sveltejs/kit';
import { ListEveryModel } from '$lib/contract/connections';
import { GetPreflight, StartRun } from '$lib/contract/runs';
import { to } from '$lib/paths';
import { listEveryModel } from '$lib/server/connections/models';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { startRun } from '$lib/server/runs/commands';
import { getPreflight } from '$lib/server/runs/queries';
import type { Actions, PageServerLoad } from './$types';

export const load = page(GetPreflight, async ({ locals }, input) => ({
	crumb: 'New run',
	clientId: randomUUID(),
	preflight: await getPreflight(locals.project, input)
})) satisfies PageServerLoad;

export const actions = {
	start: form(StartRun, async ({ locals, params }, input) => {
		const run = await startRun(locals.project, input);
		redirect(303, to.run(params.team, params.project, run.id));
	}),
	models: form(ListEveryModel, async ({ locals }) => ({ places: await listEveryModel(locals.scope) }))
} satisfies Actions;
