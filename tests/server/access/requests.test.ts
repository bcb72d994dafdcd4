// Requests that a key has named, as the database keeps them (drizzle/functions/requests.sql): acting_key, claim_request, hold_request,
// act_request, leave_request.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { owner } from '../../support/database/owner.ts';
import { newTeam } from '../../support/data/team.ts';

const other = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await other.end({ timeout: 1 });
	await closePools();
});

const mark = (text = 'one') => Buffer.from(text.padEnd(32, '.'));
/** A key of the team, as far as these functions ask about it. */
const withKey =
	(scope: Scope, key = randomUUID()) =>
	<T>(work: (sql: postgres.ReservedSql) => Promise<T>) =>
		scope.tx(async (tx) => {
			await tx.$client`select set_config('app.key_id', ${key}, true)`;
			return work(tx.$client);
		});
type As = ReturnType<typeof withKey>;
const claim = (as: As, name: string, { what = mark(), seconds = 30 } = {}) =>
	as(async (sql) => (await sql`select * from claim_request(${name}, ${what}, ${seconds})`)[0]!.outcome as string);
const act = (as: As, name: string, status: number | null = 201, answer: string | null = '{}') =>
	as((sql) => sql`select act_request(${name}, ${status}, ${answer}, null)`);
const leave = (as: As, name: string) => as((sql) => sql`select leave_request(${name})`);
const hold = (as: As, name: string, seconds: number) => as((sql) => sql`select hold_request(${name}, ${seconds})`);

test('a name is of one key, in one team: others that are called the same are others', async () => {
	const [here, there] = [await newTeam(), await newTeam()];
	const id = randomUUID();
	const [key, second, elsewhere] = [withKey(here.scope, id), withKey(here.scope), withKey(there.scope, id)];
	for (const as of [key, second, elsewhere]) expect(await claim(as, 'night')).toBe('claimed');
	expect(await claim(key, 'day')).toBe('claimed');
	await act(key, 'night');
	const answers = async () => Promise.all([key, second, elsewhere].map((as) => claim(as, 'night')));
	expect(await answers()).toEqual(['answered', 'running', 'running']);
	expect(await claim(key, 'day')).toBe('running');
	for (const as of [key, second, elsewhere]) await leave(as, 'day');
	expect(await answers()).toEqual(['answered', 'running', 'running']);
	await leave(second, 'night');
	expect(await answers()).toEqual(['answered', 'claimed', 'running']);
});

test('one that is over is answered, one that is held runs, one that was let go is the next one’s, one that acted is lost', async () => {
	const { scope } = await newTeam();
	const as = withKey(scope);
	expect(await claim(as, 'a', { seconds: -1 })).toBe('claimed');
	expect(await claim(as, 'a', { what: mark('two') })).toBe('other');
	expect(await claim(as, 'a')).toBe('claimed'); // whoever had it is gone, and did nothing
	expect(await claim(as, 'a')).toBe('running');
	await hold(as, 'a', -1);
	await act(as, 'a', null, null);
	expect(await claim(as, 'a')).toBe('lost');
	await leave(as, 'a'); // what has acted is not forgotten
	expect(await claim(as, 'a')).toBe('lost');
	await hold(as, 'a', 30);
	expect(await claim(as, 'a')).toBe('running');
	await act(as, 'a');
	await hold(as, 'a', -1); // what is over is held by nobody
	await leave(as, 'a');
	expect(await claim(as, 'a')).toBe('answered');
	expect(await owner`select held_until > now() as held from named_requests where name = 'a' and status = 201`).toEqual([
		{ held: true }
	]);
});

test('whoever holds a request, takes it over or leaves it, does so with that one', async () => {
	const [here, there] = [await newTeam(), await newTeam()];
	const id = randomUUID();
	const [key, second, elsewhere] = [withKey(here.scope, id), withKey(here.scope), withKey(there.scope, id)];
	for (const as of [key, second, elsewhere]) await claim(as, 'night');
	await claim(key, 'day');
	await owner`update named_requests set id = ${id} where key_id = ${id} and name = 'night'`; // ids are a team's own
	const others = [
		[second, 'night'],
		[elsewhere, 'night'],
		[key, 'day']
	] as const;
	const claims = () => Promise.all(others.map(([as, name]) => claim(as, name)));
	await hold(key, 'night', -1);
	expect(await claims()).toEqual(['running', 'running', 'running']);
	for (const [as, name] of others) await hold(as, name, -1);
	expect(await claim(key, 'night')).toBe('claimed');
	expect(await claims()).toEqual(['claimed', 'claimed', 'claimed']);
	await leave(key, 'night');
	expect(await claims()).toEqual(['running', 'running', 'running']);
});

test.each([
	['as it is asked for', true],
	['between the two looks at it', false]
])('one that is left %s is claimed anew', async (_, isGone) => {
	const { scope, teamId } = await newTeam();
	const as = withKey(scope);
	await claim(as, 'a');
	let again: Promise<string> | undefined;
	await other.begin(async (sql) => {
		const leaving = () => sql`delete from named_requests where team_id = ${teamId}`;
		if (isGone) await leaving();
		else await sql`select from named_requests where team_id = ${teamId} for update`;
		again = claim(as, 'a');
		const waits = () =>
			owner`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%claim_request%'`;
		await expect.poll(async () => (await waits()).length).toBeGreaterThan(0);
		if (!isGone) await leaving();
	});
	expect(await again).toBe('claimed');
	expect(await owner`select name from named_requests where team_id = ${teamId}`).toEqual([{ name: 'a' }]);
});
