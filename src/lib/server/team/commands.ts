import { eq, sql } from 'drizzle-orm';
import { ChangeRole, LeaveTeam, RemoveMember } from '../../contract/team.ts';
import { AppError } from '../../core/errors.ts';
import { command } from '../access/operation.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { members } from '../platform/db/schema.ts';
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
