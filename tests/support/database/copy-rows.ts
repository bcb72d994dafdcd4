import type postgres from 'postgres';

/** Gives a team the rows of another of these tables, ids and all. The `owner` may; whoever serves may not. */
export const copyRows = async (owner: postgres.ISql, from: string, to: string, tables: readonly string[]) => {
	for (const table of tables) {
		const columns = await owner<{ name: string }[]>`
			select quote_ident(attname) as name from pg_attribute
			where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attname <> 'team_id' and attidentity = ''`;
		const list = columns.map(({ name }) => name).join(', ');
		await owner.unsafe(
			`insert into ${table} (team_id, ${list}) select '${to}', ${list} from ${table} where team_id = '${from}'`
		);
	}
};
