import { redirect } from '@sveltejs/kit';
import { EndEverySession, EndSession, RenamePerson } from '$lib/contract/account';
import { EndToken } from '$lib/contract/tokens';
import { to } from '$lib/paths';
import { listTeams } from '$lib/server/access/memberships';
import { renamePerson } from '$lib/server/access/people';
import { endEverySession, endSession, endSessionByHandle, listSessions } from '$lib/server/access/sessions';
import { endToken, listTokens } from '$lib/server/access/tokens';
import { signedIn } from '$lib/server/http/actors';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import type { Actions, PageServerLoad } from './$types';

export const load = page(Nothing, async (event) => {
	const self = signedIn(event, to.account());
	const [sessions, teams, tokens] = await Promise.all([listSessions(self), listTeams(self), listTokens(self)]);
	return { person: { name: self.person.name, email: self.person.email }, sessions, teams, tokens };
}) satisfies PageServerLoad;

export const actions = {
	rename: form(RenamePerson, async (event, input) => {
		await renamePerson(signedIn(event, to.account()), input);
		return { renamed: true };
	}),
	end: form(EndSession, async (event, input) => {
		await endSessionByHandle(signedIn(event, to.account()), input);
		return { ended: true };
	}),
	endToken: form(EndToken, async (event, input) => {
		await endToken(signedIn(event, to.account()), input);
		return { ended: true };
	}),
	endAll: form(EndEverySession, async (event) => {
		await endEverySession(signedIn(event, to.account()));
		await endSession(event.cookies);
		redirect(303, to.login());
	})
} satisfies Actions;
