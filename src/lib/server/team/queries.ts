import { desc, eq, sql } from 'drizzle-orm';
import { ListMembers } from '../../contract/team.ts';
import { membersWithAddress, named } from '../access/named.ts';
import { query } from '../access/operation.ts';
import { invitations, members } from '../platform/db/schema.ts';
import { isOpen } from './rows.ts';

/** The people of the team, the oldest membership first, and whoever has not answered an invitation yet. */
export const listMembers = query(ListMembers, (scope) =>
	scope.tx(async (tx) => ({
		members: await tx
			.select({
				personId: members.personId,
				name: named.name,
				email: named.email,
				role: members.role,
				projectIds: members.projectIds,
				joinedAt: members.createdAt
			})
			.from(members)
			.innerJoin(membersWithAddress, eq(named.id, members.personId))
			.orderBy(members.createdAt, named.email),
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
	}))
);
