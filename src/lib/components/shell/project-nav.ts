import ChartNoAxes from '@lucide/svelte/icons/chart-no-axes-column';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import FolderOpen from '@lucide/svelte/icons/folder-open';
import House from '@lucide/svelte/icons/house';
import MessagesSquare from '@lucide/svelte/icons/messages-square';
import Plus from '@lucide/svelte/icons/plus';
import Rows from '@lucide/svelte/icons/rows-3';
import Settings from '@lucide/svelte/icons/settings';
import SplitIcon from '@lucide/svelte/icons/split';
import Star from '@lucide/svelte/icons/star';
import { type Action, type Role, may } from '$lib/core/permissions';
import { to } from '$lib/paths';
import type { NavItem } from './shell.ts';

type Entry = Omit<NavItem, 'href' | 'active'> & { to: (team: string, project: string) => string; needs: Action };

/** The pages of a project and who finds them in the sidebar; the keys follow `g`. */
const pages: Entry[] = [
	{ id: 'dashboard', label: 'Dashboard', icon: House, key: 'd', to: to.project, needs: 'project:see' },
	{ id: 'rate', label: 'Rate', icon: Star, key: 'r', to: to.rate, needs: 'examples:rate' },
	{ id: 'examples', label: 'Examples', icon: Rows, key: 'x', to: to.examples, needs: 'examples:see' },
	{ id: 'add', label: 'Add', icon: Plus, key: 'a', to: to.add, needs: 'examples:add' },
	{ id: 'split', label: 'Split', icon: SplitIcon, key: 'v', to: to.split, needs: 'splits:see' },
	{ id: 'train', label: 'Train', icon: FlaskConical, key: 't', to: to.train, needs: 'runs:see' },
	{ id: 'eval', label: 'Eval', icon: ChartNoAxes, key: 'e', to: to.evaluations, needs: 'evaluations:see' },
	{
		id: 'playground',
		label: 'Playground',
		icon: MessagesSquare,
		key: 'p',
		to: (team, project) => to.playground(team, project),
		needs: 'playground:use'
	},
	{ id: 'settings', label: 'Settings', icon: Settings, key: 's', to: to.projectSettings, needs: 'project:edit' }
];

const isBelow = (path: string, href: string) => path === href || path.startsWith(`${href}/`);

/** The sidebar of a project, for this role, at this path. */
export const projectNav = (role: Role, team: string, project: string, path: string): NavItem[] => {
	const items = pages
		.filter(({ needs }) => may(role, needs))
		.map(({ to: link, needs: _, ...item }) => ({ ...item, href: link(team, project) }));
	const here = items.findLast(({ id, href }) => (id === 'dashboard' ? path === href : isBelow(path, href)));
	return items.map((item) => ({ ...item, active: item === here }));
};

/** The sidebar where no project is chosen. */
export const teamNav = (team: string, path: string): NavItem[] => {
	const settings = to.teamSettings(team);
	return [
		{
			id: 'dashboard',
			label: 'Projects',
			icon: FolderOpen,
			key: 'd',
			href: to.team(team),
			active: !isBelow(path, settings)
		},
		{
			id: 'settings',
			label: 'Team settings',
			icon: Settings,
			key: 's',
			href: settings,
			active: isBelow(path, settings)
		}
	];
};
