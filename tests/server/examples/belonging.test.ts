// Examples have no key to their project, because it would be asked for row by row: what stands for it keeps the same promise
// (drizzle/functions/totals.sql): count_examples_added, purge_project.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { raw } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 3, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

const newPlace = async () => {
	const team = await newTeam();
	await newProject(team.scope);
	return { ...(await inProject(team.scope, 'support')), as: team.as };
};

let number = 1000;
const insert = (
	sql: postgres.Sql | postgres.TransactionSql | postgres.ReservedSql,
	teamId: string,
	projectId: string
) => sql`
	insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
	values (${teamId}, ${projectId}, ${number++}, '[]', sha256(${randomUUID()}), sha256(${randomUUID()}), 1, 'import') returning id`;
const isRefused = { code: '23503' };
const examplesOf = async ({ project }: ProjectScope) =>
	(await owner`select count(*)::int as count from examples where project_id = ${project.id}`)[0]!.count as number;

test('an example of a project that is not there, or of another team’s, is refused, whoever writes it', async () => {
	const [here, there] = [await newPlace(), await newPlace()];
	for (const projectId of [randomUUID(), there.project.id]) {
		await expect(insert(owner, here.teamId, projectId)).rejects.toMatchObject(isRefused);
		await expect(raw(here, (sql) => insert(sql, here.teamId, projectId))).rejects.toMatchObject(isRefused);
	}
	expect([await examplesOf(here), await examplesOf(there)]).toEqual([0, 0]);
	await insert(owner, here.teamId, here.project.id);
	expect(await examplesOf(here)).toBe(1);
});

test('a project takes its examples along, with what hangs on them, and no others', async () => {
	const [here, there] = [await newPlace(), await newPlace()];
	for (const scope of [here, there])
		await rateExample(scope, {
			exampleId: (await insert(owner, scope.teamId, scope.project.id))[0]!.id as string,
			score: 8,
			clientId: randomUUID()
		});
	await owner`delete from projects where id = ${here.project.id}`;
	const [left] = await owner`select
		(select count(*)::int from examples where team_id = ${here.teamId}) as examples,
		(select count(*)::int from ratings where team_id = ${here.teamId}) as ratings`;
	expect(left).toEqual({ examples: 0, ratings: 0 });
	expect(await examplesOf(there)).toBe(1);
});

test('an example that is written while its project goes is in time, and goes too, or is refused', async () => {
	const here = await newPlace();
	let commit = () => {};
	const held = new Promise<void>((done) => (commit = done));
	let isIn = () => {};
	const inserted = new Promise<void>((done) => (isIn = done));
	const writing = owner.begin(async (sql) => {
		await insert(sql, here.teamId, here.project.id);
		isIn();
		await held;
	});
	await inserted;
	const leaving = owner`delete from projects where id = ${here.project.id}`.execute();
	await expect
		.poll(
			async () =>
				(
					await owner`select count(*)::int as count from pg_stat_activity where wait_event_type = 'Lock' and query like 'delete from projects%' and datname = current_database()`
				)[0]!.count
		)
		.toBe(1);
	commit();
	await Promise.all([writing, leaving]);
	expect(await examplesOf(here)).toBe(0);
	await expect(insert(owner, here.teamId, here.project.id)).rejects.toMatchObject(isRefused);
});

test('who got hold of the server brings an example into no other team or project, by no kind of statement', async () => {
	const [here, there] = [await newPlace(), await newPlace()];
	const { project: other } = await newProject(here, { slug: 'other' });
	const id = (await insert(owner, here.teamId, here.project.id))[0]!.id as string;
	await insert(owner, there.teamId, there.project.id);
	const trainer = await here.as('trainer', [here.project.id]);
	const columns = 'messages, content_hash, prompt_hash, tokens, origin';
	const copyOf = (teamId: string, projectId: string) => (sql: postgres.ReservedSql) =>
		sql`
		insert into examples (team_id, project_id, number, ${sql.unsafe(columns)})
		select ${teamId}, ${projectId}, ${number++}, messages, sha256(content_hash), sha256(prompt_hash), tokens, origin from examples where id = ${id}`;
	const into = (teamId: string, projectId: string) => (sql: postgres.ReservedSql) => insert(sql, teamId, projectId);
	const places: [string, string][] = [
		[there.teamId, there.project.id],
		[here.teamId, there.project.id],
		[there.teamId, here.project.id],
		[here.teamId, other.id],
		[here.teamId, randomUUID()]
	];
	for (const [teamId, projectId] of places) {
		for (const way of [into(teamId, projectId), copyOf(teamId, projectId)])
			await expect(raw(trainer, way)).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|23503)$/) });
		const move = (sql: postgres.ReservedSql) =>
			sql`update examples set team_id = ${teamId}, project_id = ${projectId} where id = ${id}`;
		if (projectId !== here.project.id)
			await expect(raw(trainer, move)).rejects.toMatchObject({ code: expect.anything() });
	}
	const copy = (sql: postgres.ReservedSql) => sql`copy examples (team_id, project_id, number) from stdin`.writable();
	await expect(raw(trainer, copy)).rejects.toMatchObject({ code: expect.anything() });
	for (const projectId of [here.project.id, other.id]) {
		const removed = await raw(trainer, (sql) => sql`delete from projects where id = ${projectId}`).catch(
			({ code }: { code: string }) => code
		);
		expect(removed === '42501' || (removed as { count: number }).count === 0).toBe(true);
	}
	const counted = await owner`select project_id, sum(count)::int as count from example_counts
		where project_id in (${here.project.id}, ${there.project.id}, ${other.id}) group by 1`;
	expect(new Map(counted.map((row) => [row.project_id, row.count]))).toEqual(
		new Map([
			[here.project.id, 1],
			[there.project.id, 1]
		])
	);
	expect([await examplesOf(here), await examplesOf(there)]).toEqual([1, 1]);
});
