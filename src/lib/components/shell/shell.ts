import type { Component } from 'svelte';
import type { Role } from '$lib/core/permissions.ts';
import type { FrameState } from './frame-state.svelte.ts';

/** One line of the sidebar. The ids `dashboard`, `rate`, `add` and `eval` also stand in the bottom bar on phones. */
export type NavItem = {
	id: string;
	label: string;
	href: string;
	icon: Component<{ size?: number | string; class?: string }>;
	/** A count, such as unrated examples. */
	badge?: number;
	/** What the count counts, read aloud: `unrated`. */
	badgeLabel?: string;
	active?: boolean;
	/** The key after `g` that goes there. */
	key?: string;
};

/** A team or project to switch to. */
export type Place = { name: string; slug: string; href: string };

export type Crumb = { label: string; href?: string };

type Named = { name: string; slug: string };

/** Where somebody is, and who they are: what everything in the frame follows from. */
export type Around = {
	team: Named;
	teams: readonly Named[];
	project: Named | null;
	projects: readonly Named[];
	person: { name: string; email: string };
	role: Role;
	/** Somebody who sees only some projects. */
	isLimited: boolean;
	/** Unrated examples of the project. */
	unrated: number;
	/** Of the address. */
	path: string;
	/** How a page names itself that has no line in the sidebar. */
	crumb?: string;
};

/** What the parts of the frame show, and what they change together. */
export type PartProps = {
	around: Around;
	frame: FrameState;
	/** Opens the sheet of shortcuts. */
	onshortcuts: () => void;
	/** Opens the palette; without it no search is shown. */
	onpalette?: () => void;
};

/** 1–999 as they are, then `1.2k`: a badge never pushes the label away. */
export const shortCount = (count: number) =>
	count < 1000 ? String(count) : `${(Math.floor(count / 100) / 10).toFixed(count < 10_000 ? 1 : 0)}k`;
