import { redirect } from '@sveltejs/kit';
import { NextPairs } from '$lib/contract/evaluations';
import { may } from '$lib/core/permissions';
import { to } from '$lib/paths';
import { nextPairs } from '$lib/server/evaluations/queries';
import { page } from '$lib/server/http/page';
import type { PageServerLoad } from './$types';

/** Stands outside the frame of the app: neither its chrome nor its data, which could name a model, come here. */
export const load = page(NextPairs, async ({ locals, params }, { evaluationId }) => {
	const queue = await nextPairs(locals.project, { evaluationId, after: -1 });
	if (queue.state === 'waiting') redirect(303, to.evaluation(params.team, params.project, evaluationId));
	return {
		queue,
		projectName: locals.project.project.name,
		personId: locals.person!.id,
		mayReveal: may(locals.project.role, 'evaluations:reveal')
	};
}) satisfies PageServerLoad;
