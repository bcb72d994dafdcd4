import { and, eq, sql } from 'drizzle-orm';
import { InviteMember, ResendInvitation, RevokeInvitation } from '../../contract/team.ts';
import { normalEmail } from '../../core/account/email.ts';
import { AppError } from '../../core/errors.ts';
import type { Role } from '../../core/permissions.ts';
import { to } from '../../paths.ts';
import { within } from '../access/limits.ts';
import { membersWithAddress, named } from '../access/named.ts';
import { command } from '../access/operation.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { config } from '../platform/config.ts';
import { randomToken, sha256 } from '../platform/crypto.ts';
import { invitations, teams } from '../platform/db/schema.ts';
import { log } from '../platform/log.ts';
import { invitationMail } from '../platform/mail/messages.ts';
import { sendMail } from '../platform/mail/send.ts';
import { isOpen, placeOf } from './rows.ts';

const sevenDays = sql`now() + interval '7 days'`;

const send = async (
	scope: Scope,
	token: string,
	invitation: { email: string; role: Role; expiresAt: Date },
	names: { team: string; inviter: string | null }
) => {
	const link = config().origin + to.invitation(token);
	// teams are free to make: nobody's mailbox is to be filled by many of them
	if (!(await within(`invite-to:${invitation.email}`, { most: 5, perSeconds: 3600 }))) return { sent: false };
	try {
		await sendMail(
			invitationMail({ to: invitation.email, link, ...names, role: invitation.role, expiresAt: invitation.expiresAt })
		);
		return { sent: true };
	} catch (problem) {
		if (!(problem instanceof AppError)) throw problem;
		log.warn('invitation', { outcome: 'unsent', team: scope.teamId });
		return { sent: false };
	}
};

/** A step: what the mail calls the team and whoever invites. */
const namesOf = async (tx: Tx, scope: Scope) => {
	const [team] = await tx.select({ name: teams.name }).from(teams);
	const [person] = scope.userId
		? await tx.select({ name: named.name }).from(membersWithAddress).where(eq(named.id, scope.userId))
		: [];
	return { team: team!.name, inviter: person?.name ?? null };
};

const mayMail = async (scope: Scope) => {
	if (await within(`invite:${scope.teamId}`, { most: 50, perSeconds: 3600 })) return;
	throw new AppError('rate_limited', 'This team has sent 50 invitations within the hour. Wait a while, then go on.');
};

/**
 * Asks somebody into the team, for seven days. An earlier invitation of the same address is replaced. `sent` is false when
 * the invitation stands but its mail could not be sent.
 */
export const inviteMember = command(InviteMember, async (scope, input) => {
	await mayMail(scope);
	const token = randomToken();
	const email = normalEmail(input.email);
	const { invitation, names } = await scope.tx(async (tx) => {
		const [known] = await tx.select({ name: named.name }).from(membersWithAddress).where(eq(named.email, email));
		if (known)
			throw new AppError('conflict', `${known.name} is already in this team. Change their role in the list.`, 'email');
		const place = await placeOf(tx, input);
		// a second press at the same moment waits, and then replaces the first
		await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${scope.teamId}, 5))`);
		await tx
			.update(invitations)
			.set({ revokedAt: sql`now()` })
			.where(and(eq(invitations.email, email), isOpen));
		const [made] = await tx
			.insert(invitations)
			.values({ email, ...place, tokenHash: sha256(token), invitedBy: scope.userId, expiresAt: sevenDays })
			.returning();
		await record(tx, scope, { event: 'member.invited', subject: made!.id, details: { email, ...place } });
		return { invitation: made!, names: await namesOf(tx, scope) };
	});
	return send(scope, token, invitation, names);
});

/** Sends a new mail with a new link, for another seven days; the old link stops working. */
export const resendInvitation = command(ResendInvitation, async (scope, { invitationId: id }) => {
	await mayMail(scope);
	const token = randomToken();
	const { invitation, names } = await scope.tx(async (tx) => {
		const [changed] = await tx
			.update(invitations)
			.set({ tokenHash: sha256(token), expiresAt: sevenDays })
			.where(and(eq(invitations.id, id), isOpen))
			.returning();
		if (!changed) throw new AppError('not_found', 'This invitation was answered or taken back meanwhile.');
		await record(tx, scope, { event: 'member.invited_again', subject: id, details: { email: changed.email } });
		return { invitation: changed, names: await namesOf(tx, scope) };
	});
	return send(scope, token, invitation, names);
});

/** Takes an invitation back; its link stops working at once. */
export const revokeInvitation = command(RevokeInvitation, (scope, { invitationId: id }) =>
	scope.tx(async (tx) => {
		const [gone] = await tx
			.update(invitations)
			.set({ revokedAt: sql`now()` })
			.where(and(eq(invitations.id, id), isOpen))
			.returning();
		if (!gone) throw new AppError('not_found', 'This invitation was answered or taken back already.');
		await record(tx, scope, { event: 'invitation.revoked', subject: id, details: { email: gone.email } });
	})
);
