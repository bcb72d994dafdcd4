import { and, asc, desc, eq, gt, isNull, or, sql } from 'drizzle-orm';
import { GetMe, ListKeys } from '../../contract/keys.ts';
import { keyState, mostKeys } from '../../core/keys/rules.ts';
import { membersWithAddress, named } from '../access/named.ts';
import { query } from '../access/operation.ts';
import { apiKeys, teams } from '../platform/db/schema.ts';

/** Until a month after its end: long enough to find out what has stopped. */
const lately = and(
	gt(apiKeys.expiresAt, sql`now() - interval '30 days'`),
	or(isNull(apiKeys.revokedAt), gt(apiKeys.revokedAt, sql`now() - interval '30 days'`))
);

const isOver = sql`(${apiKeys.revokedAt} is not null or ${apiKeys.expiresAt} <= now())`;

/** Of those that are over, so many are shown. Those that work are few: the database holds that (drizzle/functions/most.sql). */
const mostOver = 100;

/** The keys of the team, the newest first. */
export const listKeys = query(ListKeys, async (scope) => {
	const rows = await scope.tx((tx) =>
		tx
			.select({
				id: apiKeys.id,
				name: apiKeys.name,
				role: apiKeys.role,
				projectIds: apiKeys.projectIds,
				hint: apiKeys.hint,
				createdAt: apiKeys.createdAt,
				createdBy: named.name,
				expiresAt: apiKeys.expiresAt,
				revokedAt: apiKeys.revokedAt,
				rolledAt: apiKeys.rolledAt,
				lastUsedAt: apiKeys.lastUsedAt,
				lastUsedFrom: apiKeys.lastUsedFrom
			})
			.from(apiKeys)
			.leftJoin(membersWithAddress, eq(named.id, apiKeys.createdBy))
			.where(lately)
			.orderBy(asc(isOver), desc(apiKeys.createdAt), desc(apiKeys.id))
			.limit(mostKeys + mostOver)
	);
	const now = new Date();
	const newestFirst = rows.toSorted((one, two) => two.createdAt.getTime() - one.createdAt.getTime());
	return newestFirst.map(({ revokedAt, rolledAt, ...key }) => ({
		...key,
		state: keyState({ revokedAt, rolledAt, expiresAt: key.expiresAt }, now)
	}));
});

/** Which team whoever asks is in, as what. */
export const getMe = query(GetMe, async (scope) => {
	const { role, projectIds, key } = scope;
	const [team] = await scope.tx((tx) => tx.select({ id: teams.id, slug: teams.slug, name: teams.name }).from(teams));
	return {
		team: team!,
		role,
		projectIds: projectIds === 'all' ? null : projectIds,
		key: key ?? null
	};
});
