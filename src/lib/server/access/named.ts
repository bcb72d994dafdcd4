import { sql } from 'drizzle-orm';

// Persons whom the pages of a team name. Whoever serves has nothing of the table of persons: a query joins what a function of the
// database says (drizzle/functions/names.sql), on `named.id`.

/** The members of the team with their addresses; for owners. */
export const membersWithAddress = sql`members_with_address() as named`;
/** Who has voted in an evaluation, also when they have left. */
export const votersIn = (evaluationId: string) => sql`names_of_voters(${evaluationId}) as named`;

/** Who has done these things of a project's activity, by their places in it, also when they have left. */
export const doersIn = (projectId: string, places: number[]) =>
	sql`names_of_doers_in(${projectId}, ${sql.param(places)}::bigint[]) as named`;

/** Who has done what these entries of the audit log say, also when they have left; for owners. */
export const auditedBy = (entryIds: string[]) => sql`names_of_audited(${sql.param(entryIds)}::uuid[]) as named`;

/** The columns of a join with one of them; only the members have an address. */
export const named = { id: sql<string>`named.id`, name: sql<string>`named.name`, email: sql<string>`named.email` };
