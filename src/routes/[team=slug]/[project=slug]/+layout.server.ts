import { layout } from '$lib/server/http/page';
import { getProject } from '$lib/server/project/queries';
import type { LayoutServerLoad } from './$types';

export const load = layout(async ({ locals, params, depends }) => {
	const project = await getProject(locals.project);
	depends(`aitelier:project:${project.id}`);
	// the slug by its param: Kit looks again when it is another
	return { project: { ...project, slug: params.project } };
}) satisfies LayoutServerLoad;
