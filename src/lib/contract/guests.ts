// People without an account who vote on some pairs of a comparison: the links of a team, and what a guest sees of them.
import * as v from 'valibot';
import { marks } from '../core/evaluations/ballots.ts';
import { guestStates } from '../core/evaluations/guests.ts';
import { EvaluationId } from './evaluations.ts';
import { Message } from './examples.ts';
import { Id, NoOutput, Time, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

const LinkId = Id('The link');
const State = v.picklist(guestStates);

const Title = v.pipe(
	v.string('Give the page a title'),
	v.trim(),
	v.minLength(1, 'Give the page a title'),
	v.maxLength(80, 'A title has at most 80 characters')
);

export const InviteGuests = command({
	name: 'guests.invite',
	summary: 'Makes a link by which people without an account vote on some pairs; its token is shown this once',
	within: 'project',
	action: 'guests:invite',
	input: v.object({
		evaluationId: EvaluationId,
		/** What guests read above the pairs, and all that they learn of the team. */
		title: Title,
		instructions: v.optional(
			v.pipe(v.string(), v.trim(), v.maxLength(1000, 'Instructions have at most 1,000 characters')),
			''
		),
		pairs: v.optional(whole('Pairs for each guest', 1, 200), 10),
		guests: v.optional(whole('The number of guests', 1, 1000), 20),
		days: v.optional(whole('Days', 1, 90), 14)
	}),
	output: v.strictObject({ id: v.string(), token: v.string(), expiresAt: Time }),
	errors: {
		conflict: 'The answers are not written, the results are known, it scores one model, or it has a hundred links.',
		rate_limited: 'A hundred links within the hour.'
	},
	events: ['guests.invited'],
	example: {
		input: { evaluationId: ids.evaluation, title: 'Which answer would help you more?' },
		output: { id: ids.link, token: 'zK3vB1', expiresAt: aTime }
	}
});

const Link = v.strictObject({
	id: v.string(),
	title: v.string(),
	instructions: v.string(),
	pairs: v.number(),
	guests: v.number(),
	/** Guests who have begun. */
	used: v.number(),
	/** Pairs that they have judged or skipped. */
	votes: v.number(),
	state: State,
	createdAt: Time,
	expiresAt: Time
});
export type ShownGuestLink = v.InferInput<typeof Link>;

export const ListGuestLinks = query({
	name: 'guests.list',
	summary: 'The links of a comparison for guests, the newest first, each with how many have used it',
	within: 'project',
	action: 'guests:invite',
	input: v.object({ evaluationId: EvaluationId }),
	output: v.array(Link),
	errors: {},
	example: {
		input: { evaluationId: ids.evaluation },
		output: [
			{
				id: ids.link,
				title: 'Which answer would help you more?',
				instructions: '',
				pairs: 10,
				guests: 20,
				used: 4,
				votes: 31,
				state: 'open',
				createdAt: aTime,
				expiresAt: aTime
			}
		]
	}
});

export const RevokeGuestLink = command({
	name: 'guests.revoke',
	summary: 'Ends a link at once; what was voted stays',
	within: 'project',
	action: 'guests:invite',
	input: v.object({ evaluationId: EvaluationId, linkId: LinkId }),
	output: NoOutput,
	errors: {},
	events: ['guests.revoked'],
	example: { input: { evaluationId: ids.evaluation, linkId: ids.link }, output: undefined }
});

export const RestoreGuestLink = command({
	name: 'guests.restore',
	summary: 'Takes back that a link was ended, as long as its time is not over',
	within: 'project',
	action: 'guests:invite',
	input: v.object({ evaluationId: EvaluationId, linkId: LinkId }),
	output: NoOutput,
	errors: {},
	events: ['guests.restored'],
	example: { input: { evaluationId: ids.evaluation, linkId: ids.link }, output: undefined }
});

const Token = v.pipe(v.string('The link is not whole'), v.maxLength(200, 'This is not a link of ours'));

export const LookAsGuest = query({
	name: 'guests.look',
	summary: 'What a guest sees: the words of the link, and their next pair',
	within: 'visitor',
	action: null,
	input: v.object({ token: Token }),
	output: v.strictObject({
		state: State,
		title: v.string(),
		instructions: v.string(),
		/** Pairs for each guest. */
		pairs: v.number(),
		/** How far this guest is; null for who has not begun. */
		turn: v.nullable(
			v.strictObject({
				judged: v.number(),
				total: v.number(),
				/** null: all is judged, or the link takes nothing more. Which model wrote what is not in it. */
				pair: v.nullable(
					v.strictObject({
						ballotId: v.string(),
						position: v.number(),
						prompt: v.array(Message),
						first: v.string(),
						second: v.string()
					})
				)
			})
		)
	}),
	errors: { not_found: 'There is no such link.' },
	example: {
		input: { token: 'zK3vB1' },
		output: { state: 'open', title: 'Which answer would help you more?', instructions: '', pairs: 10, turn: null }
	}
});
export type GuestView = v.InferInput<typeof LookAsGuest.output>;

const over = { gone: 'The link takes nothing more; the sentence says why.', rate_limited: 'Too many at once.' };

export const BeginAsGuest = command({
	name: 'guests.begin',
	summary: 'A guest takes a place, and is dealt their pairs',
	within: 'visitor',
	action: null,
	input: v.object({ token: Token }),
	output: NoOutput,
	errors: { ...over, not_found: 'There is no such link.' },
	// told by begin_guest in the database
	events: ['evaluation.guest_came'],
	example: { input: { token: 'zK3vB1' }, output: undefined }
});

export const VoteAsGuest = command({
	name: 'guests.vote',
	summary: 'A guest says which answer of their pair is better, or skips it; the last word on a pair counts',
	within: 'visitor',
	action: null,
	input: v.object({
		token: Token,
		ballotId: Id('The comparison'),
		choice: v.picklist(marks, 'Choose the first answer, a tie, the second answer, both bad, or skip'),
		/** Made with the page, so that a vote sent twice counts once. */
		clientId: Id('The id of this vote')
	}),
	output: NoOutput,
	errors: { ...over, not_found: 'There is no such link, guest or comparison.' },
	events: ['evaluation.guest_voted'],
	example: {
		input: { token: 'zK3vB1', ballotId: ids.ballot, choice: 'first', clientId: ids.client },
		output: undefined
	}
});

export const UndoAsGuest = command({
	name: 'guests.undo',
	summary: 'A guest takes their last word back',
	within: 'visitor',
	action: null,
	input: v.object({ token: Token, clientId: Id('The id of this') }),
	output: NoOutput,
	errors: { ...over, not_found: 'There is no such link or guest, or nothing to take back.' },
	events: ['evaluation.guest_voted'],
	example: { input: { token: 'zK3vB1', clientId: ids.client }, output: undefined }
});
