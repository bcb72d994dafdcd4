import type postgres from 'postgres';

/** A table that holds rows: of the product, of the queue, or of whatever else lies in the database. */
export type Place = { schema: string; table: string; columns: string[] };

type Column = { schema: string; table: string; column: string; type: string };

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const fullName = ({ schema, table, column }: Column) => `${schema}.${table}.${column}`;
const tableOf = ({ schema, table }: Place | Column) => `${quoted(schema)}.${quoted(table)}`;

/** Every column that can be written, of every table in every schema but Postgres' own. */
const columnsOf = (sql: postgres.Sql | postgres.TransactionSql): Promise<Column[]> =>
	sql<Column[]>`
		select n.nspname as schema, c.relname as table, a.attname as column, format_type(a.atttypid, null) as type
		from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
		where c.relkind in ('r', 'p', 'm') and not c.relispartition and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
			and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
		order by 1, 2, a.attnum`;

/** How the canary is written into a column of this type, behind what stands there; undefined: it holds no words. */
const written = (column: string, type: string, canary: string): string | undefined => {
	const bird = `${literal(canary)} || '-' || ctid::text`; // unique keys let it in twice
	if (type === 'text' || type.startsWith('character varying')) return `coalesce(${column}, '') || ${bird}`;
	if (type === 'json') return `json_build_object('canary', ${bird}, 'before', ${column})`;
	// beside what stands there, by which the queue's rows are found
	if (type === 'jsonb') return `jsonb_build_object('canary', ${bird}) || coalesce(${column}, '{}')`;
	if (type === 'bytea') return `coalesce(${column}, '') || convert_to(${bird}, 'UTF8')`;
	return type === 'text[]' ? `array_append(${column}, ${bird})` : undefined;
};

/**
 * Writes the canary into every column for words or bytes of the rows that are chosen, with the triggers off: `rows` gives the condition of
 * a table's rows, or null for none. Says which columns hold it now, which let nothing in but words that are known (a check, a key), and which
 * tables had no such row: a test that plants in nothing finds nothing.
 */
export const plant = (
	owner: postgres.Sql,
	canary: string,
	rows: (place: Place) => string | null
): Promise<{ planted: string[]; checked: string[]; empty: string[] }> =>
	owner.begin(async (sql) => {
		const found = { planted: [] as string[], checked: [] as string[], empty: [] as string[] };
		await sql`set constraints all immediate`; // the queue's keys would wait for the end
		const tables = Map.groupBy(await columnsOf(sql), tableOf);
		for (const [table, columns] of tables) {
			const { schema, table: name } = columns[0]!;
			const condition = rows({ schema, table: name, columns: columns.map(({ column }) => column) });
			if (condition === null) continue;
			await sql.unsafe(`alter table ${table} disable trigger user`);
			for (const one of columns) {
				const value = written(quoted(one.column), one.type, canary);
				if (value === undefined) continue;
				const done = await sql
					.savepoint((part) =>
						part.unsafe(`update ${table} set ${quoted(one.column)} = (${value})::${one.type} where ${condition}`)
					)
					.catch((problem: { code?: string }) => {
						if (!['23503', '23514'].includes(problem.code ?? '')) throw problem;
						found.checked.push(fullName(one));
					});
				if (done && done.count > 0) found.planted.push(fullName(one));
				else if (done) found.empty.push(fullName(one));
			}
			await sql.unsafe(`alter table ${table} enable trigger user`);
		}
		return found;
	}) as Promise<{ planted: string[]; checked: string[]; empty: string[] }>;

/** Every column of the database, whatever its type, in which the canary is found; an id is found the same way. */
export const scan = async (owner: postgres.Sql, canary: string): Promise<string[]> => {
	const found: string[] = [];
	for (const [table, columns] of Map.groupBy(await columnsOf(owner), tableOf)) {
		const has = columns.map(({ column, type }) => {
			const name = quoted(column);
			return type === 'bytea'
				? `coalesce(bool_or(position(convert_to(${literal(canary)}, 'UTF8') in ${name}) > 0), false)`
				: `coalesce(bool_or(position(${literal(canary)} in ${name}::text) > 0), false)`;
		});
		const [row] = await owner.unsafe(`select array[${has.join(', ')}] as found from ${table}`);
		columns.forEach((column, i) => (row!.found as boolean[])[i] && found.push(fullName(column)));
	}
	return found;
};
