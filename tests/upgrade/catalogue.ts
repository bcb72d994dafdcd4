import type postgres from 'postgres';

/** How many rows each table of schema public has. */
export const countRows = async (sql: postgres.Sql): Promise<Record<string, number>> => {
	const tables = await sql`select relname as name from pg_class
		where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1`;
	const counts: Record<string, number> = {};
	for (const { name } of tables)
		counts[name] = (await sql`select count(*)::int as n from ${sql(`public.${name}`)}`)[0]!.n;
	return counts;
};

/** Everything that migrations make in schema public, one line each: columns, keys, indexes, policies, triggers, functions, grants. */
export const describeSchema = async (sql: postgres.Sql): Promise<string[]> => {
	const rows = await sql`
		select format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) as line
			from information_schema.columns where table_schema = 'public'
		union all select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
			from pg_constraint where connamespace = 'public'::regnamespace
		union all select 'index ' || indexdef from pg_indexes where schemaname = 'public'
		union all select format('policy %s %s %s %s %s %s', tablename, policyname, cmd, roles, qual, with_check)
			from pg_policies where schemaname = 'public'
		union all select format('trigger %s enabled %s', pg_get_triggerdef(oid), tgenabled) from pg_trigger where not tgisinternal
		union all select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
		union all select format('table %s rls %s grants %s', relname, relrowsecurity, relacl)
			from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
		order by 1`;
	return rows.map(({ line }) => line as string);
};
