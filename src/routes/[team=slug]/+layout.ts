import { browser } from '$app/environment';
import { fetchParts } from '$lib/components/shell/lazy-parts';
import type { LayoutLoad } from './$types';

/** Whoever comes from a page without a frame finds none written; with the first page it is there, and what runs it comes later. */
export const load: LayoutLoad = async ({ data }) => {
	if (browser && 'hydrated' in document.documentElement.dataset) await fetchParts();
	return data;
};
