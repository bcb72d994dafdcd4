import { drizzle } from 'drizzle-orm/postgres-js';
import type { ReservedSql } from 'postgres';
import type { Role } from '../../core/permissions.ts';
import { teamPool } from '../platform/db/pools.ts';
import { afterCommit, type Announcement } from '../events/relay.ts';

type Who = {
	teamId: string;
	/** null: the system itself, when a job runs. */
	userId: string | null;
	role: Role;
	projectIds: 'all' | string[];
};

/** Who is acting, for which team, in which projects. The first argument of every use case. */
export type Scope = Who & {
	/**
	 * One transaction that sees this team and nothing else. Commits what `work` did, or nothing of it.
	 * Never call a provider or send mail inside: the connection is held meanwhile.
	 */
	tx: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>;
};

const database = (client: ReservedSql) => drizzle(client, { casing: 'snake_case' });

/** The door's inside: drizzle on one reserved connection; `$client` is the same connection for raw SQL and COPY. */
export type Tx = ReturnType<typeof database> & {
	/** What pages hear of after the commit (realtime/announce.ts). */
	announcements: Announcement[];
	teamId: string;
};

/**
 * A reserved connection as drizzle wants it: with its pool's `options`, and with prepared statements, since drizzle asks for
 * none and each query would be parsed and planned anew.
 */
const forDrizzle = (client: ReservedSql): ReservedSql =>
	new Proxy(client, {
		get: (target, name) => {
			if (name === 'options') return teamPool().options;
			if (name === 'unsafe')
				return (text: string, values: never[] = []) => target.unsafe(text, values, { prepare: true });
			return Reflect.get(target, name, target);
		}
	});

/**
 * Makes a scope. Only hooks, the worker, the demo seed and tests may: everybody else is handed one.
 *
 * The settings live as long as the transaction (`true`): the connection goes back to the pool without a team. Begin and
 * settings are sent without waiting, in one packet with the first query; if they fail, that query sees no rows.
 */
export const scopeFor = (who: Who): Scope => ({
	...who,
	tx: async (work) => {
		const client = await teamPool().reserve();
		try {
			const opened = Promise.all([
				client`begin`,
				client`select
					set_config('app.team_id', ${who.teamId}, true),
					set_config('app.user_id', ${who.userId ?? ''}, true),
					set_config('app.role', ${who.role}, true),
					set_config('app.project_ids', ${String(who.projectIds)}, true)`
			]);
			opened.catch(() => {}); // awaited below; a failing query must not leave it unhandled
			const tx = Object.assign(database(forDrizzle(client)), {
				announcements: [] as Announcement[],
				teamId: who.teamId
			});
			try {
				const result = await work(tx);
				await opened;
				await client`commit`;
				afterCommit(who.teamId, tx.announcements);
				return result;
			} catch (problem) {
				await client`rollback`.catch(() => {}); // the connection is gone: so is the transaction
				throw problem;
			}
		} finally {
			client.release();
		}
	}
});
