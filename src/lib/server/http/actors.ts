import { type RequestEvent, redirect } from '@sveltejs/kit';
import { to } from '../../paths.ts';
import { browserToken } from '../access/browser.ts';
import type { SignedIn } from '../access/signed-in.ts';
import type { Visitor } from '../access/operation.ts';

type Event = Pick<RequestEvent, 'locals' | 'cookies' | 'getClientAddress'>;

/** Whoever asks, signed in or not. */
export const visitorOf = ({ locals, cookies, getClientAddress }: Event): Visitor => ({
	browserToken: browserToken(cookies),
	address: getClientAddress(),
	requestId: locals.requestId,
	person: locals.person
});

/** The person who asks. Somebody who is not signed in is led to the sign-in page, and from there back to `here`. */
export const signedIn = ({ locals, getClientAddress }: Event, here: string): SignedIn => {
	if (!locals.person) redirect(303, to.login(here));
	return {
		person: locals.person,
		session: locals.session,
		request: { id: locals.requestId, address: getClientAddress() }
	};
};
