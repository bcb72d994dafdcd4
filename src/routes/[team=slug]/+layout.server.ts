import { Nothing, page } from '$lib/server/http/page';
import { membershipsOf } from '$lib/server/access/memberships';
import { listProjects } from '$lib/server/project/projects';
import type { LayoutServerLoad } from './$types';

export const load = page(Nothing, async ({ locals, cookies }) => {
	const { scope, team } = locals;
	const person = locals.person!; // enterTeam lets nobody else in
	const [teams, projects] = await Promise.all([membershipsOf(person.id), listProjects(scope)]);
	return {
		team: { name: team.name, slug: team.slug },
		teams: teams.map(({ name, slug }) => ({ name, slug })),
		projects: projects.map(({ name, slug }) => ({ name, slug })),
		person: { id: person.id, name: person.name, email: person.email },
		role: scope.role,
		/** Somebody who sees only some projects cannot make one: it would be in nobody's list. */
		isLimited: scope.projectIds !== 'all',
		sidebarIsRail: cookies.get('sidebar') === 'rail'
	};
}) satisfies LayoutServerLoad;
