import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { type Role, authorize } from '../../core/permissions.ts';
import { audit } from '../events/legacy.ts';
import { invitations, members, people, projects } from '../platform/db/schema.ts';
import type { Scope, Tx } from '../access/scope.ts';

export type Member = {
	personId: string;
	name: string;
	email: string;
	role: Role;
	projectIds: string[] | null;
	joinedAt: Date;
};
export type PendingInvitation = {
	id: string;
	email: string;
	role: Role;
	projectIds: string[] | null;
	expiresAt: Date;
	expired: boolean;
};
/** What somebody is in a team; `null` is every project. */
export type Place = { role: Role; projectIds: string[] | null };

/** Invitations that wait for an answer; the expired ones too, so that they can be sent again. */
export const isOpen = and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt));

/** The people of the team, the oldest membership first, and whoever has not answered an invitation yet. */
export const listMembers = async (scope: Scope): Promise<{ members: Member[]; invitations: PendingInvitation[] }> => {
	authorize(scope, 'members:see');
	return scope.tx(async (tx) => ({
		members: await tx
			.select({
				personId: people.id,
				name: people.name,
				email: people.email,
				role: members.role,
				projectIds: members.projectIds,
				joinedAt: members.createdAt
			})
			.from(members)
			.innerJoin(people, eq(people.id, members.personId))
			.orderBy(members.createdAt, people.email),
		invitations: await tx
			.select({
				id: invitations.id,
				email: invitations.email,
				role: invitations.role,
				projectIds: invitations.projectIds,
				expiresAt: invitations.expiresAt,
				expired: sql<boolean>`${invitations.expiresAt} < now()`
			})
			.from(invitations)
			.where(isOpen)
			.orderBy(desc(invitations.createdAt))
	}));
};

/** A step: the place as it may be kept. An owner is never limited, since somebody has to see everything. */
export const placeOf = async (tx: Tx, { role, projectIds }: Place): Promise<Place> => {
	if (role === 'owner' || projectIds === null) return { role, projectIds: null };
	const known = await tx.select({ id: projects.id }).from(projects).where(inArray(projects.id, projectIds));
	if (known.length < projectIds.length)
		throw new AppError('invalid', 'One of the projects does not exist', 'projectIds');
	return { role, projectIds };
};

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

const memberOf = async (tx: Tx, personId: string) => {
	const [member] = await tx
		.select({ role: members.role, projectIds: members.projectIds, email: people.email })
		.from(members)
		.innerJoin(people, eq(people.id, members.personId))
		.where(eq(members.personId, personId));
	if (!member) throw new AppError('not_found', 'This person is not in the team.');
	return member;
};

/** Gives a member another role or other projects; it holds from their next request on. */
export const changeRole = async (scope: Scope, personId: string, input: Place): Promise<void> => {
	authorize(scope, 'members:edit');
	await changeMembers(scope, async (tx) => {
		const { email, ...before } = await memberOf(tx, personId);
		const after = await placeOf(tx, input);
		await tx.update(members).set(after).where(eq(members.personId, personId));
		await audit(tx, scope, 'member.role_changed', personId, { email, before, after });
	});
};

/** Takes somebody out of the team. What they did stays; their pages stop within seconds. */
export const removeMember = async (scope: Scope, personId: string): Promise<void> => {
	authorize(scope, 'members:edit');
	await changeMembers(scope, async (tx) => {
		const { email, role } = await memberOf(tx, personId);
		await tx.delete(members).where(eq(members.personId, personId));
		await audit(tx, scope, 'member.removed', personId, { email, role });
	});
};

/** Leaves the team, which everybody may but its last owner. */
export const leaveTeam = async (scope: Scope): Promise<void> => {
	authorize(scope, 'team:see');
	await changeMembers(scope, async (tx) => {
		await audit(tx, scope, 'member.left', scope.userId!, { role: scope.role });
		const [row] = await tx.execute<{ left: boolean }>(sql`select leave_team() as left`);
		if (!row?.left) throw new AppError('not_found', 'You are not in this team any more.');
	});
};
