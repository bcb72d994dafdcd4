// What was walked through, in a table of this transaction: however many there are, the database has a disk for them.
import { type SQL, sql } from 'drizzle-orm';
import type { OwnTable, Tx } from '../access/scope.ts';
import type { Pair } from './pairs.ts';

/** So many are sent to the table at once. */
const atOnce = 2_000;

/** The table that a walk fills: the id of each pair, where it comes from, and what it says, as a hash. */
export const walked = sql.raw('pg_temp.walked_pairs');

type Row = Pick<Pair, 'id' | 'source'> & { said: Buffer | null };

/** The same for a look, which has to bring it (`Scope.lookWith`). */
export const walkedTable: OwnTable = (client) =>
	client`create temp table walked_pairs (id uuid, source text, said bytea) on commit drop`;

/** A step: begins a walk with an empty table. `add` each, `end`, and then ask the table. */
export const walking = async (tx: Tx) => {
	const [found] = await tx.execute<{ known: boolean }>(
		sql`select to_regclass('pg_temp.walked_pairs') is not null as known`
	);
	await (found!.known ? tx.execute(sql`delete from ${walked}`) : walkedTable(tx.$client));
	let waiting: Row[] = [];
	const send = async () => {
		const list = (of: (row: Row) => string | null, type: string): SQL =>
			sql`${sql.param(waiting.map(of))}::${sql.raw(type)}[]`;
		if (waiting.length > 0)
			await tx.execute(sql`
				insert into ${walked} select * from unnest(${list(({ id }) => id, 'uuid')}, ${list(({ source }) => source, 'text')},
					${list(({ said }) => said && `\\x${said.toString('hex')}`, 'bytea')})`);
		waiting = [];
	};
	return {
		add: async ({ id, source }: Pick<Pair, 'id' | 'source'>, said: Buffer | null = null) => {
			waiting.push({ id, source, said });
			if (waiting.length === atOnce) await send();
		},
		end: send
	};
};
