import { ApplySplit, PreviewSplit } from '$lib/contract/splits';
import { together } from '$lib/server/access/scope';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { applySplit } from '$lib/server/splits/commands';
import { getSplit, previewSplit } from '$lib/server/splits/queries';
import type { Actions, PageServerLoad } from './$types';

/** With a ratio in its address the page shows what a split by it would move. */
export const load = page(PreviewSplit, ({ locals, url, depends }, request) => {
	depends(`aitelier:project:${locals.project.project.id}`, `aitelier:ratings:${locals.project.project.id}`);
	return together(locals.project, async (scope) => ({
		sides: await getSplit(scope),
		request,
		preview: url.searchParams.has('ratio') ? await previewSplit(scope, request) : null
	}));
}) satisfies PageServerLoad;

export const actions = {
	apply: form(ApplySplit, ({ locals }, input) => applySplit(locals.project, input))
} satisfies Actions;
