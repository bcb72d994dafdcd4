import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closePools, plainPool } from '../../../../src/lib/server/platform/db/pools.ts';
import { purge } from '../../../../src/lib/server/platform/purge.ts';
import { oneOfEach } from '../../../support/one-of-each.ts';
import { rewriteHistory } from '../../../support/raw.ts';
import { newPerson, newTeam } from '../../../support/team.ts';

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

/** Whether the janitor would look at the team, with its one row of this table in such a state and nothing else open. */
const isOpen = async (table: string, set: string): Promise<boolean> => {
	await rewriteHistory('servings', (sql) => sql`update servings set status = 'stopped'`);
	await rewriteHistory('runs', (sql) => sql`update runs set status = 'ready'`);
	await rewriteHistory(
		'evaluations',
		(sql) => sql`
			update evaluations set status = 'voting', revealed_at = null, result = null, kind = 'comparison', sendable_from = null`
	);
	await rewriteHistory(
		'webhook_deliveries',
		(sql) => sql`update webhook_deliveries set state = 'failed', next_at = null`
	);
	await rewriteHistory('webhook_endpoints', (sql) => sql`update webhook_endpoints set state = 'on', reason = null`);
	await rewriteHistory(table, (sql) => sql.unsafe(`update ${table} set ${set}`));
	const teams = await plainPool()`select teams_with_open_work() as id`;
	return teams.some(({ id }) => id === teamId);
};

test.for([
	['servings', `status = 'starting'`],
	['servings', `status = 'ready'`],
	['servings', `status = 'stopping'`],
	['runs', `status = 'uploading'`],
	['runs', `status = 'training'`],
	['evaluations', `status = 'generating'`],
	['evaluations', `revealed_at = now()`],
	['webhook_deliveries', `state = 'waiting', next_at = now() - interval '61 seconds'`],
	['webhook_endpoints', `state = 'off', reason = 'failing', mailed_at = null`]
] as const)('the janitor looks at a team with open work: %s with %s', async ([table, set]) => {
	expect(await isOpen(table, set)).toBe(true);
});

test.for([
	['servings', `status = 'stopped'`],
	['runs', `status = 'failed'`],
	['runs', `status = 'cancelled'`],
	['runs', `status = 'draft'`],
	['evaluations', `status = 'failed'`],
	['evaluations', `result = '{}'`],
	['evaluations', `revealed_at = now(), result = '{}'`],
	['evaluations', `revealed_at = now(), kind = 'scoring', sendable_from = 8`],
	['webhook_deliveries', `state = 'waiting', next_at = now() + interval '1 second'`],
	['webhook_endpoints', `state = 'off', reason = 'gone', mailed_at = now()`],
	['webhook_endpoints', `state = 'paused'`]
] as const)('and not at one where all is done: %s with %s', async ([table, set]) => {
	expect(await isOpen(table, set)).toBe(false);
});

test('announcements are kept for an hour, so that a page may come back and ask', async () => {
	const add = (age: string) => owner`
		insert into outbox (team_id, project_id, topic, created_at)
		select team_id, id, ${age}, now() - ${age}::interval from projects where team_id = ${teamId}`;
	await add('59 minutes');
	await add('61 minutes');
	await purge('outbox');
	const kept = await owner`select topic from outbox where team_id = ${teamId} and topic like '%minutes'`;
	expect(kept).toEqual([{ topic: '59 minutes' }]);
});

test('what was done is told for ninety days', async () => {
	const add = (age: string) => owner`
		insert into activities (team_id, project_id, event, subject, details, created_at)
		select team_id, id, 'example.rated', ${age}, '{}', now() - ${age}::interval from projects where team_id = ${teamId}`;
	await add('89 days');
	await add('91 days');
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
