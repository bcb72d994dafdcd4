import type { ClientInit, HandleClientError } from '@sveltejs/kit';
import { fetchErrors } from '$lib/components/shell/lazy-error.svelte.ts';

/** What the server has written of an error is taken over as it stands: what shows it has to be there. */
export const init: ClientInit = async () => {
	if (document.querySelector('[data-error]')) await fetchErrors().catch(() => {});
};

/** A page that could not be fetched is nobody's bug: what a browser throws then is a TypeError without a status. */
export const handleError: HandleClientError = ({ error, status, message }) =>
	error instanceof TypeError && /fetch|network|load failed|importing/i.test(error.message)
		? { code: 'offline', message: 'There is no connection, or the server does not answer. What you did is kept.' }
		: { code: status < 500 ? 'request' : 'internal', message };
