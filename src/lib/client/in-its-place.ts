import type { SubmitFunction } from '@sveltejs/kit';
import { goto } from '$app/navigation';

/**
 * For a page with a token in its address: where its form leads takes the place of the page, so that the address leaves the history.
 * `pending` hears when it has been sent, and when it was answered.
 */
export const inItsPlace =
	(pending: (isPending: boolean) => void): SubmitFunction =>
	() => {
		pending(true);
		return async ({ update, result }) => {
			if (result.type === 'redirect') await goto(result.location, { replaceState: true, invalidateAll: true });
			else await update();
			pending(false);
		};
	};
