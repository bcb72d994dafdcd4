// Long because it is all that visitors and persons do for themselves, outside any team.
import * as v from 'valibot';
import { mailWishes } from '../core/account/mails.ts';
import { Email, Id, Name, NoInput, NoOutput, RoleName, Time } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

const Next = v.optional(v.pipe(v.string(), v.maxLength(2000)), '');

export const RequestSignIn = command({
	name: 'account.requestSignIn',
	summary: 'Sends a mail with a link and a code that sign in, each once and for ten minutes',
	within: 'visitor',
	action: null,
	/** `next`: where the person wanted to go; what leaves our origin is dropped later (paths.ts). */
	input: v.object({ email: Email, next: Next }),
	output: NoOutput,
	errors: {},
	noEvent: 'because nobody is known yet',
	example: { input: { email: 'ana@example.com', next: '/northwind' }, output: undefined }
});

/** Who has proved their address, and where they go now. */
const Proved = v.strictObject({
	personId: v.string(),
	next: v.string(),
	isNew: v.boolean(),
	/** They had deleted their account, and by this it stays. */
	isBack: v.boolean()
});
const proved = { personId: ids.person, next: '/northwind', isNew: false, isBack: false };

export const SignInWithCode = command({
	name: 'account.signInWithCode',
	summary: 'Uses up the code of a mail, in the browser that asked for it',
	within: 'visitor',
	action: null,
	input: v.object({
		/** As it was typed. */
		code: v.pipe(
			v.string('Type the code'),
			v.trim(),
			v.minLength(1, 'Type the code'),
			v.maxLength(40, 'The code has six signs')
		)
	}),
	output: Proved,
	errors: {
		gone: 'The code is over, or this browser asked for none.',
		rate_limited: 'Ten wrong codes for one address within an hour. The link still works.'
	},
	// written down by keep_account in the database, where they had deleted their account
	events: ['member.account_kept'],
	example: { input: { code: 'K7Q2MX' }, output: proved }
});

const LinkToken = v.optional(v.pipe(v.string(), v.maxLength(200, 'This is not a link of ours')), '');

export const SignInWithLink = command({
	name: 'account.signInWithLink',
	summary: 'Uses up the link of a mail',
	within: 'visitor',
	action: null,
	input: v.object({ token: LinkToken }),
	output: Proved,
	errors: { gone: 'The link was used, is over, or was replaced by a newer one.' },
	// as above
	events: ['member.account_kept'],
	example: { input: { token: 'zK3vB1' }, output: proved }
});

export const LookAtLink = query({
	name: 'account.lookAtLink',
	summary: 'What the page of a sign-in link shows; uses nothing up',
	within: 'visitor',
	action: null,
	input: v.object({ token: LinkToken }),
	output: v.variant('open', [
		v.strictObject({
			open: v.literal(true),
			/** Masked: whoever holds the link need not learn the address. */
			email: v.string(),
			sameBrowser: v.boolean()
		}),
		v.strictObject({ open: v.literal(false) })
	]),
	errors: {},
	example: { input: { token: 'zK3vB1' }, output: { open: true, email: 'a…@example.com', sameBrowser: true } }
});

export const RenamePerson = command({
	name: 'account.rename',
	summary: 'What the person is called from now on, in every team',
	within: 'person',
	action: null,
	input: v.object({ name: Name }),
	output: NoOutput,
	errors: { rate_limited: 'Twenty names within the hour.' },
	// written down by call_person in the database, in each of their teams
	events: ['member.renamed'],
	example: { input: { name: 'Ana' }, output: undefined }
});

const Wishes = v.strictObject({
	/** That a comparison has its verdict, or can be revealed. */
	verdicts: v.boolean(),
	/** That a training is ready, or has failed. */
	runs: v.boolean()
});

export const GetMailWishes = query({
	name: 'account.mails',
	summary: 'What the person is told by mail',
	within: 'person',
	action: null,
	input: NoInput,
	output: Wishes,
	errors: {},
	example: { input: {}, output: { verdicts: true, runs: true } }
});

export const WishMails = command({
	name: 'account.wishMails',
	summary: 'Says what the person wants to be told by mail',
	within: 'person',
	action: null,
	input: v.object({ verdicts: v.boolean(), runs: v.boolean() }),
	output: NoOutput,
	errors: {},
	noEvent: 'because what somebody is told by mail is no matter of their teams',
	example: { input: { verdicts: false, runs: true }, output: undefined }
});

const MailToken = v.optional(v.pipe(v.string(), v.maxLength(200, 'This is not a link of ours')), '');

export const LookAtMails = query({
	name: 'account.lookAtMails',
	summary: 'What the page shows that a mail leads to which stops such mails; changes nothing',
	within: 'visitor',
	action: null,
	input: v.object({ token: MailToken }),
	output: v.nullable(v.strictObject({ wish: v.picklist(mailWishes), isWanted: v.boolean() })),
	errors: {},
	example: { input: { token: 'verdicts.x' }, output: { wish: 'verdicts', isWanted: true } }
});

/** A mail program sends it for whoever presses its button (RFC 8058). */
export const StopMails = command({
	name: 'account.stopMails',
	summary: 'Stops the mails of one kind, or brings them back, for whoever has one of them',
	within: 'visitor',
	action: null,
	input: v.object({ token: MailToken, wanted: v.optional(v.boolean(), false) }),
	output: NoOutput,
	errors: { gone: 'The link is not one of ours, or its account is deleted.' },
	noEvent: 'because what somebody is told by mail is no matter of their teams',
	example: { input: { token: 'verdicts.x' }, output: undefined }
});

export const ListSessions = query({
	name: 'account.sessions',
	summary: 'Where the person is signed in, the newest first',
	within: 'person',
	action: null,
	input: NoInput,
	output: v.array(
		v.strictObject({
			/** Names the session in `account.endSession`; it opens nothing. */
			handle: v.string(),
			/** What a person calls the browser. */
			device: v.string(),
			createdAt: Time,
			/** The one that asks. */
			current: v.boolean()
		})
	),
	errors: {},
	example: {
		input: {},
		output: [{ handle: ids.session, device: 'Firefox on Linux', createdAt: aTime, current: true }]
	}
});

export const EndSession = command({
	name: 'account.endSession',
	summary: 'Ends one of the person’s sessions',
	within: 'person',
	action: null,
	input: v.object({ handle: Id('The session') }),
	output: NoOutput,
	errors: {},
	noEvent: 'because a session is of a person, and opens no team more than another',
	example: { input: { handle: ids.session }, output: undefined }
});

export const EndEverySession = command({
	name: 'account.endEverySession',
	summary: 'Signs the person out everywhere',
	within: 'person',
	action: null,
	input: NoInput,
	output: NoOutput,
	errors: {},
	noEvent: 'because a session is of a person, and opens no team more than another',
	example: { input: {}, output: undefined }
});

export const ListTeams = query({
	name: 'account.teams',
	summary: 'The teams the person is in, the oldest membership first',
	within: 'person',
	action: null,
	input: NoInput,
	output: v.array(v.strictObject({ id: v.string(), slug: v.string(), name: v.string(), role: RoleName })),
	errors: {},
	example: { input: {}, output: [{ id: ids.team, slug: 'northwind', name: 'Northwind', role: 'owner' }] }
});

export const CreateTeam = command({
	name: 'account.createTeam',
	summary: 'Makes a team, whose owner the person is',
	within: 'person',
	action: null,
	input: v.object({ name: Name }),
	output: v.strictObject({ id: v.string(), slug: v.string(), name: v.string() }),
	errors: {
		rate_limited: 'Ten teams within the hour.',
		unauthenticated: 'The account has just been deleted.'
	},
	// written down by found_team in the database, in one transaction with the team
	events: ['team.created'],
	example: { input: { name: 'Northwind' }, output: { id: ids.team, slug: 'northwind', name: 'Northwind' } }
});

export const ListDeletedTeams = query({
	name: 'account.deletedTeams',
	summary: 'The deleted teams that the person, as an owner, may still bring back, the latest first',
	within: 'person',
	action: null,
	input: NoInput,
	output: v.array(
		v.strictObject({
			id: v.string(),
			name: v.string(),
			/** When nothing of it is left. */
			goneAt: Time
		})
	),
	errors: {},
	example: { input: {}, output: [{ id: ids.team, name: 'Northwind', goneAt: aTime }] }
});

export const RestoreTeam = command({
	name: 'account.restoreTeam',
	summary: 'Brings a deleted team back, with all that was in it',
	within: 'person',
	action: null,
	input: v.object({ teamId: Id('The team') }),
	output: v.strictObject({ slug: v.string() }),
	errors: { not_found: 'It was not deleted, its time is over, or the person was none of its owners.' },
	events: ['team.restored'],
	example: { input: { teamId: ids.team }, output: { slug: 'northwind' } }
});

export const DeleteAccount = command({
	name: 'account.delete',
	summary: 'Signs the person out everywhere and ends the account in a week, unless they sign in before',
	within: 'person',
	action: null,
	/** `confirm`: their own address, typed once more. */
	input: v.object({ confirm: Email }),
	output: v.strictObject({ goneAt: Time }),
	errors: {
		invalid: 'The address is another one.',
		conflict: 'A team would be without an owner; the sentence names it.'
	},
	events: ['member.account_deleted'],
	example: { input: { confirm: 'ana@example.com' }, output: { goneAt: aTime } }
});

const InvitationToken = v.pipe(v.string('The invitation is missing'), v.maxLength(200, 'This is not a link of ours'));

export const LookAtInvitation = query({
	name: 'account.lookAtInvitation',
	summary: 'What the page of an invitation shows',
	within: 'visitor',
	action: null,
	input: v.object({ token: InvitationToken }),
	output: v.strictObject({
		team: v.strictObject({ slug: v.string(), name: v.string() }),
		/** Masked: whoever holds the link need not learn the address. */
		email: v.string(),
		role: RoleName,
		inviter: v.nullable(v.string()),
		state: v.picklist(['open', 'accepted', 'revoked', 'expired']),
		/** Whether it was sent to the person who looks; null while nobody is signed in. */
		isForYou: v.nullable(v.boolean()),
		/** Nobody has an account with the address: the link is enough to join. */
		isNew: v.boolean()
	}),
	errors: {},
	example: {
		input: { token: 'zK3vB1' },
		output: {
			team: { slug: 'northwind', name: 'Northwind' },
			email: 'r…@example.com',
			role: 'rater',
			inviter: 'Ana',
			state: 'open',
			isForYou: null,
			isNew: true
		}
	}
});

export const JoinByInvitation = command({
	name: 'account.joinByInvitation',
	summary: 'Takes an invitation, once, for somebody who has no account yet: its link came to their mailbox',
	within: 'visitor',
	action: null,
	input: v.object({ token: InvitationToken }),
	/** Who joined, and the team they are in now; null when the address has an account, whose owner signs in first. */
	output: v.nullable(v.strictObject({ personId: v.string(), slug: v.string() })),
	errors: {
		gone: 'It was used, taken back, or is older than seven days.',
		conflict: 'The team has as many members as it may.',
		rate_limited: 'Three hundred presses from one network within the hour.'
	},
	// written down by join_by_invitation in the database, in one transaction with the person and the membership
	events: ['member.joined'],
	example: { input: { token: 'zK3vB1' }, output: { personId: ids.person, slug: 'northwind' } }
});

export const AcceptInvitation = command({
	name: 'account.acceptInvitation',
	summary: 'Takes an invitation, once, for the person it was sent to',
	within: 'person',
	action: null,
	input: v.object({ token: InvitationToken }),
	/** The team they are in now. */
	output: v.strictObject({ slug: v.string() }),
	errors: {
		gone: 'It was used, taken back, or is older than seven days.',
		conflict: 'The team has as many members as it may.',
		forbidden: 'It was sent to another address than the person’s.'
	},
	// written down by accept_invitation in the database, in one transaction with the membership
	events: ['member.joined'],
	example: { input: { token: 'zK3vB1' }, output: { slug: 'northwind' } }
});
