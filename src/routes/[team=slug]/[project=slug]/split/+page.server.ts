import { ApplySplit, PreviewSplit } from '$lib/contract/splits';
import { Unavailable } from '$lib/core/errors';
import { mostAtOnce } from '$lib/core/examples/near';
import { whatValidationProves } from '$lib/core/splits/plan';
import { atOnce, together } from '$lib/server/access/scope';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { applySplit } from '$lib/server/splits/commands';
import { compareNew, getSplit, listTwins, previewSplit } from '$lib/server/splits/queries';
import type { Actions, PageServerLoad } from './$types';

/** With a ratio in its address the page shows what a split by it would move. */
export const load = page(PreviewSplit, async ({ locals, url, depends }, request) => {
	depends(`aitelier:project:${locals.project.project.id}`, `aitelier:ratings:${locals.project.project.id}`);
	const look = async (scope: typeof locals.project) => {
		const sides = await getSplit(scope);
		return {
			sides,
			// said here: how it is computed weighs more than the page
			proves: whatValidationProves(sides.find(({ side }) => side === 'validation')!.count),
			request,
			preview: url.searchParams.has('ratio') ? await previewSplit(scope, request) : null,
			twins: await listTwins(scope)
		};
	};
	const found = await together(locals.project, look);
	const all = found.sides.reduce((sum, { count }) => sum + count, 0);
	// of many the job of their import finds it out, and what is known is shown
	if (!found.preview?.waiting || all > mostAtOnce) return found;
	// what is new is compared, which writes, and then all of it is looked at once more; while somebody else holds the project, what is known is shown
	return atOnce(locals.project, async (scope) => {
		await compareNew(scope);
		return look(scope);
	}).catch((problem) => {
		if (!(problem instanceof Unavailable)) throw problem;
		return found;
	});
}) satisfies PageServerLoad;

export const actions = {
	apply: form(ApplySplit, ({ locals }, input) => applySplit(locals.project, input))
} satisfies Actions;
