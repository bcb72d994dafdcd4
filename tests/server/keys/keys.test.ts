import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import type { Input } from '../../../src/lib/contract/operation.ts';
import type { CreateKey } from '../../../src/lib/contract/keys.ts';
import { readKey } from '../../../src/lib/core/keys/key.ts';
import { mostKeys } from '../../../src/lib/core/keys/rules.ts';
import { enterWithKey } from '../../../src/lib/server/access/keys.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { createKey, revokeKey, rollKey } from '../../../src/lib/server/keys/commands.ts';
import { getMe, listKeys } from '../../../src/lib/server/keys/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { apiKeys, auditEntries, projects } from '../../../src/lib/server/platform/db/schema.ts';
import { removeMember } from '../../../src/lib/server/team/commands.ts';
import { owner } from '../../support/database/owner.ts';
import { raw, rewriteHistory } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const limit = { most: 1000, perSeconds: 1 };
const from = (address = '203.0.113.7') => ({ id: randomUUID(), address, transactions: 0 });
const come = (key: string, address?: string) => enterWithKey(key, null, from(address), limit);
const works = async (key: string) => (await come(key)) !== null;

const make = (scope: Scope, input: Partial<Input<typeof CreateKey>> = {}) =>
	createKey(scope, { name: 'Nightly import', role: 'trainer', projectIds: null, days: 90, ...input });
/** As many as there may be, made in one statement. */
const fill = (scope: Scope, count: number) =>
	scope.tx((tx) =>
		tx.insert(apiKeys).values(
			Array.from({ length: count }, (_, i) => ({
				name: `Key ${i}`,
				role: 'rater' as const,
				hash: Buffer.from(randomUUID()),
				hint: 'ait_sk_…abcd',
				expiresAt: new Date(2100, 0)
			}))
		)
	);
const entriesOf = (scope: Scope) => scope.tx((tx) => tx.select().from(auditEntries).orderBy(auditEntries.seq));
const daysUntil = (at: Date) => Math.round((at.getTime() - Date.now()) / 86_400_000);
const endNow = (id: string) => owner`update api_keys set expires_at = now() where id = ${id}`;

describe('a new key', () => {
	test('is shown once, kept as its hash, listed by its hint, and written down', async () => {
		const { scope, owner: person } = await newTeam();
		const acting = { ...scope, request: from('198.51.100.1') };
		const { id, key } = await make(acting);
		expect(readKey(key)).toEqual({ kind: 'sk' });
		const [row] = await owner`select k::text as text from api_keys k where id = ${id}`;
		expect(row!.text).not.toContain(key.slice(7, 30));
		const [listed] = await listKeys(scope);
		expect(listed).toMatchObject({
			id,
			name: 'Nightly import',
			hint: `ait_sk_…${key.slice(-4)}`,
			role: 'trainer',
			projectIds: null,
			state: 'open',
			createdBy: person.name,
			lastUsedAt: null
		});
		expect(daysUntil(listed!.expiresAt)).toBe(90);
		const [entry] = await entriesOf(scope);
		expect(entry).toMatchObject({
			action: 'key.created',
			subject: id,
			personId: person.id,
			address: '198.51.100.1',
			details: { name: 'Nightly import', hint: listed!.hint, role: 'trainer', projectIds: null }
		});
		expect(JSON.stringify(entry)).not.toContain(key);
	});

	test('lets in with its role and its projects, and says so', async () => {
		const { scope, teamId, slug } = await newTeam();
		const { project } = await newProject(scope, { slug: 'one' });
		await newProject(scope, { slug: 'two' });
		const { id, key } = await make(scope, { role: 'rater', projectIds: [project.id] });
		const holder = (await come(key))!;
		expect(holder.team).toMatchObject({ id: teamId, slug });
		expect(holder.scope).toMatchObject({ userId: null, role: 'rater', projectIds: [project.id] });
		const seen = await holder.scope.tx((tx) => tx.select({ slug: projects.slug }).from(projects));
		expect(seen).toEqual([{ slug: 'one' }]);
		expect(await getMe(holder.scope)).toMatchObject({
			team: { id: teamId },
			role: 'rater',
			projectIds: [project.id],
			key: { id, name: 'Nightly import' }
		});
	});

	test('is for no project of another team, nor for none at all', async () => {
		const [here, there] = [await newTeam(), await newTeam()];
		const { project } = await newProject(there.scope);
		await expect(make(here.scope, { projectIds: [project.id] })).rejects.toMatchObject({ field: 'projectIds' });
		expect(await listKeys(here.scope)).toEqual([]);
	});

	test('remembers when and from where it was last used, at most once a minute', async () => {
		const { scope } = await newTeam();
		await make(scope);
		const { id, key } = await make(scope);
		await come(key, '203.0.113.1');
		await come(key, '203.0.113.2');
		const used = async () => (await listKeys(scope))[0]!;
		expect((await listKeys(scope))[1]).toMatchObject({ lastUsedAt: null, lastUsedFrom: null });
		expect(await used()).toMatchObject({ lastUsedFrom: '203.0.113.1', lastUsedAt: expect.any(Date) });
		await owner`update api_keys set last_used_at = now() - interval '61 seconds' where id = ${id}`;
		await come(key, '203.0.113.3');
		expect(await used()).toMatchObject({ lastUsedFrom: '203.0.113.3' });
	});

	test('outlives whoever made it, without their name', async () => {
		const team = await newTeam();
		const second = await team.as('owner');
		const { key } = await make(second);
		await removeMember(team.scope, { personId: second.userId });
		expect(await works(key)).toBe(true);
		expect(await listKeys(team.scope)).toMatchObject([{ createdBy: null }]);
	});
});

describe('there are at most fifty that work', () => {
	test('also when two are made at once', async () => {
		const { scope } = await newTeam();
		await fill(scope, mostKeys - 1);
		const ends = await Promise.allSettled([make(scope), make(scope), make(scope)]);
		const refusals = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
		expect(refusals).toMatchObject([{ code: 'conflict' }, { code: 'conflict' }]);
		expect(await listKeys(scope)).toHaveLength(mostKeys);
	});

	test('those that are over do not count', async () => {
		const { scope } = await newTeam();
		await fill(scope, mostKeys);
		const [first, second] = await listKeys(scope);
		await revokeKey(scope, { keyId: first!.id });
		await make(scope);
		await endNow(second!.id);
		await make(scope);
		await expect(make(scope)).rejects.toMatchObject({ code: 'conflict' });
	});

	test('a full team can roll without grace, and not with it', async () => {
		const { scope } = await newTeam();
		const { id } = await make(scope);
		await fill(scope, mostKeys - 1);
		await expect(rollKey(scope, { keyId: id, graceHours: 1 })).rejects.toMatchObject({ code: 'conflict' });
		expect((await listKeys(scope)).find((key) => key.id === id)).toMatchObject({ state: 'open' });
		await rollKey(scope, { keyId: id, graceHours: 0 });
		expect((await listKeys(scope)).filter(({ state }) => state === 'open')).toHaveLength(mostKeys);
	});
});

test('a team makes at most a hundred within the hour', async () => {
	const { scope, teamId } = await newTeam();
	await owner`insert into rate_limits (key, count, resets_at) values (${`keys:${teamId}`}, 99, now() + interval '1 hour')`;
	const { id } = await make(scope);
	await expect(make(scope)).rejects.toMatchObject({ code: 'rate_limited' });
	await expect(rollKey(scope, { keyId: id, graceHours: 0 })).rejects.toMatchObject({ code: 'rate_limited' });
});

describe('rolled', () => {
	test('with grace, the old one works inside it and not after; the new one has its name, rights and life', async () => {
		const { scope } = await newTeam();
		const { project } = await newProject(scope);
		const old = await make(scope, { role: 'rater', projectIds: [project.id], days: 30 });
		const made = await rollKey(scope, { keyId: old.id, graceHours: 24 });
		expect([await works(old.key), await works(made.key)]).toEqual([true, true]);
		const [fresh, rolled] = await listKeys(scope);
		expect(fresh).toMatchObject({ id: made.id, name: 'Nightly import', role: 'rater', projectIds: [project.id] });
		expect([daysUntil(fresh!.expiresAt), daysUntil(rolled!.expiresAt)]).toEqual([30, 1]);
		expect([fresh!.state, rolled!.state]).toEqual(['open', 'rolled']);
		await endNow(old.id);
		expect([await works(old.key), await works(made.key)]).toEqual([false, true]);
		expect((await listKeys(scope))[1]).toMatchObject({ state: 'expired' });
		expect((await entriesOf(scope)).at(-1)).toMatchObject({
			action: 'key.rolled',
			subject: old.id,
			details: {
				name: 'Nightly import',
				hint: rolled!.hint,
				graceHours: 24,
				newKey: made.id,
				newHint: fresh!.hint
			}
		});
	});

	test('without, it ends at once', async () => {
		const { scope } = await newTeam();
		const old = await make(scope);
		const made = await rollKey(scope, { keyId: old.id, graceHours: 0 });
		expect([await works(old.key), await works(made.key)]).toEqual([false, true]);
	});

	test('never lives longer than it would have', async () => {
		const { scope } = await newTeam();
		const old = await make(scope);
		await owner`update api_keys set expires_at = now() + interval '1 hour' where id = ${old.id}`;
		await rollKey(scope, { keyId: old.id, graceHours: 168 });
		const [, rolled] = await listKeys(scope);
		expect(rolled!.expiresAt.getTime() - Date.now()).toBeLessThanOrEqual(3_600_000);
	});

	test('once, also when two press at the same moment; and not when it is over', async () => {
		const { scope } = await newTeam();
		const old = await make(scope);
		const press = () => rollKey(scope, { keyId: old.id, graceHours: 24 });
		const ends = await Promise.allSettled([press(), press()]);
		expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		await expect(press()).rejects.toMatchObject({
			code: 'conflict',
			message: expect.stringContaining('rolled before')
		});
		expect(await listKeys(scope)).toHaveLength(2);
		await revokeKey(scope, { keyId: old.id });
		await expect(press()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('is over') });
	});
});

describe('ended', () => {
	test('its next request is refused, and it is written down once', async () => {
		const { scope } = await newTeam();
		const { id, key } = await make(scope);
		await revokeKey(scope, { keyId: id });
		await revokeKey(scope, { keyId: id });
		expect(await works(key)).toBe(false);
		expect(await listKeys(scope)).toMatchObject([{ state: 'revoked' }]);
		expect((await entriesOf(scope)).map(({ action }) => action)).toEqual(['key.created', 'key.revoked']);
	});

	test('it stays in the list for a month', async () => {
		const { scope } = await newTeam();
		const [ended, over] = [await make(scope), await make(scope)];
		const age = (days: number) =>
			rewriteHistory('api_keys', async (sql) => {
				const then = new Date(Date.now() - days * 86_400_000);
				await sql`update api_keys set revoked_at = ${then} where id = ${ended.id}`;
				await sql`update api_keys set expires_at = ${then} where id = ${over.id}`;
			});
		await age(29);
		expect(await listKeys(scope)).toHaveLength(2);
		await age(31);
		expect(await listKeys(scope)).toEqual([]);
	});
});

test('a key that is mistyped, unknown, of a person, over or ended opens nothing', async () => {
	const { scope } = await newTeam();
	const { id, key } = await make(scope);
	for (const wrong of [`${key}x`, key.slice(0, -1), key.replace('sk', 'pt'), 'ait_sk_', '', key.toUpperCase()])
		expect(await works(wrong), wrong).toBe(false);
	await endNow(id);
	expect(await works(key)).toBe(false);
});

describe('a request that is open when its key ends', () => {
	const changed = { code: 'forbidden' };
	const write = (scope: Scope, wait = async () => {}) =>
		scope.tx(async (tx) => {
			const entry = { personId: null, keyId: scope.key!.id, action: 'key.test', subject: 'x', details: {} };
			await tx.insert(auditEntries).values(entry);
			await wait();
		});

	test('is finished before the end is answered; the next is refused, to look as well as to change', async () => {
		const { scope } = await newTeam();
		const { id, key } = await make(scope);
		const holder = (await come(key))!;
		let finished = false;
		let isOpen = () => {};
		const open = new Promise<void>((go) => (isOpen = go));
		const change = write(holder.scope, async () => {
			isOpen();
			await sleep(200);
			finished = true;
		});
		await open;
		await revokeKey(scope, { keyId: id });
		expect(finished).toBe(true);
		await change;
		await expect(write(holder.scope)).rejects.toMatchObject(changed);
		await expect(holder.scope.look((tx) => tx.select().from(projects))).rejects.toMatchObject(changed);
		expect((await entriesOf(scope)).filter(({ action }) => action === 'key.test')).toMatchObject([{ keyId: id }]);
	});

	test('and so it is when its time is over', async () => {
		const { scope } = await newTeam();
		const { id, key } = await make(scope);
		const holder = (await come(key))!;
		await write(holder.scope);
		await endNow(id);
		await expect(write(holder.scope)).rejects.toMatchObject(changed);
	});

	test('nobody waits for a request that only notes when the key was used', async () => {
		const { scope } = await newTeam();
		const { key } = await make(scope);
		const holder = (await come(key))!;
		await owner`update api_keys set last_used_at = null`;
		await write(holder.scope, async () => void (await come(key)));
		expect(await works(key)).toBe(true);
	});

	test('writes in nobody’s name, and not under another key', async () => {
		const { scope, owner: person } = await newTeam();
		const [one, other] = [await make(scope), await make(scope)];
		const holder = (await come(one.key))!;
		for (const forged of [{ personId: person.id }, { keyId: other.id }, { keyId: null }]) {
			const entry = { personId: null, keyId: one.id, action: 'x', subject: 'x', details: {}, ...forged };
			await expect(holder.scope.tx((tx) => tx.insert(auditEntries).values(entry))).rejects.toMatchObject({
				cause: { code: '42501' }
			});
		}
	});
});

describe('requests of a bucket', () => {
	const take = async (bucket: string, most = 3, seconds = 3600) => {
		const [row] = await owner`select * from take_request(${bucket}, ${most}, ${seconds})`;
		return row!.remaining as number | null;
	};

	test('are as many as it holds, however many come at once', async () => {
		const { scope } = await newTeam();
		const { key } = await make(scope);
		const few = { most: 5, perSeconds: 3600 };
		const holders = await Promise.all(Array.from({ length: 20 }, () => enterWithKey(key, null, from(), few)));
		expect(holders.filter((holder) => !holder!.requests.refused)).toHaveLength(5);
		for (const { requests } of holders.map((holder) => holder!))
			if (requests.refused) expect(requests.waitSeconds).toBeGreaterThan(0);
	});

	test('come back when it fills, also when a clock was set back meanwhile', async () => {
		const bucket = `test:${randomUUID()}`;
		expect([await take(bucket), await take(bucket), await take(bucket), await take(bucket)]).toEqual([2, 1, 0, null]);
		await owner`update buckets set full_at = full_at - interval '21 minutes' where name = ${bucket}`;
		expect([await take(bucket), await take(bucket)]).toEqual([0, null]);
		await owner`update buckets set full_at = now() + interval '10 days' where name = ${bucket}`;
		expect(await take(bucket)).toBeNull();
		await owner`update buckets set full_at = full_at - interval '10 days' where name = ${bucket}`;
		await owner`update buckets set full_at = least(full_at, now() + interval '1 hour') - interval '61 minutes' where name = ${bucket}`;
		expect(await take(bucket)).toBe(2);
	});
});

// In the database itself (drizzle/functions/keys.sql): assert_key, enter_with_key.
describe('the functions that let a key in', () => {
	const asserts = (team: string, key: string, { holding = false, role = 'trainer', projects = 'all' } = {}) =>
		owner`select assert_key(${team}, ${key}, ${role}, ${projects}, ${holding})`.then(
			() => 'holds',
			(problem) => problem.code
		);

	test.each([false, true])('ask about this key of this team, and no other: holding %s', async (holding) => {
		const [here, there] = [await newTeam(), await newTeam()];
		const [first, second] = [await make(here.scope), await make(here.scope)];
		const foreign = await make(there.scope);
		expect(await asserts(here.teamId, first.id, { holding })).toBe('holds');
		expect(await asserts(here.teamId, foreign.id, { holding })).toBe('AI020');
		expect(await asserts(there.teamId, first.id, { holding })).toBe('AI020');
		await revokeKey(here.scope, { keyId: second.id });
		expect(await asserts(here.teamId, second.id, { holding })).toBe('AI020');
		expect(await asserts(here.teamId, first.id, { holding })).toBe('holds');
		const third = await make(here.scope);
		await revokeKey(here.scope, { keyId: first.id });
		expect(await asserts(here.teamId, first.id, { holding })).toBe('AI020');
		expect(await asserts(here.teamId, third.id, { holding })).toBe('holds');
		expect(await asserts(here.teamId, third.id, { holding, role: 'rater' })).toBe('AI020');
		expect(await asserts(here.teamId, third.id, { holding, projects: randomUUID() })).toBe('AI020');
		await endNow(third.id);
		expect(await asserts(here.teamId, third.id, { holding })).toBe('AI020');
	});

	test('hold it for a change until that is committed, and for a look not at all', async () => {
		const { scope } = await newTeam();
		const { id, key } = await make(scope);
		const holder = (await come(key))!.scope;
		await holder.look(() => owner`update api_keys set mailed_at = now() where id = ${id}`.then(() => {}));
		const order: string[] = [];
		let revoked: Promise<unknown> | undefined;
		await holder.tx(async (tx) => {
			await tx.$client`select 1`;
			revoked = revokeKey(scope, { keyId: id }).then(() => order.push('revoked'));
			const waits = () =>
				owner`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%api_keys%'`;
			await expect.poll(async () => (await waits()).length, { timeout: 20_000 }).toBeGreaterThan(0);
			order.push('changed');
		});
		await revoked;
		expect(order).toEqual(['changed', 'revoked']);
	});

	test('leave the one who acts as they are where no key came that works', async () => {
		const { scope, teamId } = await newTeam();
		const settings = (sql: postgres.ReservedSql) => sql`
			select current_setting('synchronous_commit') as commit, current_setting('app.team_id') as team, current_setting('app.role') as role`;
		await raw(scope, async (sql) => {
			await sql`set local synchronous_commit = on`;
			const before = await settings(sql);
			expect(before).toEqual([{ commit: 'on', team: teamId, role: 'owner' }]);
			expect(await sql`select from act_with_key(${randomBytes(32)}, null, null)`).toHaveLength(0);
			expect(await sql`select from act_with_token(${randomBytes(32)}, null, null)`).toHaveLength(0);
			expect(await settings(sql)).toEqual(before);
		});
	});

	test('write the last use of the key that came, and of none that has its id in another team', async () => {
		const [here, there] = [await newTeam(), await newTeam()];
		const { id, key } = await make(here.scope);
		await owner`insert into api_keys (team_id, id, name, role, hash, hint, expires_at)
			values (${there.teamId}, ${id}, 'Another', 'rater', ${Buffer.from(randomUUID())}, 'ait_sk_…x', '2100-01-01')`;
		await come(key);
		const used = await owner`select team_id from api_keys where id = ${id} and last_used_at is not null`;
		expect(used).toEqual([{ team_id: here.teamId }]);
	});
});
