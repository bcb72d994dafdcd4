import postgres from 'postgres';
import type { Scope } from '../../../src/lib/server/access/scope.ts';

/** What somebody who got hold of the server could send: SQL of their own, as the serving role, in one team's transaction. */
export const raw = <T>(scope: Scope, work: (sql: postgres.ReservedSql) => Promise<T>): Promise<T> =>
	scope.tx((tx) => work(tx.$client as unknown as postgres.ReservedSql));

/**
 * Changes what nobody may change, as the owner of the tables with their triggers off: a test that wants a state which no page
 * can bring about.
 */
export const rewriteHistory = async (table: string, work: (sql: postgres.TransactionSql) => Promise<unknown>) => {
	const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
	try {
		await owner.begin(async (sql) => {
			await sql`alter table ${sql(table)} disable trigger user`;
			await work(sql);
			await sql`alter table ${sql(table)} enable trigger user`;
		});
	} finally {
		await owner.end();
	}
};
