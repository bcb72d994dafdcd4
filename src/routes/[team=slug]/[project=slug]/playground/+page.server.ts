import { ListModels } from '$lib/contract/connections';
import { AddExample } from '$lib/contract/examples';
import { KeepPair, WithdrawPair } from '$lib/contract/playground';
import { PriceServing, StartServing, StopServing } from '$lib/contract/servings';
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
	const playground = await getPlayground(locals.project);
	for (const { id } of playground.runs) depends(`aitelier:run:${id}`);
	return { playground, now: new Date() };
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
