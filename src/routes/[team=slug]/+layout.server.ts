import { may } from '$lib/core/permissions';
import { seesScores } from '$lib/server/access/own-scores';
import { together } from '$lib/server/access/scope';
import { getNearBudget } from '$lib/server/budget/queries';
import { layout } from '$lib/server/http/page';
import { getFrame } from '$lib/server/project/queries';
import type { LayoutServerLoad } from './$types';

export const load = layout(async ({ locals, params, depends, cookies }) => {
	const { scope, team, teams } = locals;
	const person = locals.person!; // enterTeam lets nobody else in
	// asked by name, so that Kit looks again when one of them is another
	const projectId = params.team && params.project && locals.hasProject ? locals.project.project.id : null;
	if (projectId) depends(`aitelier:project:${projectId}`);
	// who sees everybody's scores is told how many are unrated with the news itself
	if (projectId && !seesScores(scope)) depends(`aitelier:ratings:${projectId}`);
	return {
		team: { name: team.name, slug: team.slug },
		teams: teams.map(({ name, slug }) => ({ name, slug })),
		...(await together(scope, async (inside) => ({
			...(await getFrame(inside, { projectId })),
			/** Of the project that is open, where it is nearly or wholly spent. */
			budget:
				projectId && may(scope.role, 'budget:see')
					? await getNearBudget({ ...inside, project: locals.project.project })
					: null
		}))),
		heard: locals.heard,
		person: { id: person.id, name: person.name, email: person.email },
		role: scope.role,
		/** Somebody who sees only some projects cannot make one: it would be in nobody's list. */
		isLimited: scope.projectIds !== 'all',
		sidebarIsRail: cookies.get('sidebar') === 'rail'
	};
}) satisfies LayoutServerLoad;
