// Personal tokens: keys that act as their person in one team, with what the person is there at the moment.
import { EndToken, ListTokens } from '../../contract/tokens.ts';
import { AppError } from '../../core/errors.ts';
import { linkEntries } from '../events/relay.ts';
import { type Entrance, enterBy } from './entrance.ts';
import { command, query } from './operation.ts';
import { ownDeed } from './own-deed.ts';
import { asking } from './own-look.ts';
import { scopeFor } from './scope.ts';

/** Personal tokens. The scope is the person's. */
export const byToken: Entrance = {
	kind: 'pt',
	bucketOf: (row) => `personal-token:${row.token_id}`,
	act: (sql, { hash, projectSlug, address }) =>
		sql`select token_id, person_id, team_id, slug, team_name, role, project_ids, project::text from act_with_token(${hash}, ${projectSlug}, ${address})`,
	enter: (sql, { hash, projectSlug, address }, { most, perSeconds }) =>
		sql`select token_id, person_id, team_id, slug, team_name, role, project_ids, project::text, remaining, wait from enter_with_token(${hash}, ${projectSlug}, ${address}, ${most}, ${perSeconds})`,
	scopeOf: (row, request, entering) =>
		scopeFor({
			teamId: row.team_id,
			userId: row.person_id,
			authority: { personId: row.person_id, tokenId: row.token_id },
			role: row.role,
			projectIds: row.project_ids ?? 'all',
			request,
			entering
		})
};

export const enterWithToken = enterBy(byToken);

/** The person's tokens that work, in all their teams, the newest first. */
export const listTokens = query(ListTokens, async (self) => {
	const rows = await asking(self)`select * from tokens_of(${self.person.id})`;
	return rows.map((row) => ({
		id: row.id as string,
		name: row.name as string,
		hint: row.hint as string,
		team: { slug: row.slug as string, name: row.team as string },
		createdAt: row.created_at as Date,
		expiresAt: row.expires_at as Date,
		lastUsedAt: row.last_used_at as Date | null,
		lastUsedFrom: row.last_used_from as string | null
	}));
});

/** Ends one of the person's tokens at once: a change that it is in the middle of is finished first. Throws *not found*. */
export const endToken = command(EndToken, async (self, { tokenId }) => {
	const { person, request } = self;
	const [row] = await ownDeed(
		self,
		(sql) =>
			sql`select end_token(${tokenId}, ${person.id}, ${request?.id ?? null}, ${request?.address ?? null}) as team`,
		'first'
	);
	if (!row!.team) throw new AppError('not_found', 'There is no such token, or it has ended already.');
	linkEntries(row!.team);
});
