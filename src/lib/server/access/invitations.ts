import { AcceptInvitation, LookAtInvitation } from '../../contract/account.ts';
import type { Output } from '../../contract/operation.ts';
import { maskedEmail, normalEmail } from '../../core/account/email.ts';
import { AppError } from '../../core/errors.ts';
import { linkEntries } from '../events/relay.ts';
import { sha256 } from '../platform/crypto.ts';
import { plainPool } from '../platform/db/pools.ts';
import { log } from '../platform/log.ts';
import { command, query } from './operation.ts';

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
		isForYou: person ? normalEmail(person.email) === normalEmail(row.email) : null
	};
});

const over = {
	accepted: 'This invitation was used already. Ask for a new one if you cannot see the team.',
	revoked: 'This invitation was taken back. Ask the person who sent it.',
	expired: 'This invitation is older than seven days. Ask for a new one.'
};

/** Takes the invitation, once, for the person it was sent to. Returns the team they are in now. */
export const acceptInvitation = command(AcceptInvitation, async ({ person, request }, { token }) => {
	const [row] =
		await plainPool()`select accept_invitation(${sha256(token)}, ${person.id}, ${request?.id ?? null}, ${request?.address ?? null}) as team_id`;
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
	const { state } = invitation as { state: State };
	if (state !== 'open') throw new AppError('gone', over[state]);
	throw new AppError(
		'forbidden',
		`This invitation was sent to ${maskedEmail(invitation.email)}, and you are signed in as ${person.email}. Sign in with that address to accept it.`
	);
});
