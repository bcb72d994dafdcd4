import { maskedEmail } from '../../core/account/email.ts';
import { AppError } from '../../core/errors.ts';
import type { Role } from '../../core/permissions.ts';
import { sha256 } from '../platform/crypto.ts';
import { plainPool } from '../platform/db/pools.ts';
import { log } from '../platform/log.ts';
import type { Person } from './sessions.ts';

export type Invitation = {
	team: { slug: string; name: string };
	/** Masked: whoever holds the link need not learn the address. */
	email: string;
	role: Role;
	inviter: string | null;
	state: 'open' | 'accepted' | 'revoked' | 'expired';
	/** Whether it was sent to the person who looks; null while nobody is signed in. */
	isForYou: boolean | null;
};

const withToken = async (token: string) => {
	const [row] = await plainPool()`select * from invitation_by_token(${sha256(token)})`;
	if (!row) throw new AppError('not_found', 'This invitation does not exist, or a newer mail has replaced it.');
	return row;
};

/** What the page of an invitation shows; only looks. Throws *not found*. */
export const lookAtInvitation = async (token: string, person: Person | null): Promise<Invitation> => {
	const row = await withToken(token);
	return {
		team: { slug: row.team_slug, name: row.team_name },
		email: maskedEmail(row.email),
		role: row.role,
		inviter: row.inviter,
		state: row.state,
		isForYou: person && person.email.toLowerCase() === row.email.toLowerCase()
	};
};

const over = {
	accepted: 'This invitation was used already. Ask for a new one if you cannot see the team.',
	revoked: 'This invitation was taken back. Ask the person who sent it.',
	expired: 'This invitation is older than seven days. Ask for a new one.'
};

/** Takes the invitation, once, for the person it was sent to. Returns the slug of the team they are in now. */
export const acceptInvitation = async (
	token: string,
	person: Person,
	request?: { id: string; address: string }
): Promise<string> => {
	const [row] =
		await plainPool()`select accept_invitation(${sha256(token)}, ${person.id}, ${request?.id ?? null}, ${request?.address ?? null}) as team_id`;
	const invitation = await withToken(token);
	log.info('invitation', {
		outcome: row!.team_id ? 'accepted' : 'refused',
		person: person.id,
		team: invitation.team_id
	});
	if (row!.team_id) return invitation.team_slug;
	const { state } = invitation as { state: Invitation['state'] };
	if (state !== 'open') throw new AppError('gone', over[state]);
	throw new AppError(
		'forbidden',
		`This invitation was sent to ${maskedEmail(invitation.email)}, and you are signed in as ${person.email}. Sign in with that address to accept it.`
	);
};
