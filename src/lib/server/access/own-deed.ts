// What a person does outside any team, with the right of the session that the request came in with (README: rights end at once).
import type postgres from 'postgres';
import { plainPool } from '../platform/db/pools.ts';
import { refusedWhereFull } from '../platform/db/transaction.ts';
import type { SignedIn } from './signed-in.ts';

type Deed = (sql: postgres.ISql) => PromiseLike<postgres.Row[]>;

/**
 * Carries out what a function of the database does for a person, while their session is open: it is asked about, and held, in the same
 * transaction, all in one packet. `asks`: behind the deed; *first* where it holds what ends together with the sessions (`end_account`);
 * *ending* where it ends sessions itself. Who acts without a browser has none to ask about. Throws *unauthenticated*, and nothing was done.
 */
export const ownDeed = async (
	{ person, session }: Pick<SignedIn, 'person' | 'session'>,
	deed: Deed,
	asks: 'last' | 'first' | 'ending' = 'last'
): Promise<postgres.Row[]> => {
	if (!session) return deed(plainPool()).then(undefined, refusedWhereFull);
	const { handle } = session;
	return plainPool().begin(async (sql, last) => {
		const ask = () =>
			asks === 'ending'
				? sql`select assert_session_ending(${person.id}, ${handle})`
				: sql`select assert_session(${person.id}, ${handle})`;
		const sent = asks === 'last' ? [deed(sql), ask()] : [ask(), deed(sql)];
		last();
		const answers = await Promise.all(sent);
		return answers[asks === 'last' ? 0 : 1]!;
	});
};
