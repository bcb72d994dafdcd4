import { redirect } from '@sveltejs/kit';
import * as v from 'valibot';
import {
	DeleteAccount,
	EndEverySession,
	EndSession,
	RenamePerson,
	RestoreTeam,
	WishMails
} from '$lib/contract/account';
import { EndToken } from '$lib/contract/tokens';
import { to } from '$lib/paths';
import { listDeletedTeams, listTeams, restoreTeam } from '$lib/server/access/memberships';
import { getMailWishes, wishMails } from '$lib/server/access/mail-wishes';
import { togetherOwn } from '$lib/server/access/own-look';
import { deleteAccount, renamePerson } from '$lib/server/access/people';
import { endEverySession, endSession, endSessionByHandle, listSessions } from '$lib/server/access/sessions';
import { endToken, listTokens } from '$lib/server/access/tokens';
import { signedIn } from '$lib/server/http/actors';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

/** `kept`: the account was deleted, and whoever comes has just signed in. */
const Query = v.object({ kept: v.optional(v.string()) });

export const load = page(Query, async (event, { kept }) => {
	const self = signedIn(event, to.account());
	const found = await togetherOwn(self, async (own) => ({
		sessions: await listSessions(own),
		teams: await listTeams(own),
		deletedTeams: await listDeletedTeams(own),
		tokens: await listTokens(own),
		mails: await getMailWishes(own)
	}));
	const { name, email } = self.person;
	return { person: { name, email }, isKept: kept !== undefined, ...found };
}) satisfies PageServerLoad;

export const actions = {
	rename: form(RenamePerson, async (event, input) => {
		await renamePerson(signedIn(event, to.account()), input);
		return { renamed: true };
	}),
	mails: form(WishMails, async (event, input) => {
		await wishMails(signedIn(event, to.account()), input);
		return { saved: true };
	}),
	end: form(EndSession, async (event, input) => {
		await endSessionByHandle(signedIn(event, to.account()), input);
		return { ended: true };
	}),
	endToken: form(EndToken, async (event, input) => {
		await endToken(signedIn(event, to.account()), input);
		return { ended: true };
	}),
	restoreTeam: form(RestoreTeam, async (event, input) => {
		const { slug } = await restoreTeam(signedIn(event, to.account()), input);
		redirect(303, to.team(slug));
	}),
	delete: form(DeleteAccount, async (event, input) => {
		await deleteAccount(signedIn(event, to.account()), input);
		await endSession(event.cookies);
		redirect(303, to.accountDeleted());
	}),
	endAll: form(EndEverySession, async (event) => {
		await endEverySession(signedIn(event, to.account()));
		await endSession(event.cookies);
		redirect(303, to.login());
	})
} satisfies Actions;
