import { ListModels } from '$lib/contract/connections';
import { AddExample } from '$lib/contract/examples';
import { KeepPair, WithdrawPair } from '$lib/contract/playground';
import { PriceServing, StartServing, StopServing } from '$lib/contract/servings';
import { together } from '$lib/server/access/scope';
import { getBudget } from '$lib/server/budget/queries';
import { listModels } from '$lib/server/connections/models';
import { addExample } from '$lib/server/examples/commands';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import { keepPair, withdrawPair } from '$lib/server/playground/commands';
import { getPlayground } from '$lib/server/playground/queries';
import { startServing, stopServing } from '$lib/server/servings/commands';
import { priceServing } from '$lib/server/servings/queries';
import type { Actions, PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals, depends }) => {
	const shown = await together(locals.project, async (scope) => ({
		playground: await getPlayground(scope),
		budget: await getBudget(scope)
	}));
	for (const { id } of shown.playground.runs) depends(`aitelier:run:${id}`);
	return { ...shown, now: new Date() };
}) satisfies PageServerLoad;

export const actions = {
	models: form(ListModels, async ({ locals }, input) => ({ models: await listModels(locals.scope, input) })),
	price: form(PriceServing, async ({ locals }, input) => ({ price: await priceServing(locals.project, input) })),
	serve: form(StartServing, ({ locals }, input) => startServing(locals.project, input)),
	stop: form(StopServing, ({ locals }, input) => stopServing(locals.project, input)),
	save: form(AddExample, async ({ locals }, input) => ({
		saved: await addExample(locals.project, { ...input, origin: 'playground' })
	})),
	prefer: form(KeepPair, async ({ locals }, input) => ({ pair: await keepPair(locals.project, input) })),
	withdraw: form(WithdrawPair, ({ locals }, input) => withdrawPair(locals.project, input))
} satisfies Actions;
