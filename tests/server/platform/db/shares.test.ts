// A team has its share of the connections, and no more, whatever it waits for.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { scopeFor } from '../../../../src/lib/server/access/scope.ts';
import type { Connection } from '../../../../src/lib/server/platform/db/connection.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { inShares } from '../../../../src/lib/server/platform/db/shares.ts';
import { owner } from '../../../support/database/owner.ts';
import { newPerson, newProject, newTeam } from '../../../support/data/team.ts';

afterAll(() => closePools());

/** Has as many as anybody asks for, and counts them. */
const endless = () => {
	let out = 0;
	const pool = {
		take: async () => (out++, {} as Connection),
		giveBack: () => void out--,
		discard: () => {}
	};
	return { pool: pool as unknown as Parameters<typeof inShares>[0], out: () => out };
};

test('no more than its share is out, and whoever waits is served in order', async () => {
	const { pool, out } = endless();
	const of = inShares(pool, 2);
	const [one, other] = [of('one'), of('other')];
	const held = [await one.take(), await one.take()];
	const served: string[] = [];
	const third = one.take().then((connection) => (served.push('third'), connection));
	const fourth = one.take().then((connection) => (served.push('fourth'), connection));
	await other.take();
	expect([out(), served]).toEqual([3, []]);
	one.giveBack(held[0]!);
	const next = await third;
	expect([out(), served]).toEqual([3, ['third']]);
	one.giveBack(next);
	one.giveBack(await fourth);
	one.giveBack(held[1]!);
	expect([out(), served]).toEqual([1, ['third', 'fourth']]);
	// nothing is left over of it
	expect(await Promise.all([one.take(), one.take()])).toHaveLength(2);
});

test('waiting for its share has an end, and takes nobody else’s place', async () => {
	const { pool } = endless();
	const one = inShares(pool, 1, 20)('one');
	const held = await one.take();
	await expect(one.take()).rejects.toMatchObject({ code: 'unavailable' });
	one.giveBack(held);
	one.giveBack(await one.take());
});

test('a connection that cannot be opened leaves its place', async () => {
	let fails = true;
	const pool = { take: () => (fails ? Promise.reject(new Error('away')) : Promise.resolve({})), giveBack: () => {} };
	const one = inShares(pool as never, 1)('one');
	await expect(one.take()).rejects.toThrow('away');
	fails = false;
	expect(await one.take()).toEqual({});
});

test('twelve that wait for one row keep nobody of another team waiting', async () => {
	const [crowded, other] = [await newTeam(), await newTeam()];
	const { project } = await newProject(crowded.scope);
	const id = randomUUID();
	await owner`
		insert into examples (team_id, id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
		values (${crowded.teamId}, ${id}, ${project.id}, 1, '[]', 'c', 'p', 1, 'written')`;
	const raters = await Promise.all(Array.from({ length: 12 }, () => newPerson('Rita')));
	let rated: Promise<unknown> | undefined;
	await owner.begin(async (sql) => {
		await sql`select from examples where id = ${id} for no key update`;
		rated = Promise.all(
			raters.map((person) =>
				scopeFor({ teamId: crowded.teamId, userId: person.id, role: 'rater', projectIds: 'all' }).tx(
					async ({ $client: sql }) => {
						for (const kind of ['lock_timeout', 'statement_timeout'])
							await sql`select set_config(${kind}, '60s', true)`;
						await sql`insert into ratings (project_id, example_id, person_id, score, client_id)
						values (${project.id}, ${id}, ${person.id}, 7, gen_random_uuid())`;
					}
				)
			)
		);
		const waiting = () => sql`select from pg_locks where not granted and transactionid = pg_current_xact_id()::xid`;
		await expect.poll(async () => (await waiting()).length, { timeout: 20_000 }).toBe(6);
		expect(await other.scope.tx((tx) => tx.$client`select 1 as is`)).toEqual([{ is: 1 }]);
	});
	await rated;
	const [example] = await owner`select ratings_count as n from examples where id = ${id}`;
	expect(example).toEqual({ n: 12 });
});
