import { randomUUID } from 'node:crypto';
import { BeginAsGuest, LookAsGuest, UndoAsGuest, VoteAsGuest } from '$lib/contract/guests';
import { ensureGuestToken, guestToken } from '$lib/server/access/guest';
import { beginAsGuest, lookAsGuest, undoAsGuest, voteAsGuest } from '$lib/server/evaluations/guest-votes';
import { visitorOf } from '$lib/server/http/actors';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

/** Whoever comes with the link, whether or not they are signed in: nothing here knows them. */
const guestOf = (event: RequestEvent) => ({ ...visitorOf(event), browserToken: guestToken(event.cookies) });

export const load = page(LookAsGuest, async (event, input) => ({
	view: await lookAsGuest(guestOf(event), input),
	// of what is said of this page: sent twice, it counts once
	clientId: randomUUID()
})) satisfies PageServerLoad;

export const actions = {
	begin: form(BeginAsGuest, (event, input) =>
		beginAsGuest({ ...visitorOf(event), browserToken: ensureGuestToken(event.cookies) }, input)
	),
	vote: form(VoteAsGuest, (event, input) => voteAsGuest(guestOf(event), input)),
	undo: form(UndoAsGuest, (event, input) => undoAsGuest(guestOf(event), input))
} satisfies Actions;
