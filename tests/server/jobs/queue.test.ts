import { createHash, randomUUID } from 'node:crypto';
import { PgBoss } from 'pg-boss';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen } from '../../../src/lib/server/platform/db/listen.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { isQueued } from '../../../src/lib/server/jobs/is-queued.ts';
import { wakeForDue } from '../../../src/lib/server/jobs/due.ts';
import { enqueue } from '../../../src/lib/server/jobs/queue.ts';
import { queueNames, sweep } from '../../../src/lib/server/jobs/queues.ts';
import { owner } from '../../support/database/owner.ts';
import { raw } from '../../support/database/raw.ts';
import { newTeam } from '../../support/data/team.ts';

// A page sends by a function of the database, and the worker takes what pg-boss itself would have written.

const boss = new PgBoss({
	connectionString: process.env.QUEUE_DATABASE_URL!,
	schema: 'pgboss',
	migrate: false,
	createSchema: false,
	schedule: false,
	supervise: false
});
const complaints: unknown[] = [];
boss.on('error', (problem) => complaints.push(problem));
beforeAll(() => boss.start());
afterAll(async () => {
	await boss.stop({ graceful: false });
	await closePools();
	expect(complaints).toEqual([]);
});

const jobsOf = (key: string) => owner`select * from pgboss.job where singleton_key = ${key} order by created_on`;
/** Without what differs between any two jobs; `keep_until` as its distance. */
const comparable = ({ id: _, created_on: _c, start_after, keep_until, ...row }: Record<string, unknown>) => ({
	...row,
	kept: (keep_until as Date).getTime() - (start_after as Date).getTime()
});
const refused = { code: '42501' };

test.each([['at once'], ['later']])('a job that is due %s is the row that pg-boss writes', async (when) => {
	const { scope, teamId, owner: person } = await newTeam();
	const startAfter = when === 'later' ? new Date(Date.now() + 60_000) : undefined;
	const [ours, theirs] = [randomUUID(), randomUUID()];
	await scope.tx((tx) => enqueue(tx, 'run.follow', { runId: ours }, { after: startAfter }));
	await boss.send(
		'run.follow',
		{ runId: theirs, teamId, userId: person.id },
		{ singletonKey: theirs, ...(startAfter && { startAfter }) }
	);
	const [[sent], [original]] = [await jobsOf(ours), await jobsOf(theirs)];
	expect(comparable(sent!)).toEqual({
		...comparable(original!),
		singleton_key: ours,
		data: { ...original!.data, runId: ours }
	});
	if (startAfter) expect(sent!.start_after).toEqual(startAfter);
	else expect(sent!.start_after).toEqual(sent!.created_on);
});

test.each(queueNames)('a second job of %s for the same row adds nothing while the first waits', async (name) => {
	const { scope } = await newTeam();
	const id = randomUUID();
	const send = () => scope.tx((tx) => enqueue(tx, name, { [`${name.split('.')[0]}Id`]: id } as never));
	await send();
	await send();
	expect(await jobsOf(id)).toHaveLength(1);
	// neither does one that pg-boss sends
	expect(await boss.send(name, {}, { singletonKey: id })).toBeNull();
	await owner`update pgboss.job set state = 'active' where singleton_key = ${id}`;
	await send();
	expect(await jobsOf(id)).toHaveLength(2);
});

/** As a worker hears it. */
const listenToQueues = async () => {
	const [{ channel } = { channel: '' }] = await owner<{ channel: string }[]>`
		select 'pgboss_' || left(encode(sha224('pgboss'), 'hex'), 24) as channel`;
	const heard: string[] = [];
	const end = await new Promise<() => void>((ready) => {
		const stop = listen(
			channel,
			(name) => void heard.push(name),
			() => ready(stop)
		);
	});
	return { heard, end };
};

test('whoever waits for jobs is woken by one that is due, when it is committed, and by no other', async () => {
	const { scope } = await newTeam();
	const { heard, end } = await listenToQueues();
	const send = (name: 'run.follow' | 'run.submit', after?: Date, runId = randomUUID()) =>
		scope.tx((tx) => enqueue(tx, name, { runId }, { after }));
	const waiting = randomUUID();
	await send('run.follow', new Date(Date.now() + 60_000), waiting);
	await send('run.follow', undefined, waiting); // one is there: nothing is added
	await owner`update pgboss.queue set notify = false where name = 'run.follow'`;
	await send('run.follow');
	await owner`update pgboss.queue set notify = true where name = 'run.follow'`;
	await scope
		.tx(async (tx) => {
			await enqueue(tx, 'run.follow', { runId: randomUUID() });
			throw new Error('Never mind.');
		})
		.catch(() => {});
	await send('run.submit');
	await expect.poll(() => heard.length).toBeGreaterThan(0);
	end();
	expect(heard).toEqual(['run.submit']);
});

test('whoever works on a queue is woken by what has become due meanwhile, and by nothing else', async () => {
	const { scope } = await newTeam();
	await owner`delete from pgboss.job`;
	const later = new Date(Date.now() + 60_000);
	const [due, active] = [randomUUID(), randomUUID()];
	await scope.tx((tx) => enqueue(tx, 'run.follow', { runId: due }, { after: later }));
	await scope.tx((tx) => enqueue(tx, 'run.settle', { runId: active }, { after: later }));
	await scope.tx((tx) => enqueue(tx, 'serving.follow', { servingId: randomUUID() }, { after: later }));
	await owner`update pgboss.job set start_after = now() - interval '1 second' where singleton_key in (${due}, ${active})`;
	await owner`update pgboss.job set state = 'active' where singleton_key = ${active}`;
	const { heard, end } = await listenToQueues();
	await wakeForDue(boss);
	await expect.poll(() => heard.length).toBeGreaterThan(0);
	expect(heard).toEqual(['run.follow']);
	end();
});

test('the team and the person of a job are those of the transaction; without a team nothing is sent', async () => {
	const [here, there] = [await newTeam(), await newTeam()];
	const id = randomUUID();
	await raw(here.scope, (sql) => sql`select send_job('run.submit', ${id})`);
	const [job] = await jobsOf(id);
	expect(job!.data).toEqual({ runId: id, teamId: here.teamId, userId: here.owner.id });
	expect(await here.scope.tx((tx) => isQueued(tx, 'run.submit', id))).toBe(true);
	expect(await there.scope.tx((tx) => isQueued(tx, 'run.submit', id))).toBe(false);
	expect(await here.scope.tx((tx) => isQueued(tx, 'run.follow', id))).toBe(false);
	expect(await here.scope.tx((tx) => isQueued(tx, 'run.submit', randomUUID()))).toBe(false);
	expect(await plainPool()`select is_queued('run.submit', ${id}) as queued`).toEqual([{ queued: false }]);
	for (const [state, queued] of [
		['active', true],
		['retry', true],
		['completed', false],
		['cancelled', false],
		['failed', false]
	] as const) {
		await owner`update pgboss.job set state = ${state} where singleton_key = ${id}`;
		expect(await here.scope.tx((tx) => isQueued(tx, 'run.submit', id)), state).toBe(queued);
	}
	await expect(plainPool()`select send_job('run.submit', ${randomUUID()})`).rejects.toMatchObject(refused);
});

test('a job that waits for later comes at once where somebody asks for it, and only in their own team', async () => {
	const [here, there] = [await newTeam(), await newTeam()];
	const id = randomUUID();
	const later = new Date(Date.now() + 3_600_000);
	const isDue = async () => (await jobsOf(id)).map(({ start_after: at }) => (at as Date) <= new Date());
	await here.scope.tx((tx) => enqueue(tx, 'run.follow', { runId: id }, { after: later }));
	await raw(there.scope, (sql) => sql`select hasten_job('run.follow', ${id})`);
	await plainPool()`select hasten_job('run.follow', ${id})`;
	await raw(here.scope, (sql) => sql`select hasten_job('run.submit', ${id})`);
	expect(await isDue()).toEqual([false]);
	await here.scope.tx((tx) => enqueue(tx, 'run.follow', { runId: id }, { hasten: true }));
	expect(await isDue()).toEqual([true]);
});

test('a job that asks for itself again waits in its own row, for whoever asks now, and is taken from there again', async () => {
	const [team, other] = [await newTeam(), await newTeam()];
	const [id, within] = [randomUUID(), await team.as('trainer')];
	await team.scope.tx((tx) => enqueue(tx, 'run.follow', { runId: id }));
	const [first] = await jobsOf(id);
	// nobody else's job waits that long
	const taken = () =>
		owner`update pgboss.job set start_after = now() - interval '1 hour', priority = 1 where singleton_key = ${id}`;
	for (let look = 0; look < 3; look++) {
		await taken();
		const [job] = await boss.fetch('run.follow', { includeMetadata: true });
		expect(job).toMatchObject({ id: first!.id, retryCount: 0 });
		const after = new Date(Date.now() + 60_000);
		await within.tx((tx) => enqueue(tx, 'run.follow', { runId: id }, { after }));
		// what the worker says at the end of the look is of no job that is active
		await boss.complete('run.follow', job!.id);
		const [row] = await jobsOf(id);
		expect(row).toMatchObject({ state: 'created', start_after: after, started_on: null, heartbeat_on: null });
		expect(comparable(row!)).toEqual({
			...comparable(first!),
			priority: 1,
			data: { ...first!.data, userId: within.userId }
		});
	}
	expect(await jobsOf(id)).toHaveLength(1);

	// one of another row, or in another queue for this one, is none of it
	const another = randomUUID();
	for (const [name, runId] of [
		['run.follow', another],
		['run.submit', id]
	] as const)
		await team.scope.tx((tx) => enqueue(tx, name, { runId }));
	await owner`update pgboss.job set state = 'active' where singleton_key = ${another} or (singleton_key = ${id} and name = 'run.submit')`;
	await owner`delete from pgboss.job where singleton_key = ${id} and name = 'run.follow'`;
	await team.scope.tx((tx) => enqueue(tx, 'run.follow', { runId: id }, { after: new Date(Date.now() + 60_000) }));
	const states = async (key: string) => (await jobsOf(key)).map(({ name, state }) => `${name} ${state}`).sort();
	expect([await states(id), await states(another)]).toEqual([
		['run.follow created', 'run.submit active'],
		['run.follow active']
	]);
	await owner`delete from pgboss.job where singleton_key = ${id} and name = 'run.submit'`;

	// another team's is none of it, nor does one that runs move while another waits
	await taken();
	await boss.fetch('run.follow');
	const later = { after: new Date(Date.now() + 60_000) };
	await other.scope.tx((tx) => enqueue(tx, 'run.follow', { runId: id }, later));
	await team.scope.tx((tx) => enqueue(tx, 'run.follow', { runId: id }, later));
	expect((await jobsOf(id)).map(({ state, data }) => [state, data.teamId])).toEqual([
		['active', team.teamId],
		['created', other.teamId]
	]);
});

test('a job that waits is not put off by who asks for a later one, and one that is over stays so', async () => {
	const { scope } = await newTeam();
	const [waits, over] = [randomUUID(), randomUUID()];
	for (const runId of [waits, over]) await scope.tx((tx) => enqueue(tx, 'run.follow', { runId }));
	await owner`update pgboss.job set state = 'completed', completed_on = now() where singleton_key = ${over}`;
	const before = await jobsOf(waits);
	const after = new Date(Date.now() + 60_000);
	for (const runId of [waits, over]) await scope.tx((tx) => enqueue(tx, 'run.follow', { runId }, { after }));
	expect(await jobsOf(waits)).toEqual(before);
	expect((await jobsOf(over)).map(({ state }) => state).toSorted()).toEqual(['completed', 'created']);
	await owner`delete from pgboss.job where singleton_key in ${owner([waits, over])}`;
});

test('what is hastened is that one job, and only while it waits for later; whoever works hears of it', async () => {
	const { scope } = await newTeam();
	const [id, other, begun, due] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
	const later = new Date(Date.now() + 3_600_000);
	for (const runId of [id, other, begun, due])
		await scope.tx((tx) => enqueue(tx, 'run.follow', { runId }, { after: later }));
	await owner`update pgboss.job set state = 'active' where singleton_key = ${begun}`;
	await owner`update pgboss.job set start_after = '2026-01-01' where singleton_key = ${due}`;
	const starts = async () => Promise.all([other, begun, due].map(async (one) => (await jobsOf(one))[0]!.start_after));
	const before = await starts();
	const heard: string[] = [];
	const channel = `pgboss_${createHash('sha224').update('pgboss').digest('hex').slice(0, 24)}`;
	const { unlisten } = await owner.listen(channel, (queue) => void heard.push(queue));
	const hasten = (one: string) => scope.tx((tx) => tx.$client`select hasten_job('run.follow', ${one})`);
	for (const one of [begun, due, randomUUID()]) await hasten(one);
	await owner.notify(channel, 'nothing so far');
	await hasten(id);
	await owner.notify(channel, 'nothing more');
	await expect.poll(() => heard.at(-1)).toBe('nothing more'); // they come in the order of the commits
	expect(heard).toEqual(['nothing so far', 'run.follow', 'nothing more']);
	expect(await starts()).toEqual(before);
	await unlisten();
});

test('a page sends to the queues of teams only, and touches no row of pg-boss', async () => {
	const { scope } = await newTeam();
	const internal = await owner`select name from pgboss.queue where name not like '%.%'`;
	expect(internal.map(({ name }) => name)).toContain(sweep);
	for (const name of [...internal.map((queue) => queue.name as string), 'no.such'])
		await expect(
			raw(scope, (sql) => sql`select send_job(${name}, ${randomUUID()})`),
			name
		).rejects.toMatchObject(refused);
	for (const text of ['select from pgboss.job', 'delete from pgboss.job', 'select pgboss.delete_queue($$sweep$$)'])
		await expect(
			raw(scope, (sql) => sql.unsafe(text)),
			text
		).rejects.toMatchObject(refused);
});

test('a process that only sends opens no queue', async () => {
	const { scope } = await newTeam();
	await scope.tx((tx) => enqueue(tx, 'run.submit', { runId: randomUUID() }));
	const open = await owner`
		select from pg_stat_activity where datname = current_database() and application_name = 'aitelier-queue'`;
	expect(open).toHaveLength(0);
});

test('the role of the queue reads nothing of a team, and nothing of anybody', async () => {
	const sql = boss.getDb();
	for (const text of [
		'select from examples',
		'select from people',
		'select from sessions',
		'select create_team(null, null, null)'
	])
		await expect(sql.executeSql(text), text).rejects.toMatchObject(refused);
});
