import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { ListModels } from '$lib/contract/connections';
import { GetFewShot } from '$lib/contract/few-shot';
import { CreateScoring } from '$lib/contract/scoring';
import { to } from '$lib/paths';
import { listModels } from '$lib/server/connections/models';
import { createScoring } from '$lib/server/evaluations/commands';
import { getFewShot } from '$lib/server/evaluations/few-shot';
import { getSetUp } from '$lib/server/evaluations/queries';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

/** `run`: the one a person came from. */
const From = v.object({ run: v.optional(v.string()) });

export const load = page(From, async ({ locals }, { run }) => ({
	setUp: await getSetUp(locals.project),
	threshold: locals.project.project.qualityThreshold,
	from: run ?? null,
	crumb: 'Score one model'
})) satisfies PageServerLoad;

export const actions = {
	create: form(CreateScoring, async ({ locals, params }, input) => {
		const { id } = await createScoring(locals.project, input);
		redirect(303, to.evaluation(params.team, params.project, id));
	}),
	fewShot: form(GetFewShot, async ({ locals }, input) => ({ fewShot: await getFewShot(locals.project, input) })),
	models: form(ListModels, async ({ locals }, input) => ({ models: await listModels(locals.scope, input) }))
} satisfies Actions;
