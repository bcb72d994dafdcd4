import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { GetFewShot } from '$lib/contract/few-shot';
import { PriceServing } from '$lib/contract/servings';
import { CreateThreeWay } from '$lib/contract/three-way';
import { to } from '$lib/paths';
import { getFewShot } from '$lib/server/evaluations/few-shot';
import { getSetUp } from '$lib/server/evaluations/queries';
import { createThreeWay } from '$lib/server/evaluations/new-three-way';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { priceServing } from '$lib/server/servings/queries';
import type { Actions, PageServerLoad } from './$types';

/** `run`: the one a person came from. */
const From = v.object({ run: v.optional(v.string()) });

export const load = page(From, async ({ locals }, { run }) => ({
	setUp: await getSetUp(locals.project),
	from: run ?? null,
	crumb: 'Do you need to train?'
})) satisfies PageServerLoad;

export const actions = {
	create: form(CreateThreeWay, async ({ locals, params }, input) => {
		const { id } = await createThreeWay(locals.project, input);
		redirect(303, to.threeWay(params.team, params.project, id));
	}),
	fewShot: form(GetFewShot, async ({ locals }, input) => ({ fewShot: await getFewShot(locals.project, input) })),
	price: form(PriceServing, async ({ locals }, input) => ({ price: await priceServing(locals.project, input) }))
} satisfies Actions;
