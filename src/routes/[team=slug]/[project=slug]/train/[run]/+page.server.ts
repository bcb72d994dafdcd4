import { Nothing, page } from '$lib/server/http/page';
import { form } from '$lib/server/http/form';
import { cancelRun } from '$lib/server/runs/cancel';
import { getRun } from '$lib/server/runs/queries';
import { startServing, stopServing } from '$lib/server/servings/servings';
import type { Actions, PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals, params, depends }) => {
	depends(`aitelier:run:${params.run}`);
	const shown = await getRun(locals.scope, params.project, params.run);
	// the clock of the page starts at the server's, which also made the times
	return { ...shown, now: new Date(), crumb: `v${shown.run.version}` };
}) satisfies PageServerLoad;

export const actions = {
	cancel: form(Nothing, ({ locals, params }) => cancelRun(locals.scope, params.project, params.run)),
	serve: form(Nothing, async ({ locals, params }) => {
		await startServing(locals.scope, params.project, params.run);
	}),
	stop: form(Nothing, ({ locals, params }) => stopServing(locals.scope, params.project, params.run))
} satisfies Actions;
