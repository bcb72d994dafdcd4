import { type SQL, sql } from 'drizzle-orm';
import {
	type PgColumnBuilderBase,
	type PgTableExtraConfigValue,
	foreignKey,
	pgPolicy,
	pgRole,
	pgTable,
	primaryKey,
	timestamp,
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
	/** The column that names the project, for members who may only see some of them. */
	project?: 'project_id' | 'id';
	/** The column that must be the acting person in a new row: nobody rates in another's name. */
	actor?: 'person_id' | 'person_id or the system';
};

/**
 * The only form a policy has: columns against settings of the transaction. `(select …)` makes each setting an InitPlan,
 * computed once per statement (100 × faster than a membership subquery); `nullif`, because
 * on a pooled connection the setting is '' after the first transaction, not null.
 */
const ownTeam = (column: string) => `${column} = (select nullif(current_setting('app.team_id', true), '')::uuid)`;
const ownProject = (column?: string) =>
	column ? ` and ((select app_all_projects()) or ${column} = any ((select app_project_ids())::uuid[]))` : '';
const withRole = (roles: Role[]) =>
	roles.length === 0
		? ' and false'
		: ` and (select current_setting('app.role', true)) in (${roles.map((role) => `'${role}'`).join(', ')})`;
const actingPerson = `(select nullif(current_setting('app.user_id', true), '')::uuid)`;
const asActor = (actor: Rights['actor']) =>
	!actor ? '' : ` and person_id ${actor === 'person_id' ? '=' : 'is not distinct from'} ${actingPerson}`;

/** The four policies of one table, one for each command. */
export const policies = (table: string, rights: Rights, team = 'team_id') => {
	const rows = (roles: Role[]): SQL => sql.raw(ownTeam(team) + ownProject(rights.project) + withRole(roles));
	return [
		pgPolicy(`${table}_read`, { for: 'select', to: app, using: rows(rights.read ?? everyone) }),
		pgPolicy(`${table}_add`, {
			for: 'insert',
			to: app,
			withCheck: sql.raw(ownTeam(team) + ownProject(rights.project) + withRole(rights.add) + asActor(rights.actor))
		}),
		pgPolicy(`${table}_change`, { for: 'update', to: app, using: rows(rights.change), withCheck: rows(rights.change) }),
		pgPolicy(`${table}_remove`, { for: 'delete', to: app, using: rows(rights.remove) })
	];
};

const currentTeam = sql`nullif(current_setting('app.team_id', true), '')::uuid`;

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
		(table) => [primaryKey({ columns: [table.teamId, table.id] }), ...extras(table), ...policies(name, rights)]
	).enableRLS();

/** A reference to another row of the same team: `(team_id, column)` → `(team_id, id)`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export const inTeam = (table: any, column: any, parent: any, onDelete: 'cascade' | 'no action' = 'cascade') =>
	foreignKey({ columns: [table.teamId, column], foreignColumns: [parent.teamId, parent.id] }).onDelete(onDelete);
