import type postgres from 'postgres';
import { randomToken, sha256 } from '../../../src/lib/server/platform/crypto.ts';

/** Signs a person in without a mail: the row that a sign-in leaves behind. Returns the value of the `session` cookie. */
export const newSession = async (sql: postgres.Sql, personId: string): Promise<string> => {
	const session = randomToken();
	await sql`insert into sessions (id_hash, person_id, expires_at)
		values (${sha256(session)}, ${personId}, now() + interval '30 days')`;
	return session;
};
