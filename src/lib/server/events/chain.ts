import { plainPool } from '../platform/db/pools.ts';

/** Gives every audit entry of the team that waits its place in the chain, in one transaction. May run twice, and twice at once. */
export const chainEntries = async (teamId: string): Promise<void> => {
	await plainPool().begin((sql) => sql`select chain_audit(${teamId})`, 'long');
};
