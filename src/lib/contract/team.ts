import * as v from 'valibot';
import { Email, Id, NoInput, NoOutput, RoleName, Time } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

/** The projects somebody is limited to; null, or none named, is every project, also those to come. */
const ProjectIds = v.optional(
	v.nullable(v.pipe(v.array(Id('The project')), v.maxLength(500, 'Choose at most 500 projects'))),
	null
);
/** What somebody is in a team. */
const place = { role: RoleName, projectIds: ProjectIds };
const shownPlace = { role: RoleName, projectIds: v.nullable(v.array(v.string())) };

export const ListMembers = query({
	name: 'team.members',
	summary: 'The people of the team, the oldest membership first, and whoever has not answered an invitation yet',
	within: 'team',
	action: 'members:see',
	input: NoInput,
	output: v.strictObject({
		members: v.array(
			v.strictObject({ personId: v.string(), name: v.string(), email: v.string(), ...shownPlace, joinedAt: Time })
		),
		invitations: v.array(
			v.strictObject({ id: v.string(), email: v.string(), ...shownPlace, expiresAt: Time, expired: v.boolean() })
		)
	}),
	errors: {},
	example: {
		input: {},
		output: {
			members: [
				{
					personId: ids.person,
					name: 'Ana',
					email: 'ana@example.com',
					role: 'owner',
					projectIds: null,
					joinedAt: aTime
				}
			],
			invitations: [
				{
					id: ids.invitation,
					email: 'rita@example.com',
					role: 'rater',
					projectIds: [ids.project],
					expiresAt: aTime,
					expired: false
				}
			]
		}
	}
});

const Sent = v.strictObject({
	/** false: the invitation stands, but its mail could not be sent. */
	sent: v.boolean()
});
const tooMany = { rate_limited: 'Fifty invitations of this team within the hour.' };

export const InviteMember = command({
	name: 'team.invite',
	summary: 'Asks somebody into the team by mail, for seven days; an earlier invitation of the address is replaced',
	within: 'team',
	action: 'members:edit',
	input: v.object({ email: Email, ...place }),
	output: Sent,
	errors: {
		...tooMany,
		conflict: 'Whoever has this address is in the team already, or as many invitations wait for an answer as may.'
	},
	events: ['member.invited'],
	example: { input: { email: 'rita@example.com', role: 'rater', projectIds: [ids.project] }, output: { sent: true } }
});

const Which = v.object({ invitationId: Id('The invitation') });

export const ResendInvitation = command({
	name: 'team.resendInvitation',
	summary: 'Sends a new mail with a new link, for another seven days; the old link stops working',
	within: 'team',
	action: 'members:edit',
	input: Which,
	output: Sent,
	errors: tooMany,
	events: ['member.invited_again'],
	example: { input: { invitationId: ids.invitation }, output: { sent: true } }
});

export const RevokeInvitation = command({
	name: 'team.revokeInvitation',
	summary: 'Takes an invitation back; its link stops working at once',
	within: 'team',
	action: 'members:edit',
	input: Which,
	output: NoOutput,
	errors: {},
	events: ['invitation.revoked'],
	example: { input: { invitationId: ids.invitation }, output: undefined }
});

const lastOwner = { conflict: 'A team needs an owner.' };
const Person = { personId: Id('The person') };

export const ChangeRole = command({
	name: 'team.changeRole',
	summary: 'Gives a member another role or other projects; it holds from their next request on',
	within: 'team',
	action: 'members:edit',
	input: v.object({ ...Person, ...place }),
	output: NoOutput,
	errors: lastOwner,
	events: ['member.role_changed'],
	example: { input: { personId: ids.person, role: 'rater', projectIds: [ids.project] }, output: undefined }
});

export const RemoveMember = command({
	name: 'team.removeMember',
	summary: 'Takes somebody out of the team; what they did stays',
	within: 'team',
	action: 'members:edit',
	input: v.object(Person),
	output: NoOutput,
	errors: lastOwner,
	events: ['member.removed'],
	example: { input: { personId: ids.person }, output: undefined }
});

export const LeaveTeam = command({
	name: 'team.leave',
	summary: 'Leaves the team, which everybody may but its last owner',
	within: 'team',
	action: 'team:see',
	input: NoInput,
	output: NoOutput,
	errors: lastOwner,
	events: ['member.left'],
	example: { input: {}, output: undefined }
});

export const DeleteTeam = command({
	name: 'team.delete',
	summary: 'Closes the team at once and deletes it in a week, unless an owner brings it back before',
	within: 'team',
	action: 'team:delete',
	/** `confirm`: the name of the team, typed once more. */
	input: v.object({ confirm: v.pipe(v.string('Type the name of the team'), v.trim(), v.maxLength(200)) }),
	output: v.strictObject({ goneAt: Time }),
	errors: { invalid: 'The name is another one.' },
	events: [
		'team.deleted',
		'run.cancelled',
		'run.progressed',
		'serving.stopped',
		'serving.progressed',
		'evaluation.failed'
	],
	example: { input: { confirm: 'Northwind' }, output: { goneAt: aTime } }
});
