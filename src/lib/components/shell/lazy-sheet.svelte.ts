// The sidebar where there is no room for it, as a sheet: it comes with the first touch.
import type { FrameState } from './frame-state.svelte.ts';
import { fetchMenus } from './lazy-menus.svelte.ts';

type Sheet = typeof import('./MenuSheet.svelte').default;

let came = $state.raw<Sheet | null>(null);

export const sheet = () => came;

/** With what fills the menus, which are in it too. */
export const fetchSheet = async () => {
	const [{ default: Sheet }] = await Promise.all([import('./MenuSheet.svelte'), fetchMenus()]);
	came ??= Sheet;
};

/** It opens as soon as it is there. */
export const openMenu = (frame: FrameState): void => {
	frame.menu = true;
	// no connection: the next press asks again
	void fetchSheet().catch(() => {});
};
