import { and, eq, inArray, isNull } from 'drizzle-orm';
import type { Role } from '../../core/permissions.ts';
import { AppError } from '../../core/errors.ts';
import { membersWithAddress, named } from '../access/named.ts';
import type { Tx } from '../access/scope.ts';
import { invitations, members, projects } from '../platform/db/schema.ts';

/** What somebody is in a team; `null` is every project. */
export type Place = { role: Role; projectIds: string[] | null };

/** Invitations that wait for an answer; the expired ones too, so that they can be sent again. */
export const isOpen = and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt));

/** A step: the place as it may be kept. An owner is never limited, since somebody has to see everything; nor is whoever is limited to nothing. */
export const placeOf = async (tx: Tx, { role, projectIds }: Place): Promise<Place> => {
	const wanted = [...new Set(projectIds)];
	if (role === 'owner' || wanted.length === 0) return { role, projectIds: null };
	const known = await tx.select({ id: projects.id }).from(projects).where(inArray(projects.id, wanted));
	if (known.length < wanted.length) throw new AppError('invalid', 'One of the projects does not exist', 'projectIds');
	return { role, projectIds: wanted };
};

/** A step: a member with their address. Throws *not found*. */
export const memberOf = async (tx: Tx, personId: string) => {
	const [member] = await tx
		.select({ role: members.role, projectIds: members.projectIds, email: named.email })
		.from(members)
		.innerJoin(membersWithAddress, eq(named.id, members.personId))
		.where(eq(members.personId, personId));
	if (!member) throw new AppError('not_found', 'This person is not in the team.');
	return member;
};
