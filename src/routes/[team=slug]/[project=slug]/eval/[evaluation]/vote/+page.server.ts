import { redirect } from '@sveltejs/kit';
import { may } from '$lib/core/permissions';
import { to } from '$lib/paths';
import { openBooth } from '$lib/server/evaluations/ballots';
import { Nothing, page } from '$lib/server/http/page';
import { getProject } from '$lib/server/project/projects';
import type { PageServerLoad } from './$types';

/** Stands outside the frame of the app: neither its chrome nor its data, which could name a model, come here. */
export const load = page(Nothing, async ({ locals, params }) => {
	const booth = await openBooth(locals.scope, params.project, params.evaluation);
	if (booth.state === 'waiting') redirect(303, to.evaluation(params.team, params.project, params.evaluation));
	const { name } = await getProject(locals.scope, params.project);
	return {
		booth,
		projectName: name,
		personId: locals.person!.id,
		mayReveal: may(locals.scope.role, 'evaluations:reveal')
	};
}) satisfies PageServerLoad;
