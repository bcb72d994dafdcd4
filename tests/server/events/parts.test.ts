import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { emptyOutbox } from '../../../src/lib/server/platform/purge.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

// The outbox of live pages lies in three parts, by the hour of the database's clock: what holds of them, at whatever time this is run.

const other = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
let teamId: string;
let projectId: string;
beforeAll(async () => {
	const team = await newTeam();
	({ teamId } = team);
	projectId = (await newProject(team.scope)).project.id;
});
afterAll(async () => {
	await other.end({ timeout: 1 });
	await closePools();
});

/** Not in the last seconds of an hour: what is written before it would be told after it. */
const withinAnHour = async () => {
	const [now] =
		await owner`select extract(epoch from date_trunc('hour', now()) + interval '1 hour' - now())::float as left`;
	if (now!.left < 20) await sleep((now!.left + 1) * 1000);
};
/** The part of so many hours ago. */
const partOf = async (hoursAgo: number): Promise<number> =>
	(await owner`select (extract(hour from now() at time zone 'UTC')::int + 24 - ${hoursAgo}::int) % 3 as part`)[0]!.part;
const write = (sql: postgres.ISql, topic: string, part: number) => sql`
	insert into outbox (team_id, project_id, topic, part) values (${teamId}, ${projectId}, ${topic}, ${part})`;
const left = async (): Promise<string[]> =>
	(await owner`select topic from outbox where team_id = ${teamId} and topic like 'part%' order by 1`).map(
		({ topic }) => topic
	);

test('what is written lies in the part of its hour, whoever writes it', async () => {
	await withinAnHour();
	await owner`insert into outbox (team_id, project_id, topic) values (${teamId}, ${projectId}, 'now')`;
	const [row] = await owner`select tableoid::regclass::text as in_part from outbox where topic = 'now'`;
	expect(row!.in_part).toBe(`parts.outbox_${await partOf(0)}`);
});

test('the hour before the last is emptied as a whole; this one and the last stay, and so no page misses anything', async () => {
	await withinAnHour();
	for (const hoursAgo of [0, 1, 2]) await write(owner, `part ${hoursAgo}`, await partOf(hoursAgo));
	const [old] = await owner`select count(*)::int as rows from outbox where part = ${await partOf(2)}`;
	const [before] = await owner`select pg_relation_filenode(${`parts.outbox_${await partOf(2)}`}::regclass) as file`;
	expect(await emptyOutbox()).toBe(old!.rows);
	expect(await left()).toEqual(['part 0', 'part 1']);
	// thrown away, and no row of it deleted: nothing is left to be cleared
	const [after] = await owner`select pg_relation_filenode(${`parts.outbox_${await partOf(2)}`}::regclass) as file`;
	expect(after!.file).not.toBe(before!.file);
	expect(await emptyOutbox()).toBe(0);
});

test('a part that is logged, as in earlier versions, is unlogged once it is emptied', async () => {
	await withinAnHour();
	const part = `parts.outbox_${await partOf(2)}`;
	await owner.unsafe(`alter table ${part} set logged`);
	const logged = async () =>
		(
			await owner`select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
				where i.inhparent = 'outbox'::regclass and c.relpersistence <> 'u'`
		).map(({ relname }) => `parts.${relname}`);
	expect(await logged()).toEqual([part]);
	expect(await emptyOutbox()).toBe(0);
	expect(await logged()).toEqual([]);
});

test('it is left alone as long as somebody still writes to it, and those who read and write the others do not wait', async () => {
	await withinAnHour();
	const old = await partOf(2);
	await write(owner, 'part, committed', old);
	const writer = await other.reserve();
	await writer`begin`;
	await write(writer, 'part, still open', old);
	expect(await emptyOutbox()).toBe(0);
	await write(owner, 'part, now', await partOf(0));
	await writer`commit`;
	writer.release();
	expect(await left()).toEqual(expect.arrayContaining(['part, committed', 'part, now', 'part, still open']));
	expect(await emptyOutbox()).toBe(2);
	expect(await left()).not.toContain('part, still open');
});

test('the version before asks for it among the others', async () => {
	await withinAnHour();
	await write(owner, 'part, old', await partOf(2));
	expect((await plainPool()`select purge('outbox', null, 5000) as removed`)[0]!.removed).toBe(1);
	expect(await left()).not.toContain('part, old');
});
