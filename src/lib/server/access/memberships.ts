import { CreateTeam, ListDeletedTeams, ListTeams, RestoreTeam } from '../../contract/account.ts';
import { goneAt } from '../../core/project/grace.ts';
import { AppError } from '../../core/errors.ts';
import { slugFrom } from '../../core/text/slug-from.ts';
import type { Role } from '../../core/permissions.ts';
import { linkEntries } from '../events/relay.ts';
import { plainPool } from '../platform/db/pools.ts';
import type { ISql, Row } from 'postgres';
import type { projects } from '../platform/db/schema.ts';
import { type Project, type Scope, projectOf } from './scope.ts';
import { within } from './limits.ts';
import { command, query } from './operation.ts';
import { ownDeed } from './own-deed.ts';
import { asking } from './own-look.ts';

/** A team as one of its members enters it. */
export type Membership = { id: string; slug: string; name: string; role: Role; projectIds: 'all' | string[] };

const membershipFrom = (row: Row): Membership => ({
	id: row.team_id,
	slug: row.slug,
	name: row.name,
	role: row.role,
	projectIds: row.project_ids ?? 'all'
});

/** A step: what a person is in which teams, the oldest membership first. */
export const membershipsOf = async (personId: string, sql: ISql = plainPool()): Promise<Membership[]> =>
	(await sql`select * from memberships_of(${personId})`).map(membershipFrom);

/** The teams the person is in, the oldest membership first. */
export const listTeams = query(ListTeams, async (self) =>
	(await membershipsOf(self.person.id, asking(self))).map(({ id, slug, name, role }) => ({ id, slug, name, role }))
);

/** The deleted teams that the person, as an owner, may still bring back, the latest first. */
export const listDeletedTeams = query(ListDeletedTeams, async (self) =>
	(await asking(self)`select * from deleted_teams_of(${self.person.id})`).map(({ id, name, deleted_at }) => ({
		id,
		name,
		goneAt: goneAt(deleted_at)
	}))
);

/** Brings a deleted team back, with all that was in it. Throws *not found* when it is too late, or not theirs to bring back. */
export const restoreTeam = command(RestoreTeam, async (self, { teamId }) => {
	const { person, request } = self;
	const [row] = await ownDeed(
		self,
		(sql) =>
			sql`select restore_team(${teamId}, ${person.id}, ${request?.id ?? null}, ${request?.address ?? null}) as slug`
	);
	if (!row!.slug) throw new AppError('not_found', 'This team is not there to be brought back: its time is over.');
	linkEntries(teamId);
	return { slug: row!.slug as string };
});

/** The place of a request: a team, and one of its projects, by their slugs. */
export type Place = { team: string; project: string | undefined };

/** What somebody finds at a place. `null` where there is nothing, or nothing for them. */
export type Entry = {
	/** All their teams. */
	memberships: Membership[];
	membership: Membership | null;
	project: Project | null;
	/** The place from which live pages go on (events/news.ts). */
	heard: string | null;
};

/** From rows of `enter_team`, and where its snapshot was `heard`. */
export const entryFrom = (rows: Row[], { team }: Place): Entry => {
	const entered = rows.find((row) => row.slug === team);
	return {
		heard: (rows[0]?.heard ?? null) as string | null,
		memberships: rows.map(membershipFrom),
		membership: entered ? membershipFrom(entered) : null,
		project: entered?.project ? projectFrom(entered.project) : null
	};
};

/** A row that came as JSON: names as in the schema, and a time that is one. */
export const projectFrom = (row: Record<string, unknown>): Project => {
	const named = Object.entries(row).map(([name, value]) => [
		name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
		value
	]);
	const project = projectOf(Object.fromEntries(named) as typeof projects.$inferSelect);
	return { ...project, createdAt: new Date(row.created_at as string) };
};

/** Makes a team whose owner is this person, at most ten in an hour. The slug follows the name; a taken one gets a number. */
export const createTeam = command(CreateTeam, async (self, { name }) => {
	const { person, request } = self;
	if (!(await within(`team:${person.id}`, { most: 10, perSeconds: 3600 }))) {
		throw new AppError('rate_limited', 'You have made ten teams within the hour. Wait a while, then go on.');
	}
	const wanted = slugFrom(name, 'team');
	for (let attempt = 1; ; attempt++) {
		const slug = attempt === 1 ? wanted : `${wanted.slice(0, 36)}-${attempt}`;
		try {
			const [row] = await ownDeed(
				self,
				(sql) =>
					sql`select found_team(${person.id}, ${name}, ${slug}, ${request?.id ?? null}, ${request?.address ?? null}) as id`
			);
			if (!row!.id)
				throw new AppError('unauthenticated', 'Your account has just been deleted. Sign in again to keep it.');
			linkEntries(row!.id);
			return { id: row!.id as string, slug, name };
		} catch (problem) {
			if ((problem as { code?: string }).code !== '23505' || attempt === 50) throw problem;
		}
	}
});

/** A session, and the rights with which it has entered a team. */
export type Entered = { session: string } & Pick<Scope, 'teamId' | 'role' | 'projectIds'>;

/**
 * Of each, whether the session is still open and still opens the team with these very rights: one question, which long streams ask all
 * the time (README: rights end at once).
 */
export const stillEnter = async (entered: Entered[]): Promise<boolean[]> => {
	const rows = await plainPool()`
		select asked.place::int, held.role, held.project_ids
		from unnest(${entered.map(({ session }) => session)}::uuid[], ${entered.map(({ teamId }) => teamId)}::uuid[])
			with ordinality as asked(session, team, place)
		cross join lateral rights_of_session(asked.session, asked.team) as held`;
	const held = new Map(rows.map((row) => [row.place - 1, `${row.role} ${String(row.project_ids ?? 'all')}`]));
	return entered.map(({ role, projectIds }, place) => held.get(place) === `${role} ${String(projectIds)}`);
};
