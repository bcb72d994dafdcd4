import { type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';

/**
 * `inArray` for a list of any length: one statement for all of them. With a place for each value the database and the pooler would keep, and
 * plan, one for every length.
 */
export const among = <T>(column: AnyPgColumn<{ data: T }>, values: Iterable<NoInfer<T>>): SQL =>
	sql`${column} = any (${sql.param([...values])})`;

/**
 * The same of ids in a large table, each looked up by its key: for a thousand at once the planner would read the whole team, which it takes for
 * small. A list that is worked out beforehand it takes for ten.
 */
export const eachOf = (column: AnyPgColumn<{ data: string }>, ids: readonly string[]): SQL =>
	sql`${column} = any (array(select unnest(${sql.param([...ids])}::uuid[])))`;
