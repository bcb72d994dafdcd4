import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openEarlier } from '../support/database/earlier-state.ts';
import { migrate } from './app.ts';

// What people rated before a rating knew its text gets the one that stood at the time, and the means follow.

let database: Awaited<ReturnType<typeof openEarlier>>;
let sql: postgres.Sql;
beforeAll(async () => {
	database = await openEarlier('texts', '0008');
	({ sql } = database);
});
afterAll(() => database.drop());

test('a rating belongs to the text that stood when it was given', async () => {
	const [team, project, example, ana, ben] = Array.from({ length: 5 }, () => randomUUID());
	const moment = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();
	const rate = (tx: postgres.Sql, person: string, score: number | null, minute: number) => tx`
		insert into ratings (team_id, created_at, project_id, example_id, person_id, score, client_id)
		values (${team!}, ${moment(minute)}, ${project!}, ${example!}, ${person}, ${score}, ${randomUUID()})`;
	const write = (tx: postgres.Sql, person: string, output: string | null, minute: number) => tx`
		insert into rewrites (team_id, created_at, project_id, example_id, person_id, output, client_id)
		values (${team!}, ${moment(minute)}, ${project!}, ${example!}, ${person}, ${output}, ${randomUUID()})`;
	await sql.begin(async (tx) => {
		await tx`set local session_replication_role = replica`; // no more of a team than matters here
		await tx`insert into teams (id, slug, name) values (${team!}, 'shop', 'Shop')`;
		await tx`insert into projects (team_id, id, slug, name, base_model, recipe) values (${team!}, ${project!}, 'support', 'Support', 'm', '{}')`;
		await tx`insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, rewrite, rating, ratings_count)
			values (${team!}, ${example!}, ${project!}, 1, '[]', 'c', 'p', 1, 'written', 'asdf', 10, 2)`;
		await rate(tx as never, ana!, 10, 1);
		await rate(tx as never, ben!, 10, 2);
		await write(tx as never, ben!, 'Better.', 3);
		await rate(tx as never, ben!, 9, 3);
		await write(tx as never, ana!, null, 4);
		await rate(tx as never, ben!, 8, 5);
		await write(tx as never, ana!, 'asdf', 6);
		await rate(tx as never, ana!, 2, 6);
		await rate(tx as never, ben!, 3, 7);
	});
	await migrate(database.urls);
	const rows = await sql`
		select r.score, case when r.text = '' then 'original' when r.text = text_mark('asdf') then 'asdf' when r.text = text_mark('Better.') then 'better' end as text
		from ratings r order by r.seq`;
	expect(rows.map(({ score, text }) => [score, text])).toEqual([
		[10, 'original'],
		[10, 'original'],
		[9, 'better'],
		[8, 'original'],
		[2, 'asdf'],
		[3, 'asdf']
	]);
	expect(await sql`select rating, ratings_count from examples`).toMatchObject([{ rating: 2.5, ratings_count: 2 }]);
});
