import { SplitRequest } from '$lib/core/splits/plan';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { applySplit, getSplit, previewSplit } from '$lib/server/splits/splits';
import type { Actions, PageServerLoad } from './$types';

/** With a ratio in its address the page shows what a split by it would move. */
export const load = page(SplitRequest, async (event, request) => {
	const { scope } = event.locals;
	const { project } = await event.parent();
	event.depends(`aitelier:project:${project.id}`);
	const [sides, preview] = await Promise.all([
		getSplit(scope, project.slug),
		event.url.searchParams.has('ratio') ? previewSplit(scope, project.slug, request) : null
	]);
	return { sides, request, preview };
}) satisfies PageServerLoad;

export const actions = {
	apply: form(SplitRequest, ({ locals, params }, input) => applySplit(locals.scope, params.project, input))
} satisfies Actions;
