import { type SQL, sql } from 'drizzle-orm';
import {
	type PgColumnBuilderBase,
	type PgTableExtraConfigValue,
	check,
	foreignKey,
	pgPolicy,
	pgRole,
	pgTable,
	primaryKey,
	timestamp,
	unique,
	uuid
} from 'drizzle-orm/pg-core';
import type { Role } from '../../../core/permissions.ts';

/** The role the server works as: no superuser, no BYPASSRLS, owns nothing (drizzle/roles.sql). */
export const app = pgRole('app').existing();

const everyone: Role[] = ['owner', 'trainer', 'rater'];

/** Who may do what with the rows of their team. `[]` is nobody: append-only tables say so for update and remove. */
export type Rights = {
	read?: Role[];
	add: Role[];
	change: Role[];
	remove: Role[];
	/** The column that names the project, for members who may only see some of them; of several they see all, or not the row. */
	project?: 'project_id' | 'id' | 'project_ids';
	/** A row that was deleted does not exist for whoever serves: only functions bring it back (functions/project-ends.sql). */
	living?: true;
	/** Rows of no name, which nothing refers to: without a key they cost an index less each. */
	unnamed?: true;
	/** What the keys of its children repeat besides team and id, so that a child cannot name one place and hang on another. */
	carries?: string[];
	/**
	 * What of a new row must be whoever acts. `voter`: the person, or the key as a script, with the id of either in `person_id`:
	 * nobody rates in another's name, and neither as the other. `nobody`: what the product does by itself while somebody acts.
	 */
	actor?: 'voter' | 'person_id, a key or the system' | 'person_id, a key or nobody';
};

/**
 * The only form a policy has: columns against settings of the transaction. `(select …)` makes each setting an InitPlan,
 * computed once per statement (100 × faster than a membership subquery); `nullif`, because
 * on a pooled connection the setting is '' after the first transaction, not null.
 */
const actingTeam = `nullif(current_setting('app.team_id', true), '')::uuid`;
/**
 * Whoever has another role acts for no team. The role is asked inside the setting: as a clause of its own, which is always true for
 * members, the planner would believe that it filters, and expect half of the rows or one.
 */
const ownTeam = (column: string, roles: Role[]) => {
	if (roles.length === 0) return `${column} = (select ${actingTeam})`;
	const named = roles.map((role) => `'${role}'`).join(', ');
	return `${column} = (select case when current_setting('app.role', true) in (${named}) then ${actingTeam} end)`;
};
const ownProject = (column?: string) => {
	if (!column) return '';
	const own = `(select app_project_ids())::uuid[]`;
	const isOwn = column === 'project_ids' ? `${column} <@ ${own}` : `${column} = any (${own})`;
	return ` and ((select app_all_projects()) or ${isOwn})`;
};
const actingPerson = `(select nullif(current_setting('app.user_id', true), '')::uuid)`;
const actingKey = `(select nullif(current_setting('app.key_id', true), '')::uuid)`;
const actingVoter = `(select coalesce(nullif(current_setting('app.key_id', true), ''), nullif(current_setting('app.user_id', true), ''))::uuid)`;
/** Whoever acts with a key is a script, whoever it belongs to. */
export const actingAs = `case when nullif(current_setting('app.key_id', true), '') is null then 'person' else 'script' end`;
const asActor = (actor: Rights['actor']) => {
	if (!actor) return '';
	if (actor === 'voter') return ` and voter = (select ${actingAs}) and person_id = ${actingVoter}`;
	const isActing = `person_id is not distinct from ${actingPerson} and key_id is not distinct from ${actingKey}`;
	return actor === 'person_id, a key or nobody'
		? ` and (coalesce(person_id, key_id) is null or (${isActing}))`
		: ` and ${isActing}`;
};

/** The four policies of one table, one for each command. */
export const policies = (table: string, rights: Rights, team = 'team_id') => {
	const living = rights.living ? ' and deleted_at is null' : '';
	const own = (roles: Role[], and = '') =>
		sql.raw(
			ownTeam(team, roles) + ownProject(rights.project) + living + (roles.length === 0 ? ' and false' : '') + and
		);
	const rows = (roles: Role[]): SQL => own(roles);
	return [
		pgPolicy(`${table}_read`, { for: 'select', to: app, using: rows(rights.read ?? everyone) }),
		pgPolicy(`${table}_add`, {
			for: 'insert',
			to: app,
			withCheck: own(rights.add, asActor(rights.actor))
		}),
		pgPolicy(`${table}_change`, { for: 'update', to: app, using: rows(rights.change), withCheck: rows(rights.change) }),
		pgPolicy(`${table}_remove`, { for: 'delete', to: app, using: rows(rights.remove) })
	];
};

export const currentTeam = sql`nullif(current_setting('app.team_id', true), '')::uuid`;

/**
 * A table whose rows belong to one team: `id`, `team_id` (the current team by default), `created_at`, row level security
 * for all four commands, and keys that start with the team, because constraint checks see other teams' rows too.
 */
export const teamTable = <Name extends string, Columns extends Record<string, PgColumnBuilderBase>>(
	name: Name,
	columns: Columns,
	rights: Rights,
	// eslint-disable-next-line @typescript-eslint/no-explicit-any -- drizzle's own type for these columns cannot be spelled here
	extras: (table: any) => PgTableExtraConfigValue[] = () => []
) =>
	pgTable(
		name,
		{
			teamId: uuid().notNull().default(currentTeam),
			id: uuid()
				.notNull()
				.default(sql`new_id()`),
			createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
			...columns
		},
		(table) => [
			...(rights.unnamed ? [] : [primaryKey({ columns: [table.teamId, table.id] })]),
			// beside the primary key, not instead of it: an id that may exist twice in a team could be taken by another project
			...(rights.carries
				? [unique(`${name}_place`).on(table.teamId, ...carried(table, rights.carries), table.id)]
				: []),
			...extras(table),
			...policies(name, rights)
		]
	).enableRLS();

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- as above
const carried = (table: any, names: string[]): any[] => names.map((name) => table[name]);

/** A reference to another row of the same team: `(team_id, column)` → `(team_id, id)`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const inTeam = (table: any, column: any, parent: any, onDelete: 'cascade' | 'no action' = 'cascade') =>
	foreignKey({ columns: [table.teamId, column], foreignColumns: [parent.teamId, parent.id] }).onDelete(onDelete);

/**
 * A reference to a row that says more than its team (`carries` of its table): a rating of project 2 cannot name an example of
 * project 1, nor a vote another person's ballot. Row level security does not look at what a key names; this does.
 */
/* eslint-disable @typescript-eslint/no-explicit-any -- as above */
export const inParent = (
	name: string,
	table: any,
	column: any,
	parent: any,
	carries: string[],
	onDelete: 'cascade' | 'no action' = 'cascade'
) =>
	foreignKey({
		name,
		columns: [table.teamId, ...carried(table, carries), column],
		foreignColumns: [parent.teamId, ...carried(parent, carries), parent.id]
	}).onDelete(onDelete);
/* eslint-enable @typescript-eslint/no-explicit-any */

/** A column that holds one of these words, or nothing where it may be empty. */
export const oneOf = (table: string, column: string, words: readonly string[]) =>
	check(`${table}_${column}_known`, sql.raw(`${column} in (${words.map((word) => `'${word}'`).join(', ')})`));

/** A column whose value lies within these bounds, or is empty where it may be. */
export const between = (table: string, column: string, least: number, most: number) =>
	check(`${table}_${column}_range`, sql.raw(`${column} between ${least} and ${most}`));

/** Columns that count something. */
export const counts = (table: string, ...columns: string[]) =>
	check(`${table}_counts`, sql.raw(columns.map((column) => `${column} >= 0`).join(' and ')));
