import { PgDialect } from 'drizzle-orm/pg-core';
import { PostgresJsDatabase, PostgresJsSession } from 'drizzle-orm/postgres-js';
import type { ReservedSql } from 'postgres';
import { type Field, rowReader } from './rows.ts';

// one for all: it keeps the column names that it has made of ours
const dialect = new PgDialect({ casing: 'snake_case' });

type Preparing = Parameters<PostgresJsSession<never, never, never>['prepareQuery']>;

/** drizzle's, with a reading of rows of our own wherever drizzle would do it field by field. */
class Session extends PostgresJsSession<ReservedSql, Record<string, never>, Record<string, never>> {
	override prepareQuery(...[query, fields, name, inArrays, readRows, ...more]: Preparing) {
		const read = readRows ?? (fields && rowReader(fields as Field[]));
		return super.prepareQuery(query, fields, name, inArrays, read as typeof readRows, ...more) as never;
	}
}

const openOn = (client: ReservedSql) =>
	new PostgresJsDatabase<Record<string, never>>(dialect, new Session(client, dialect, undefined), undefined);

/**
 * What drizzle has of a connection: it sends statements, always prepared. It asks for none, and each would be parsed and planned
 * anew.
 */
const sending = (client: ReservedSql) => {
	let isOver = false;
	return {
		unsafe: (text: string, values: never[] = []) => {
			// the driver would answer nobody
			if (values.includes(undefined as never)) throw new Error(`A value is missing for ${text}`);
			if (isOver) throw new Error('Asked after the commit was sent: this transaction is over.');
			return client.unsafe(text, values, { prepare: true });
		},
		end: () => {
			isOver = true;
		}
	};
};

/** drizzle on one reserved connection; `$client` is the same connection for raw SQL and COPY. The pool has been told (pools.ts). */
export const drizzleOn = (client: ReservedSql) => {
	const sends = sending(client);
	return Object.assign(openOn(sends as unknown as ReservedSql), { $client: client, sends });
};

type Prepared<T> = { execute(values?: Record<string, unknown>): Promise<T> };

/** Never asked anything: its queries are only made. */
const maker = openOn(undefined as never);

/**
 * A query that is made once, for what every request asks: making it takes drizzle longer than the database needs to answer it.
 * `make` ends in `.prepare('…')` and has `sql.placeholder('name')` where `values` come in. It is sent by the call, so that several
 * that do not wait for each other leave in one packet, in the order of their calls.
 */
export const prepared = <T>(make: (db: typeof maker) => Prepared<T>) => {
	let query: Prepared<T> | undefined;
	return ({ sends }: Pick<ReturnType<typeof drizzleOn>, 'sends'>, values: Record<string, unknown>): Promise<T> => {
		query ??= make(maker);
		const here = Object.create(query, { client: { value: sends } }) as Prepared<T>;
		return here.execute(values);
	};
};
