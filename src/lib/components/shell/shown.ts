import { may } from '$lib/core/permissions';
import { to } from '$lib/paths';
import { projectNav, teamNav } from './project-nav.ts';
import type { Around, Crumb } from './shell.ts';

const placesIn = ({ team, teams, project, projects, role, isLimited }: Around) => ({
	team,
	project,
	teams: teams.map((other) => ({ ...other, href: to.team(other.slug) })),
	projects: projects.map((other) => ({ ...other, href: to.project(team.slug, other.slug) })),
	newProjectHref: may(role, 'project:create') && !isLimited ? to.newProject(team.slug) : undefined,
	newTeamHref: to.newTeam()
});

/** What the frame shows of where somebody is: the lines of the sidebar, the way here, where else one can go, and the account. */
export const shownIn = (around: Around) => {
	const { team, project, role, path, unrated, person, crumb } = around;
	const nav = project ? projectNav(role, team.slug, project.slug, path) : teamNav(team.slug, path);
	const here = nav.find(({ active }) => active);
	const breadcrumb: Crumb[] = [
		{ label: team.name, href: to.team(team.slug) },
		...(project ? [{ label: project.name, href: to.project(team.slug, project.slug) }] : []),
		...(here && here.id !== 'dashboard' ? [{ label: here.label, href: here.href }] : []),
		...(crumb ? [{ label: crumb }] : [])
	];
	const items = nav.map((item) => (item.id === 'rate' ? { ...item, badge: unrated, badgeLabel: 'unrated' } : item));
	const self = { person, role, accountHref: to.account(), teamSettingsHref: to.teamSettings(team.slug) };
	return { items, breadcrumb, places: placesIn(around), self };
};
