import { redirect } from '@sveltejs/kit';
import { NextAnswers } from '$lib/contract/scoring';
import { may } from '$lib/core/permissions';
import { to } from '$lib/paths';
import { nextAnswers } from '$lib/server/evaluations/queries';
import { page } from '$lib/server/http/page';
import type { PageServerLoad } from './$types';

/** Stands outside the frame of the app, like the vote. */
export const load = page(NextAnswers, async ({ locals, params }, { evaluationId }) => {
	const queue = await nextAnswers(locals.project, { evaluationId, after: -1 });
	if (queue.state === 'waiting') redirect(303, to.evaluation(params.team, params.project, evaluationId));
	return {
		queue,
		projectName: locals.project.project.name,
		personId: locals.person!.id,
		mayReveal: may(locals.project.role, 'evaluations:reveal')
	};
}) satisfies PageServerLoad;
