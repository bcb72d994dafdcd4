import { plainPool } from '../db/pools.ts';

type Limit = { most: number; perSeconds: number };

/**
 * Counts one event in the fixed window of this key and says whether it is still within the limit. One statement, so
 * that a hundred at once are counted as a hundred, by however many processes.
 */
export const within = async (key: string, { most, perSeconds }: Limit): Promise<boolean> => {
	const [row] = await plainPool()`
		insert into rate_limits as known (key, count, resets_at)
		values (${key}, 1, now() + ${perSeconds} * interval '1 second')
		on conflict (key) do update set
			count = case when known.resets_at <= now() then 1 else known.count + 1 end,
			resets_at = case when known.resets_at <= now() then excluded.resets_at else known.resets_at end
		returning count`;
	return row!.count <= most;
};

/** Forgets windows that are over; the sweep calls it. */
export const purgeRateLimits = () => plainPool()`delete from rate_limits where resets_at < now()`;
