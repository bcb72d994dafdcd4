import { randomUUID } from 'node:crypto';
import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { Id } from '$lib/core/id';
import { NewRun } from '$lib/core/runs/new-run';
import { to } from '$lib/paths';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { getRun } from '$lib/server/runs/queries';
import { getPreflight } from '$lib/server/runs/preflight';
import { startRun } from '$lib/server/runs/start';
import type { Actions, PageServerLoad } from './$types';

/** `from`: a run whose settings are taken over. */
const From = v.object({ from: v.optional(Id('The run')) });

export const load = page(From, async ({ locals, params }, { from }) => {
	const earlier = from ? (await getRun(locals.scope, params.project, from)).run : null;
	return {
		crumb: 'New run',
		clientId: randomUUID(),
		from: earlier && { id: earlier.id, version: earlier.version },
		preflight: await getPreflight(locals.scope, params.project, earlier?.recipe)
	};
}) satisfies PageServerLoad;

export const actions = {
	start: form(NewRun, async ({ locals, params }, input) => {
		const run = await startRun(locals.scope, params.project, input);
		redirect(303, to.run(params.team, params.project, run.id));
	})
} satisfies Actions;
