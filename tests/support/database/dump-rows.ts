import type postgres from 'postgres';

type Table = { name: string; columns: string[]; key: string[]; serials: string[] };

/** The tables of schema public: every column that can be written, the primary key, and the columns numbered by a sequence. */
const describeTables = async (sql: postgres.TransactionSql): Promise<Table[]> =>
	sql<Table[]>`
		select c.relname as name,
			array(select attname from pg_attribute a
				where a.attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '' order by attnum)::text[] as columns,
			array(select attname from pg_index i join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey)
				where i.indrelid = c.oid and i.indisprimary order by array_position(i.indkey::int2[], a.attnum))::text[] as key,
			array(select attname from pg_attribute a
				where a.attrelid = c.oid and attnum > 0 and not attisdropped
					and pg_get_serial_sequence(quote_ident(c.relname), attname) is not null order by attnum)::text[] as serials
		from pg_class c
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
		order by c.relname`;

/** Parents before children, by name where both could come. Throws when tables refer to each other in a circle. */
const inOrder = async (sql: postgres.TransactionSql, tables: Table[]): Promise<Table[]> => {
	const references = await sql<{ child: string; parent: string }[]>`
		select child.relname as child, parent.relname as parent
		from pg_constraint k join pg_class child on child.oid = k.conrelid join pg_class parent on parent.oid = k.confrelid
		where k.contype = 'f' and k.connamespace = 'public'::regnamespace and k.conrelid <> k.confrelid`;
	const left = new Map(tables.map((table) => [table.name, table]));
	const sorted: Table[] = [];
	while (left.size > 0) {
		const next = [...left.values()].find(
			({ name }) => !references.some(({ child, parent }) => child === name && left.has(parent))
		);
		if (!next) throw new Error(`These tables refer to each other in a circle: ${[...left.keys()].join(', ')}`);
		left.delete(next.name);
		sorted.push(next);
	}
	return sorted;
};

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const list = (names: string[], of = quoted) => names.map(of).join(', ');

/** Postgres writes and quotes the values itself: as text, each comes back as it was, whatever its type. */
const rowsOf = async (sql: postgres.TransactionSql, { name, columns, key }: Table): Promise<string[]> => {
	const value = (column: string) => `quote_nullable(${quoted(column)}::text)`;
	const order = list(key.length > 0 ? key : columns, (column) => `${quoted(column)}::text collate "C"`);
	const rows = await sql.unsafe(
		`select concat_ws(', ', ${list(columns, value)}) as row from public.${quoted(name)} order by ${order}`
	);
	return rows.map(({ row }) => row as string);
};

const serialOf = async (sql: postgres.TransactionSql, { name }: Table, column: string) => {
	const [found] = await sql`select pg_get_serial_sequence(${quoted(name)}, ${column}) as sequence`;
	const [state] = await sql.unsafe(`select last_value, is_called from ${found!.sequence as string}`);
	return `select setval('${found!.sequence as string}', ${state!.last_value}, ${state!.is_called});`;
};

/**
 * Every row of schema public as SQL that an owner can run against the same tables while they are empty. Triggers rest
 * meanwhile, because what they derive is among the rows; foreign keys and checks hold. Throws when a table has no row.
 */
export const dumpRows = (pool: postgres.Sql): Promise<string> =>
	pool.begin('isolation level repeatable read read only', async (sql) => {
		await sql.unsafe("set local timezone to 'UTC'; set local datestyle to 'ISO'; set local bytea_output to 'hex'");
		const pieces: string[] = [];
		for (const table of await inOrder(sql, await describeTables(sql))) {
			const name = `public.${quoted(table.name)}`;
			const rows = await rowsOf(sql, table);
			if (rows.length === 0) throw new Error(`The table ${table.name} is empty, and every table has to show a row.`);
			pieces.push(
				`alter table ${name} disable trigger user;`,
				`insert into ${name} (${list(table.columns)}) overriding system value values\n\t(${rows.join('),\n\t(')});`,
				`alter table ${name} enable trigger user;`
			);
			for (const column of table.serials) pieces.push(await serialOf(sql, table, column));
			pieces.push('');
		}
		return pieces.join('\n');
	}) as Promise<string>;
