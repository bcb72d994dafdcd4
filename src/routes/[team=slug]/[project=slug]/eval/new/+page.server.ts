import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { ListModels } from '$lib/contract/connections';
import { GetFewShot } from '$lib/contract/few-shot';
import { CreateEvaluation } from '$lib/contract/evaluations';
import { PriceServing } from '$lib/contract/servings';
import { promptSources } from '$lib/core/evaluations/plan';
import { to } from '$lib/paths';
import { listModels } from '$lib/server/connections/models';
import { createEvaluation } from '$lib/server/evaluations/commands';
import { getFewShot } from '$lib/server/evaluations/few-shot';
import { getSetUp } from '$lib/server/evaluations/queries';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { priceServing } from '$lib/server/servings/queries';
import type { Actions, PageServerLoad } from './$types';

/** `run`: the one a person came from. `from`: where the prompts are to come from. */
const From = v.object({
	run: v.optional(v.string()),
	from: v.fallback(v.optional(v.picklist(promptSources)), undefined)
});

export const load = page(From, async ({ locals }, { run, from }) => ({
	setUp: await getSetUp(locals.project),
	from: run ?? null,
	promptsFrom: from ?? null,
	crumb: 'Compare two models'
})) satisfies PageServerLoad;

export const actions = {
	create: form(CreateEvaluation, async ({ locals, params }, input) => {
		const { id } = await createEvaluation(locals.project, input);
		redirect(303, to.evaluation(params.team, params.project, id));
	}),
	fewShot: form(GetFewShot, async ({ locals }, input) => ({ fewShot: await getFewShot(locals.project, input) })),
	models: form(ListModels, async ({ locals }, input) => ({ models: await listModels(locals.scope, input) })),
	price: form(PriceServing, async ({ locals }, input) => ({ price: await priceServing(locals.project, input) }))
} satisfies Actions;
