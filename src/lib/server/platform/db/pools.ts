import { drizzle } from 'drizzle-orm/postgres-js';
import type postgres from 'postgres';
import { config } from '../config.ts';
import { type TimeoutKind, settingTimeouts } from './timeouts.ts';
import { type Pool, openPool } from './pool.ts';
import { inShares } from './shares.ts';
import { inTransaction } from './transaction.ts';

type Pools = { team?: Pool; shares?: ReturnType<typeof inShares>; plain?: Pool; sql?: Plain };

// Vite runs this module again after an edit; the connections must not be opened again with it.
const pools = ((globalThis as { aitelierPools?: Pools }).aitelierPools ??= {});

/**
 * A process has fifteen connections at most: these eleven, one that listens, and three of the queue's (jobs/queue.ts). A server of a hundred
 * connections serves six without a pooler.
 */
export const poolSizes = { team: 8, plain: 3 };
/** Of the eight, one team has so many at most: others find two, whatever it waits for. */
const teamShare = 6;

const open = (max: number) =>
	openPool(config().appDatabaseUrl, max, { onnotice: () => {}, connection: { application_name: 'aitelier' } });

/** drizzle reads times and JSON itself, and tells the driver so in its options. */
const readByDrizzle = (pool: Pool): Pool => {
	drizzle(pool.sql as postgres.Sql);
	return pool;
};

const team = () => (pools.team ??= readByDrizzle(open(poolSizes.team)));

/** Behind `scope.tx`: a team's share of the connections. Raw SQL that wants a Date has its own pool below. */
export const teamPool = (id: string) => (pools.shares ??= inShares(team(), teamShare))(id);

const plain = () => (pools.plain ??= open(poolSizes.plain));

export type Plain = postgres.ISql & {
	/** Several queries in one transaction, or what takes longer than a page may. `last`: nothing comes behind what was just sent. */
	begin<T>(work: (sql: postgres.ReservedSql, last: () => void) => Promise<T>, kind?: TimeoutKind): Promise<T>;
};

/** For identity and NOTIFY: sees no team's rows. */
export const plainPool = (): Plain =>
	(pools.sql ??= Object.assign(plain().sql, {
		begin: <T>(work: (sql: postgres.ReservedSql, last: () => void) => Promise<T>, kind?: TimeoutKind) =>
			inTransaction(plain(), (sql) => (kind ? [settingTimeouts(sql, kind)] : []), work)
	}) as Plain);

/** Waits for running queries, at most `timeoutSeconds`. */
export const closePools = async (timeoutSeconds = 5) => {
	const { team, plain } = pools;
	delete pools.team;
	delete pools.shares;
	delete pools.plain;
	delete pools.sql;
	await Promise.all([team?.close(timeoutSeconds), plain?.close(timeoutSeconds)]);
};
