import ipaddr from 'ipaddr.js';
import type postgres from 'postgres';
import { plainPool } from '../platform/db/pools.ts';

type Limit = { most: number; perSeconds: number };

/** Counts one event in the fixed window of this key, by however many processes, and says whether it is still within the limit. */
export const within = async (
	key: string,
	{ most, perSeconds }: Limit,
	sql: postgres.ISql = plainPool()
): Promise<boolean> => {
	const [row] = await sql`select count_event(${key}, ${perSeconds}) as count`;
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
