import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { marksVersion } from '../../../../src/lib/core/examples/marks.ts';
import { closePools, plainPool } from '../../../../src/lib/server/platform/db/pools.ts';
import { purge } from '../../../../src/lib/server/platform/purge.ts';
import { oneOfEach } from '../../../support/data/one-of-each.ts';
import { rewriteHistory } from '../../../support/database/raw.ts';
import { newPerson, newTeam } from '../../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

let teamId: string;
beforeAll(async () => {
	const team = await newTeam();
	await oneOfEach({ ...team.scope, userId: team.owner.id }, (await newPerson('Extra')).id);
	teamId = team.teamId;
});

type Change = readonly [table: string, set: string];
/** Whether the janitor would look at the team, with its one row of these tables in such a state and nothing else open. */
const isOpen = async (...changes: Change[]): Promise<boolean> => {
	await rewriteHistory('servings', (sql) => sql`update servings set status = 'stopped'`);
	await rewriteHistory('runs', (sql) => sql`update runs set status = 'ready', model_object = null, hashed = true`);
	await rewriteHistory(
		'evaluations',
		(sql) => sql`
			update evaluations set status = 'voting', revealed_at = null, result = null, counted = null, kind = 'comparison', sendable_from = null`
	);
	await rewriteHistory(
		'webhook_deliveries',
		(sql) => sql`update webhook_deliveries set state = 'failed', next_at = null`
	);
	await rewriteHistory('webhook_endpoints', (sql) => sql`update webhook_endpoints set state = 'on', reason = null`);
	await rewriteHistory(
		'projects',
		(sql) =>
			sql`update projects set marked = 1000, marked_by = ${marksVersion}, deleted_at = null where team_id = ${teamId}`
	);
	for (const [table, set] of changes)
		await rewriteHistory(table, (sql) => sql.unsafe(`update ${table} set ${set} where team_id = '${teamId}'`));
	const teams = await plainPool()`select teams_with_open_work() as id`;
	return teams.some(({ id }) => id === teamId);
};

test.for([
	['servings', `status = 'starting'`],
	['servings', `status = 'ready'`],
	['servings', `status = 'stopping'`],
	['runs', `status = 'uploading'`],
	['runs', `status = 'training'`],
	['runs', `hashed = false`],
	['evaluations', `status = 'generating'`],
	['evaluations', `revealed_at = now(), counted = '{}'`],
	['evaluations', `revealed_at = now(), result = '{}', counted = null`],
	['webhook_deliveries', `state = 'waiting', next_at = now() - interval '61 seconds'`],
	['webhook_endpoints', `state = 'off', reason = 'failing', mailed_at = null`]
] as const)('the janitor looks at a team with open work: %s with %s', async (change) => {
	expect(await isOpen(change)).toBe(true);
});

test.for([
	['servings', `status = 'stopped'`],
	['runs', `status = 'failed'`],
	['runs', `status = 'cancelled'`],
	['runs', `status = 'draft'`],
	['evaluations', `status = 'failed'`],
	['evaluations', `result = '{}'`],
	['evaluations', `revealed_at = now(), result = '{}', counted = '{}'`],
	['evaluations', `revealed_at = now(), kind = 'scoring', sendable_from = 8`],
	['webhook_deliveries', `state = 'waiting', next_at = now() + interval '1 second'`],
	['webhook_endpoints', `state = 'off', reason = 'gone', mailed_at = now()`],
	['webhook_endpoints', `state = 'paused'`]
] as const)('and not at one where all is done: %s with %s', async (change) => {
	expect(await isOpen(change)).toBe(false);
});

test('it looks once an hour for models by a connection that has trained one', async () => {
	const trained = ['runs', `model_object = 'm'`] as const;
	const looked = (set: string) => ['connections', set] as const;
	expect(await isOpen(trained, looked('strays_at = null'))).toBe(true);
	expect(await isOpen(trained, looked(`strays_at = now() - interval '61 minutes'`))).toBe(true);
	expect(await isOpen(trained, looked(`strays_at = now() - interval '59 minutes'`))).toBe(false);
	expect(await isOpen(trained, looked(`strays_at = null, status = 'refused'`))).toBe(false);
	// by another one of the team's, or of another team that has its id
	const never = looked(`strays_at = null, status = 'ok'`);
	const another = randomUUID();
	await owner`insert into connections (team_id, id, provider, name) values (${teamId}, ${another}, 'sandbox', 'Another')`;
	expect(
		await isOpen(trained, looked(`strays_at = case when id = '${another}' then null::timestamptz else now() end`))
	).toBe(false);
	const other = await newTeam();
	await oneOfEach({ ...other.scope, userId: other.owner.id }, (await newPerson('Extra')).id);
	expect(await isOpen(never)).toBe(false);
	await owner`insert into connections (team_id, id, provider, name) values (${other.teamId}, ${another}, 'sandbox', 'Same')`;
	await rewriteHistory(
		'runs',
		(sql) => sql`update runs set model_object = 'm', connection_id = ${another} where team_id = ${other.teamId}`
	);
	expect((await plainPool()`select teams_with_open_work() as id`).some(({ id }) => id === teamId)).toBe(false);
});

test('examples without a signature are work, whatever another team has that has the id of their project', async () => {
	const other = await newTeam();
	const [project] = await owner`select id, connection_id from projects where team_id = ${teamId}`;
	await owner`insert into connections (team_id, id, provider, name) values (${other.teamId}, ${project!.connection_id}, 'sandbox', 'Same')`;
	await owner`
		insert into projects (team_id, id, slug, name, base_model, connection_id, recipe)
		select ${other.teamId}, id, slug, name, base_model, connection_id, recipe from projects where team_id = ${teamId}`;
	await owner`insert into example_signatures (team_id, project_id, block, bits) values (${other.teamId}, ${project!.id}, 9, '')`;
	expect(await isOpen(['projects', 'next_example = 64'])).toBe(true);
	expect(await isOpen(['projects', 'next_example = 63'])).toBe(false);
});

test('examples without their marks are work, and so are those that other rules have marked', async () => {
	expect(await isOpen(['projects', 'next_example = 10, marked = 8'])).toBe(true);
	expect(await isOpen(['projects', 'next_example = 10, marked = 9'])).toBe(false);
	expect(await isOpen(['projects', `next_example = 10, marked = 9, marked_by = ${marksVersion - 1}`])).toBe(true);
	expect(await isOpen(['projects', `next_example = 10, marked = 9, marked_by = ${marksVersion + 1}`])).toBe(false);
	expect(await isOpen(['projects', 'next_example = 1, marked = 0, marked_by = 0'])).toBe(false);
});

test('of a project that was deleted they are none', async () => {
	for (const unfinished of ['next_example = 64', 'next_example = 10, marked = 8']) {
		expect(await isOpen(['projects', unfinished])).toBe(true);
		expect(await isOpen(['projects', `${unfinished}, deleted_at = now()`])).toBe(false);
	}
});

test('of a team that was deleted only what is paid for, and what was written down', async () => {
	const [off, ready] = [
		['webhook_endpoints', `state = 'off', reason = 'failing', mailed_at = null`],
		['servings', `status = 'ready'`]
	] as const;
	const end = (at: string) =>
		rewriteHistory('teams', (sql) => sql.unsafe(`update teams set deleted_at = ${at} where id = '${teamId}'`));
	await owner`update audit_links set place = 0, hash = '' where team_id = ${teamId} and place is null`;
	expect(await isOpen(off)).toBe(true);
	await end('now()');
	expect([await isOpen(off), await isOpen(off, ready)]).toEqual([false, true]);
	await end('null');
});

test('what is being prepared or settled is work, and a file that trains whose prompts are not written down', async () => {
	const [run] = await owner`select id from runs where team_id = ${teamId}`;
	await rewriteHistory('run_files', (sql) => sql`update run_files set kind = 'train' where team_id = ${teamId}`);
	expect(await isOpen(['runs', `preparing = '{}'`])).toBe(true);
	expect(await isOpen(['runs', 'preparing = null, settling = true'])).toBe(true);
	const unhashed = ['runs', 'settling = false, hashed = false'] as const;
	expect(await isOpen(unhashed)).toBe(true);
	// of no file but one that measures, whatever files another run has, or a run of another team with the same id
	await rewriteHistory('run_files', (sql) => sql`update run_files set kind = 'validation' where team_id = ${teamId}`);
	const other = await newTeam();
	const { ids } = await oneOfEach({ ...other.scope, userId: other.owner.id }, (await newPerson('Extra')).id);
	expect(await isOpen(unhashed)).toBe(false);
	await owner.begin(async (sql) => {
		await sql`set local session_replication_role = 'replica'`;
		await sql`update runs set id = ${run!.id} where team_id = ${other.teamId}`;
		await sql`update run_files set run_id = ${run!.id} where team_id = ${other.teamId}`;
		await sql`insert into run_files (team_id, project_id, run_id, kind, body, sha256, byte_count)
			select team_id, project_id, ${ids.projects!}, 'train', '', '', 0 from run_files where team_id = ${teamId}`;
	});
	expect(await isOpen(unhashed)).toBe(false);
});

test('what was done is told for ninety days', async () => {
	const add = (age: string) => owner`
		insert into activities (team_id, project_id, event, subject, details, created_at)
		select team_id, id, 'example.rated', ${age}, '{}', now() - ${age}::interval from projects where team_id = ${teamId}`;
	await owner`delete from activities where team_id = ${teamId}`;
	await add('91 days');
	await add('89 days');
	await purge('activities');
	const kept = await owner`select subject from activities where team_id = ${teamId} and subject like '%days'`;
	expect(kept).toEqual([{ subject: '89 days' }]);
});

test('what was sent to webhooks is kept for thirty days; what still waits, for as long as it does', async () => {
	const add = (age: string, state: string) => owner`
		insert into webhook_deliveries (team_id, endpoint_id, event, body, state, next_at, created_at)
		select team_id, id, 'x', ${`${age} ${state}`}, ${state}, ${state === 'waiting' ? new Date() : null}, now() - ${age}::interval
		from webhook_endpoints where team_id = ${teamId}`;
	await add('29 days', 'failed');
	await add('31 days', 'failed');
	await add('31 days', 'waiting');
	await purge('webhook_deliveries');
	const kept =
		await owner`select body from webhook_deliveries where team_id = ${teamId} and body like '%days%' order by 1`;
	expect(kept).toEqual([{ body: '29 days failed' }, { body: '31 days waiting' }]);
});
