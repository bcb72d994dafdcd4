import {
	ChangeRole,
	InviteMember,
	ListMembers,
	RemoveMember,
	ResendInvitation,
	RevokeInvitation
} from '$lib/contract/team';
import { together } from '$lib/server/access/scope';
import { form } from '$lib/server/http/form';
import { page } from '$lib/server/http/page';
import { keepsMail } from '$lib/server/platform/mail/outbox';
import { listProjects } from '$lib/server/project/queries';
import { changeRole, removeMember } from '$lib/server/team/commands';
import { inviteMember, resendInvitation, revokeInvitation } from '$lib/server/team/invitations';
import { listMembers } from '$lib/server/team/queries';
import type { Actions, PageServerLoad } from './$types';

export const load = page(ListMembers, ({ locals }) =>
	together(locals.scope, async (scope) => ({
		...(await listMembers(scope)),
		choices: (await listProjects(scope)).map(({ id, name }) => ({ id, name })),
		self: locals.person!.id,
		keepsMail: keepsMail()
	}))
) satisfies PageServerLoad;

export const actions = {
	invite: form(InviteMember, ({ locals }, input) => inviteMember(locals.scope, input)),
	resend: form(ResendInvitation, ({ locals }, input) => resendInvitation(locals.scope, input)),
	revoke: form(RevokeInvitation, ({ locals }, input) => revokeInvitation(locals.scope, input)),
	change: form(ChangeRole, ({ locals }, input) => changeRole(locals.scope, input)),
	remove: form(RemoveMember, ({ locals }, input) => removeMember(locals.scope, input))
} satisfies Actions;
