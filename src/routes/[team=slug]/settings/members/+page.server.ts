import * as v from 'valibot';
import { Id } from '$lib/core/id';
import { NewInvitation, NewRole } from '$lib/core/team/roles';
import { form } from '$lib/server/http/form';
import { Nothing, page } from '$lib/server/http/page';
import { inviteMember, resendInvitation, revokeInvitation } from '$lib/server/team/invitations';
import { keepsMail } from '$lib/server/platform/mail/outbox';
import { changeRole, listMembers, removeMember } from '$lib/server/team/members';
import { listProjects } from '$lib/server/project/projects';
import type { Actions, PageServerLoad } from './$types';

const Person = v.object({ personId: Id('The person') });
const Place = v.object({ ...Person.entries, ...NewRole.entries });
const Which = v.object({ invitationId: Id('The invitation') });

export const load = page(Nothing, async ({ locals }) => {
	const [list, projects] = await Promise.all([listMembers(locals.scope), listProjects(locals.scope)]);
	return {
		...list,
		choices: projects.map(({ id, name }) => ({ id, name })),
		self: locals.person!.id,
		keepsMail: keepsMail()
	};
}) satisfies PageServerLoad;

export const actions = {
	invite: form(NewInvitation, async ({ locals }, input) => ({
		email: input.email,
		...(await inviteMember(locals.scope, input))
	})),
	resend: form(Which, ({ locals }, { invitationId }) => resendInvitation(locals.scope, invitationId)),
	revoke: form(Which, ({ locals }, { invitationId }) => revokeInvitation(locals.scope, invitationId)),
	change: form(Place, ({ locals }, { personId, ...place }) => changeRole(locals.scope, personId, place)),
	remove: form(Person, ({ locals }, { personId }) => removeMember(locals.scope, personId))
} satisfies Actions;
