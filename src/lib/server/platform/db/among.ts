import { type SQL, sql } from 'drizzle-orm';
import type { AnyPgColumn } from 'drizzle-orm/pg-core';

/**
 * `inArray` for a list of any length: one statement for all of them. With a place for each value the database and the pooler would keep, and
 * plan, one for every length.
 */
export const among = <T>(column: AnyPgColumn<{ data: T }>, values: Iterable<NoInfer<T>>): SQL =>
	sql`${column} = any (${sql.param([...values])})`;
