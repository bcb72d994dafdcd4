import { getDashboard } from '$lib/server/activity/queries';
import { Nothing, page } from '$lib/server/http/page';
import type { PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals, depends }) => {
	const { topics, ...dashboard } = await getDashboard(locals.project);
	depends(`aitelier:project:${locals.project.project.id}`, `aitelier:ratings:${locals.project.project.id}`);
	for (const topic of topics) depends(`aitelier:${topic}`);
	return dashboard;
}) satisfies PageServerLoad;
