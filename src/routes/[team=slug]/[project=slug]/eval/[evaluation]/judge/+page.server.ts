import { ListModels } from '$lib/contract/connections';
import { CancelJudging, ListJudgings, PriceJudging, RetryJudging, StartJudging } from '$lib/contract/judgings';
import { listModels } from '$lib/server/connections/models';
import {
	cancelJudging,
	listJudgings,
	priceJudging,
	retryJudging,
	startJudging
} from '$lib/server/evaluations/judgings';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(ListJudgings, async ({ locals, depends }, input) => {
	depends(`aitelier:evaluation:${input.evaluationId}`);
	const found = await listJudgings(locals.project, input);
	return { ...found, crumb: `#${found.number} model as judge` };
}) satisfies PageServerLoad;

export const actions = {
	start: form(StartJudging, ({ locals }, input) => startJudging(locals.project, input)),
	cancel: form(CancelJudging, ({ locals }, input) => cancelJudging(locals.project, input)),
	retry: form(RetryJudging, ({ locals }, input) => retryJudging(locals.project, input)),
	models: form(ListModels, async ({ locals }, input) => ({ models: await listModels(locals.scope, input) })),
	price: form(PriceJudging, async ({ locals }, input) => ({ price: await priceJudging(locals.project, input) }))
} satisfies Actions;
