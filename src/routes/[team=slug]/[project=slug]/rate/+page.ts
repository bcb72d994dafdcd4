import { redirect } from '@sveltejs/kit';
import { browser } from '$app/environment';
import { keptSearch } from './choice';
import type { PageLoad } from './$types';

/** An address without a choice gets that of the last visit. */
export const load: PageLoad = async ({ data, url }) => {
	const kept = browser && url.search === '' ? keptSearch(url.pathname) : '';
	if (kept) redirect(307, url.pathname + kept);
	// most sittings begin with a card, and what stands at their end comes later
	const isAtEnd = !data.first && data.queue.cards.length === 0;
	return { ...data, End: isAtEnd ? (await import('./End.svelte')).default : null };
};
