import { eq, sql } from 'drizzle-orm';
import { ChangeRole, DeleteTeam, LeaveTeam, RemoveMember } from '../../contract/team.ts';
import { goneAt } from '../../core/account/grace.ts';
import { AppError } from '../../core/errors.ts';
import { to } from '../../paths.ts';
import { membersWithAddress, named } from '../access/named.ts';
import { command } from '../access/operation.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { config } from '../platform/config.ts';
import { members, teams } from '../platform/db/schema.ts';
import { teamDeletedMail } from '../platform/mail/messages.ts';
import { tryMail } from '../platform/mail/send.ts';
import { memberOf, placeOf } from './rows.ts';

const codeOf = (problem: unknown) => (problem as { cause?: { code?: string } }).cause?.code;
const [aTeamNeedsAnOwner, deadlock] = ['AI005', '40P01'];

/**
 * Two owners who step down at once must not both be let go: changes of who is in a team wait for each other. The
 * database's own guard (AI005) then sees the truth, and its refusal becomes a sentence.
 */
const changeMembers = async <T>(scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> => {
	try {
		return await scope.tx(async (tx) => {
			await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${scope.teamId}, 5))`);
			return work(tx);
		});
	} catch (problem) {
		// each of two who remove each other holds the other up: one of them goes first
		if (codeOf(problem) === deadlock)
			throw new AppError('conflict', 'Somebody else is changing the members just now. Look, and try again.');
		if (codeOf(problem) !== aTeamNeedsAnOwner) throw problem;
		throw new AppError('conflict', 'A team needs an owner. Make somebody else an owner first.');
	}
};

/** Gives a member another role or other projects; it holds from their next request on. */
export const changeRole = command(ChangeRole, (scope, { personId, ...place }) =>
	changeMembers(scope, async (tx) => {
		const { email, ...before } = await memberOf(tx, personId);
		const after = await placeOf(tx, place);
		await tx.update(members).set(after).where(eq(members.personId, personId));
		await record(tx, scope, { event: 'member.role_changed', subject: personId, details: { email, before, after } });
	})
);

/** Takes somebody out of the team. What they did stays; their pages stop within seconds. */
export const removeMember = command(RemoveMember, (scope, { personId }) =>
	changeMembers(scope, async (tx) => {
		const { email, role } = await memberOf(tx, personId);
		await tx.delete(members).where(eq(members.personId, personId));
		await record(tx, scope, { event: 'member.removed', subject: personId, details: { email, role } });
	})
);

/** Leaves the team, which everybody may but its last owner. */
export const leaveTeam = command(LeaveTeam, (scope) =>
	changeMembers(scope, async (tx) => {
		// written down first: afterwards the acting person is nobody here
		await record(tx, scope, { event: 'member.left', subject: scope.userId!, details: { role: scope.role } });
		const [row] = await tx.execute<{ left: boolean }>(sql`select leave_team() as left`);
		if (!row?.left) throw new AppError('not_found', 'You are not in this team any more.');
	})
);

/**
 * Closes the team at once, for everybody and for its keys; an owner may bring it back within a week. The owners have a mail of it. Throws
 * *invalid* under `confirm`.
 */
export const deleteTeam = command(DeleteTeam, async (scope, { confirm }) => {
	const { team, owners, gone } = await scope.tx(async (tx) => {
		const [team] = await tx.select().from(teams).for('update');
		if (confirm !== team!.name.trim())
			throw new AppError('invalid', `This is not the name of the team. It is ${team!.name}.`, 'confirm');
		const owners = await tx
			.select({ id: named.id, name: named.name, email: named.email })
			.from(members)
			.innerJoin(membersWithAddress, eq(named.id, members.personId))
			.where(eq(members.role, 'owner'));
		await record(tx, scope, { event: 'team.deleted', subject: scope.teamId, details: { name: team!.name } });
		const [marked] = await tx
			.update(teams)
			.set({ deletedAt: sql`now()` })
			.returning({ at: teams.deletedAt });
		return { team: team!, owners, gone: goneAt(marked!.at!) };
	});
	const by = owners.find(({ id }) => id === scope.userId)?.name ?? 'An owner';
	const link = config().origin + to.deletedTeams();
	await Promise.all(
		owners.map(({ email }) => tryMail(teamDeletedMail({ to: email, team: team.name, by, goneAt: gone, link })))
	);
	return { goneAt: gone };
});
