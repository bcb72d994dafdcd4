import ipaddr from 'ipaddr.js';
import { plainPool } from '../platform/db/pools.ts';

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

/** What one visitor has of addresses: a whole /64 in IPv6, where anybody can take a new one for every request. */
export const networkOf = (address: string): string => {
	if (!ipaddr.isValid(address)) return address;
	const parsed = ipaddr.process(address);
	return parsed instanceof ipaddr.IPv6
		? `${parsed.parts
				.slice(0, 4)
				.map((part) => part.toString(16))
				.join(':')}::/64`
		: parsed.toString();
};

/** Forgets windows that are over; the sweep calls it. */
export const purgeRateLimits = () => plainPool()`delete from rate_limits where resets_at < now()`;
