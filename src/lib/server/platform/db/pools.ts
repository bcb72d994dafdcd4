import { drizzle } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { config } from '../config.ts';
import { type Pool, openPool } from './pool.ts';
import { inTransaction } from './transaction.ts';

type Pools = { team?: Pool; plain?: Pool; sql?: Plain };

// Vite runs this module again after an edit; the connections must not be opened again with it.
const pools = ((globalThis as { aitelierPools?: Pools }).aitelierPools ??= {});

const open = (max: number) =>
	openPool(config().appDatabaseUrl, max, {
		onnotice: () => {},
		connection: { application_name: 'aitelier', statement_timeout: 120_000, lock_timeout: 10_000 }
	});

/** drizzle reads times and JSON itself, and tells the driver so in its options. */
const readByDrizzle = (pool: Pool): Pool => {
	drizzle(pool.sql as postgres.Sql);
	return pool;
};

/** Behind `scope.tx`. Raw SQL that wants a Date has its own pool below. */
export const teamPool = () => (pools.team ??= readByDrizzle(open(12)));

const plain = () => (pools.plain ??= open(6));

export type Plain = postgres.ISql & {
	/** Several queries in one transaction. */
	begin<T>(work: (sql: postgres.ReservedSql) => Promise<T>): Promise<T>;
};

/** For identity and NOTIFY: sees no team's rows. */
export const plainPool = (): Plain =>
	(pools.sql ??= Object.assign(plain().sql, {
		begin: <T>(work: (sql: postgres.ReservedSql) => Promise<T>) => inTransaction(plain(), () => [], work)
	}) as Plain);

/** Waits for running queries, at most `timeoutSeconds`. */
export const closePools = async (timeoutSeconds = 5) => {
	const { team, plain } = pools;
	delete pools.team;
	delete pools.plain;
	delete pools.sql;
	await Promise.all([team?.close(timeoutSeconds), plain?.close(timeoutSeconds)]);
};
