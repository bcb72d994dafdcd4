import { CancelRun, GetRun } from '$lib/contract/runs';
import { StartServing, StopServing } from '$lib/contract/servings';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { cancelRun } from '$lib/server/runs/commands';
import { getRun } from '$lib/server/runs/queries';
import { startServing, stopServing } from '$lib/server/servings/commands';
import type { Actions, PageServerLoad } from './$types';

export const load = page(GetRun, async ({ locals, depends }, input) => {
	depends(`aitelier:run:${input.runId}`);
	const shown = await getRun(locals.project, input);
	// the clock of the page starts at the server's, which also made the times
	return { ...shown, now: new Date(), crumb: `v${shown.run.version}` };
}) satisfies PageServerLoad;

export const actions = {
	cancel: form(CancelRun, ({ locals }, input) => cancelRun(locals.project, input)),
	serve: form(StartServing, ({ locals }, input) => startServing(locals.project, input)),
	stop: form(StopServing, ({ locals }, input) => stopServing(locals.project, input))
} satisfies Actions;
