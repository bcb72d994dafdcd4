import type { Component } from 'svelte';

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

/** 1–999 as they are, then `1.2k`: a badge never pushes the label away. */
export const shortCount = (count: number) =>
	count < 1000 ? String(count) : `${(Math.floor(count / 100) / 10).toFixed(count < 10_000 ? 1 : 0)}k`;
