import { Nothing, page } from '$lib/server/http/page';
import { countUnrated } from '$lib/server/project/counts';
import { getProject } from '$lib/server/project/projects';
import type { LayoutServerLoad } from './$types';

export const load = page(Nothing, async ({ locals, params, depends }) => {
	const [project, unrated] = await Promise.all([
		getProject(locals.scope, params.project),
		countUnrated(locals.scope, params.project)
	]);
	depends(`aitelier:project:${project.id}`);
	const { id, slug, name, description, qualityThreshold } = project;
	// raters read this as well: nothing of models, prompts and connections
	return { project: { id, slug, name, description, qualityThreshold }, unrated };
}) satisfies LayoutServerLoad;
