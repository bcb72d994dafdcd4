import { redirect } from '@sveltejs/kit';
import { browser } from '$app/environment';
import { keptSearch } from './choice';
import type { PageLoad } from './$types';

/** An address without a choice gets that of the last visit. */
export const load: PageLoad = ({ data, url }) => {
	const kept = browser && url.search === '' ? keptSearch(url.pathname) : '';
	if (kept) redirect(307, url.pathname + kept);
	return data;
};
