import { browserStore } from '$lib/client/browser-store';
import type { QueueRequest } from '$lib/contract/ratings';

export type Choice = Pick<QueueRequest, 'filter' | 'sort' | 'seed'>;

const key = (path: string) => `queue:${path}`;

/** A choice as the address says it. What is usual is left out; a random order gets a seed, so that it stays the same while it is gone through. */
export const searchOf = (
	{ filter, sort }: Omit<Choice, 'seed'>,
	seed = Math.floor(Math.random() * 1_000_000)
): string => {
	const search = new URLSearchParams();
	if (filter !== 'unrated') search.set('filter', filter);
	if (sort !== 'newest') search.set('sort', sort);
	if (sort === 'random') search.set('seed', String(seed));
	return search.size > 0 ? `?${search}` : '';
};

/** Kept in this browser for the next visit of the page at `path`. */
export const keepChoice = (path: string, { filter, sort }: Omit<Choice, 'seed'>) =>
	browserStore.set(key(path), JSON.stringify({ filter, sort }));

/** What the last visit chose, as a search, or ''. */
export const keptSearch = (path: string): string => {
	try {
		return searchOf(JSON.parse(browserStore.get(key(path)) ?? ''));
	} catch {
		return '';
	}
};
