// What the janitor removes takes nothing of another run or team that has its ids along, and waits for nobody. Of the database
// (drizzle/functions/purge.sql): purge.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { copyRows } from '../../support/database/copy-rows.ts';
import { oneOfEach } from '../../support/data/one-of-each.ts';
import { owner } from '../../support/database/owner.ts';
import { newPerson, newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const purge = (what: string, days: number, most = 100): Promise<number> =>
	plainPool().begin(async (sql) => {
		await sql`set local lock_timeout = '2s'`;
		return (await sql`select purge(${what}, ${days}::int, ${most}::int) as removed`)[0]!.removed as number;
	});

test('of a run that is over its files go, one by one, whoever holds another, and none of another run or team', async () => {
	const [mine, other] = [await newTeam(), await newTeam()];
	const { ids } = await oneOfEach({ ...mine.scope, userId: mine.owner.id }, (await newPerson()).id);
	const [over, running] = [ids.runs!, randomUUID()];
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`insert into runs (id, team_id, project_id, version, connection_id, base_model, recipe, seed, status, mark, train_count, validation_count, tokens, counted)
			select ${running}, team_id, project_id, 2, connection_id, base_model, recipe, seed, 'training', ${randomUUID()}, 1, 1, 1, counted
			from runs where team_id = ${mine.teamId}`;
		await sql`insert into run_files (team_id, project_id, run_id, kind, body, sha256, byte_count)
			select team_id, project_id, r.id, kind, '', '', 0 from runs r, unnest(array['train', 'validation']) kind
			where team_id = ${mine.teamId} on conflict do nothing`;
		await sql`insert into run_file_parts (team_id, project_id, run_id, kind, place, body, sha256)
			select team_id, project_id, ${running}, 'train', 0, '', '' from run_file_parts where team_id = ${mine.teamId}`;
		await copyRows(sql, mine.teamId, other.teamId, ['connections', 'projects', 'runs', 'run_files', 'run_file_parts']);
		await sql`update runs set status = 'training' where team_id = ${other.teamId}`;
		await sql`update runs set finished_at = now() - interval '400 days' where team_id = ${mine.teamId} and id = ${over}`;
	});
	const left = async () =>
		(
			await owner`select f.team_id = ${mine.teamId} as is_mine, f.run_id = ${over} as is_over, f.kind, f.removed_at is null as stays,
					(select count(*)::int from run_file_parts p where p.team_id = f.team_id and p.run_id = f.run_id and p.kind = f.kind) as parts
				from run_files f where f.team_id in ${owner([mine.teamId, other.teamId])} order by 1, 2, 3`
		).map(({ is_mine, is_over, kind, stays, parts }) => [is_mine, is_over, kind, stays, parts]);
	const others = [
		[false, false],
		[false, true],
		[true, false]
	].flatMap((whose) => [
		[...whose, 'train', true, 1],
		[...whose, 'validation', true, 0]
	]);
	const whole = [
		[true, true, 'train', true, 1],
		[true, true, 'validation', true, 0]
	];
	expect(await left()).toEqual([...others, ...whole]);

	await owner.begin(async (sql) => {
		await sql`select from run_files where team_id = ${mine.teamId} and run_id = ${over} and kind = 'train' for update`;
		expect(await purge('run_files', 30)).toBe(1);
	});
	expect(await left()).toEqual([...others, whole[0], [true, true, 'validation', false, 0]]);
	expect(await purge('run_files', 30)).toBe(1);
	// whoever has begun to read it reads it to the end
	expect(await purge('run_files', 30)).toBe(0);
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await sql`update run_files set removed_at = removed_at - interval '61 minutes' where team_id = ${mine.teamId} and removed_at is not null`;
	});
	await owner.begin(async (sql) => {
		await sql`select from run_file_parts where team_id = ${mine.teamId} and run_id = ${over} for update`;
		expect(await purge('run_files', 30)).toBe(0);
	});
	expect(await left()).toEqual([...others, [true, true, 'train', false, 1], [true, true, 'validation', false, 0]]);
	expect(await purge('run_files', 30)).toBe(1);
	expect(await left()).toEqual([...others, [true, true, 'train', false, 0], [true, true, 'validation', false, 0]]);
	expect(await purge('run_files', 30)).toBe(0);
});

test('what was done long ago in a project goes, also where another team has one of its id in which something is new', async () => {
	const [mine, other] = [await newTeam(), await newTeam()];
	const { project } = await newProject(mine.scope);
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = replica`;
		await copyRows(sql, mine.teamId, other.teamId, ['connections', 'projects']);
	});
	const done = (teamId: string, age: string) => owner`
		insert into activities (team_id, project_id, event, subject, details, created_at)
		values (${teamId}, ${project.id}, 'example.rated', ${age}, '{}', now() - ${age}::interval)`;
	const left = async () =>
		(
			await owner`select subject from activities where team_id in ${owner([mine.teamId, other.teamId])} and subject like '%days' order by seq`
		).map(({ subject }) => subject as string);
	await done(other.teamId, '2 days');
	await done(mine.teamId, '40 days');
	await done(mine.teamId, '30 days');
	await owner.begin(async (sql) => {
		await sql`select from activities where team_id = ${mine.teamId} and subject = '40 days' for update`;
		expect(await purge('activities', 7, 1)).toBe(1);
	});
	expect(await left()).toEqual(['2 days', '40 days']);
	expect(await purge('activities', 7, 1)).toBe(1);
	expect(await left()).toEqual(['2 days']);
});

test('an entry of the audit log that somebody holds is left for the next time', async () => {
	const { teamId } = await newTeam();
	await owner`insert into audit_entries (team_id, action, subject, details, created_at)
		values (${teamId}, 'x', 'x', '{}', now() - interval '400 days')`;
	await owner`select chain_audit(${teamId})`;
	const isThere = async () =>
		(await owner`select from audit_entries where team_id = ${teamId} and action = 'x'`).length === 1;
	await owner.begin(async (sql) => {
		await sql`select from audit_entries where team_id = ${teamId} and action = 'x' for update`;
		await purge('audit_entries', 365);
	});
	expect(await isThere()).toBe(true);
	await purge('audit_entries', 365);
	expect(await isThere()).toBe(false);
});
