import { AcceptInvitation, JoinByInvitation, LookAtInvitation } from '../../contract/account.ts';
import type { Output } from '../../contract/operation.ts';
import { maskedEmail, nameFrom, normalEmail } from '../../core/account/email.ts';
import { AppError } from '../../core/errors.ts';
import { linkEntries } from '../events/relay.ts';
import { sha256 } from '../platform/crypto.ts';
import { plainPool } from '../platform/db/pools.ts';
import { refusedWhereFull } from '../platform/db/transaction.ts';
import { log } from '../platform/log.ts';
import { networkOf, within } from './limits.ts';
import { command, query } from './operation.ts';
import { ownDeed } from './own-deed.ts';

type State = Output<typeof LookAtInvitation>['state'];

const withToken = async (token: string) => {
	const [row] = await plainPool()`select * from invitation_by_token(${sha256(token)})`;
	if (!row) throw new AppError('not_found', 'This invitation does not exist, or a newer mail has replaced it.');
	return row;
};

/** What the page of an invitation shows; only looks. Throws *not found*. */
export const lookAtInvitation = query(LookAtInvitation, async ({ person }, { token }) => {
	const row = await withToken(token);
	return {
		team: { slug: row.team_slug, name: row.team_name },
		email: maskedEmail(row.email),
		role: row.role,
		inviter: row.inviter,
		state: row.state,
		isForYou: person ? normalEmail(person.email) === normalEmail(row.email) : null,
		isNew: row.is_new
	};
});

const over = {
	accepted: 'This invitation was used already. Ask for a new one if you cannot see the team.',
	revoked: 'This invitation was taken back. Ask the person who sent it.',
	expired: 'This invitation is older than seven days. Ask for a new one.'
};

const assertOpen = (state: State) => {
	if (state !== 'open') throw new AppError('gone', over[state]);
};

/**
 * Takes the invitation, once, for somebody new: with the press of its button the link has proved the mailbox, as a link for signing
 * in does (README: the browser). Returns null when the address has an account by now. Whoever calls it begins the session.
 */
export const joinByInvitation = command(JoinByInvitation, async ({ address, requestId }, { token }) => {
	if (!(await within(`join-ip:${networkOf(address)}`, { most: 300, perSeconds: 3600 })))
		throw new AppError('rate_limited', 'Too many have joined from this network. Wait an hour, then press again.');
	const { email } = await withToken(token);
	const [joined] = await plainPool()`
		select * from join_by_invitation(${sha256(token)}, ${nameFrom(email)}, ${requestId ?? null}, ${address})`.catch(
		refusedWhereFull
	);
	const invitation = await withToken(token);
	if (!joined) {
		assertOpen(invitation.state);
		return null;
	}
	log.info('sign-in', { step: 'invitation', outcome: 'ok', person: joined.person_id, isNew: true });
	log.info('invitation', { outcome: 'accepted', person: joined.person_id, team: joined.team_id });
	linkEntries(joined.team_id);
	return { personId: joined.person_id as string, slug: invitation.team_slug as string };
});

/** Takes the invitation, once, for the person it was sent to. Returns the team they are in now. */
export const acceptInvitation = command(AcceptInvitation, async (self, { token }) => {
	const { person, request } = self;
	const [row] = await ownDeed(
		self,
		(sql) =>
			sql`select accept_invitation(${sha256(token)}, ${person.id}, ${request?.id ?? null}, ${request?.address ?? null}) as team_id`
	);
	const invitation = await withToken(token);
	log.info('invitation', {
		outcome: row!.team_id ? 'accepted' : 'refused',
		person: person.id,
		team: invitation.team_id
	});
	if (row!.team_id) {
		linkEntries(row!.team_id);
		return { slug: invitation.team_slug as string };
	}
	assertOpen(invitation.state);
	throw new AppError(
		'forbidden',
		`This invitation was sent to ${maskedEmail(invitation.email)}, and you are signed in as ${person.email}. Sign in with that address to accept it.`
	);
});
