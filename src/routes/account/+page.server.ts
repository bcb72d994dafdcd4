import { redirect } from '@sveltejs/kit';
import { NewName, SessionHandle, deviceWords } from '$lib/core/account/device';
import { to } from '$lib/paths';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import { renamePerson } from '$lib/server/access/people';
import { endEverySession, endSession, endSessionByHandle, listSessions } from '$lib/server/access/sessions';
import { membershipsOf } from '$lib/server/access/memberships';
import type { Actions, PageServerLoad } from './$types';

const signedIn = ({ person, session }: App.Locals) => {
	if (!person || !session) redirect(303, to.login(to.account()));
	return { person, session };
};

export const load = page(Nothing, async ({ locals }) => {
	const { person, session } = signedIn(locals);
	const [sessions, teams] = await Promise.all([listSessions(person.id, session.handle), membershipsOf(person.id)]);
	return {
		person: { name: person.name, email: person.email },
		sessions: sessions.map(({ userAgent, ...shown }) => ({ ...shown, device: deviceWords(userAgent) })),
		teams: teams.map(({ name, slug, role }) => ({ name, slug, role }))
	};
}) satisfies PageServerLoad;

export const actions = {
	rename: form(NewName, async ({ locals }, { name }) => {
		await renamePerson(signedIn(locals).person.id, name);
		return { renamed: true };
	}),
	end: form(SessionHandle, async ({ locals }, { handle }) => {
		await endSessionByHandle(signedIn(locals).person.id, handle);
		return { ended: true };
	}),
	endAll: form(Nothing, async ({ locals, cookies }) => {
		await endEverySession(signedIn(locals).person.id);
		await endSession(cookies);
		redirect(303, to.login());
	})
} satisfies Actions;
