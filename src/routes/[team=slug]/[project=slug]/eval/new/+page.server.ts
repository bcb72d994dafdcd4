import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import { NewEvaluation } from '$lib/core/evaluations/ballots';
import { to } from '$lib/paths';
import { createEvaluation } from '$lib/server/evaluations/create';
import { getSetUp } from '$lib/server/evaluations/set-up';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

/** `run`: the one a person came from. */
const From = v.object({ run: v.optional(v.string()) });

export const load = page(From, async ({ locals, params }, { run }) => ({
	setUp: await getSetUp(locals.scope, params.project),
	from: run ?? null,
	crumb: 'Compare two models'
})) satisfies PageServerLoad;

export const actions = {
	default: form(NewEvaluation, async ({ locals, params }, input) => {
		const { id } = await createEvaluation(locals.scope, params.project, input);
		redirect(303, to.evaluation(params.team, params.project, id));
	})
} satisfies Actions;
