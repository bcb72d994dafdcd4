import postgres from 'postgres';
import { config } from '../config.ts';
import { promptSocket } from './prompt-socket.ts';

type Pools = { team?: postgres.Sql; plain?: postgres.Sql };

// Vite runs this module again after an edit; the connections must not be opened again with it.
const pools = ((globalThis as { aitelierPools?: Pools }).aitelierPools ??= {});

const connect = (max: number) =>
	postgres(config().appDatabaseUrl, {
		...promptSocket(),
		max,
		onnotice: () => {},
		connection: { application_name: 'aitelier', statement_timeout: 120_000, lock_timeout: 10_000 }
	});

/** Behind `scope.tx`. drizzle changes the client it is given, so that raw SQL has its own below. */
export const teamPool = () => (pools.team ??= connect(12));

/** For identity, NOTIFY and LISTEN: sees no team's rows. */
export const plainPool = () => (pools.plain ??= connect(6));

/** Waits for running queries, at most `timeoutSeconds`. */
export const closePools = async (timeoutSeconds = 5) => {
	await Promise.all([pools.team?.end({ timeout: timeoutSeconds }), pools.plain?.end({ timeout: timeoutSeconds })]);
	delete pools.team;
	delete pools.plain;
};
