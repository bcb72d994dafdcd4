// The triggers lock what they are about to read and nothing else: whoever is at another row waits for nobody.
import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scope, scopeFor } from '../../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../../src/lib/server/platform/db/pools.ts';
import { oneOfEach } from '../../../support/data/one-of-each.ts';
import { raw } from '../../../support/database/raw.ts';
import { newPerson, newTeam } from '../../../support/data/team.ts';

afterAll(() => closePools());

type Sql = postgres.ReservedSql;
let here: Scope & { userId: string };
let there: Scope & { userId: string };
let one: Awaited<ReturnType<typeof oneOfEach>>;
let other: Awaited<ReturnType<typeof oneOfEach>>;
beforeAll(async () => {
	const [a, b] = [await newTeam(), await newTeam()];
	here = { ...a.scope, userId: a.owner.id };
	there = { ...b.scope, userId: b.owner.id };
	[one, other] = [
		await oneOfEach(here, (await newPerson('Extra')).id),
		await oneOfEach(there, (await newPerson('Extra')).id)
	];
});

/** Does the first in a transaction that stays open until the second has been committed, which waits for no lock. */
const whileOpen = (first: (sql: Sql) => Promise<unknown>, second: (sql: Sql) => Promise<unknown>, who: Scope = there) =>
	raw(here, async (sql) => {
		await first(sql);
		await raw(who, async (sql) => {
			await sql`set local lock_timeout = '1s'`;
			await second(sql);
		});
	});

const say = (table: 'ratings' | 'rewrites') => {
	const value = table === 'ratings' ? 'score' : 'output';
	const in_ =
		({ projectId, ids }: typeof one, { userId }: { userId: string }) =>
		(sql: Sql) =>
			sql`
			insert into ${sql(table)} (project_id, example_id, person_id, ${sql(value)}, client_id)
			values (${projectId}, ${ids.examples!}, ${userId}, ${'7'}, ${randomUUID()})`;
	return [in_(one, here), in_(other, there)] as const;
};

test('a rating', async () => {
	await whileOpen(...say('ratings'));
});

test('a rewrite', async () => {
	await whileOpen(...say('rewrites'));
});

test.each(['ratings', 'rewrites'] as const)('%s of another example of the team', async (table) => {
	const id = randomUUID();
	await raw(
		here,
		(sql) => sql`
			insert into examples (id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
			values (${id}, ${one.projectId}, ${table.length}, '[]', ${id}::text::bytea, ${id}::text::bytea, 1, 'written')`
	);
	const [first] = say(table);
	const value = table === 'ratings' ? 'score' : 'output';
	await whileOpen(
		first,
		(sql) => sql`
			insert into ${sql(table)} (project_id, example_id, person_id, ${sql(value)}, client_id)
			values (${one.projectId}, ${id}, ${here.userId}, ${'7'}, ${randomUUID()})`,
		here
	);
});

test('a run that learns', async () => {
	const learn =
		({ projectId, ids }: typeof one) =>
		async (sql: Sql) => {
			const id = randomUUID();
			await sql`
				insert into examples (id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split)
				values (${id}, ${projectId}, 90, '[]', ${id}::text::bytea, ${id}::text::bytea, 1, 'written', 'train')`;
			await sql`insert into run_examples (project_id, run_id, example_id, kind) values (${projectId}, ${ids.runs!}, ${id}, 'train')`;
		};
	await whileOpen(learn(one), learn(other));
});

test('a vote', async () => {
	const { projectId, ids } = other;
	await whileOpen(
		(sql) => sql`update evaluations set problem = 'x' where id = ${one.ids.evaluations!}`,
		(sql) => sql`
			insert into votes (project_id, evaluation_id, pairing_id, ballot_id, person_id, choice, client_id)
			values (${projectId}, ${ids.evaluations!}, ${ids.pairings!}, ${ids.ballots!}, ${there.userId}, 'tie', ${randomUUID()})`
	);
});

test('a look at what others gave', async () => {
	const settle = (ids: Record<string, string>) => (sql: Sql) => sql`select settle_rating(${ids.examples!})`;
	await whileOpen(settle(one.ids), settle(other.ids));
});

test('an owner who steps down', async () => {
	const second = async (team: Scope) => {
		const person = await newPerson('Second');
		await raw(
			team,
			(sql) => sql`insert into members (person_id, role, team_id) values (${person.id}, 'owner', ${team.teamId})`
		);
		return (sql: Sql) => sql`update members set role = 'rater' where person_id = ${person.id}`;
	};
	await whileOpen(await second(here), await second(there));
	const rater = await newPerson('Rater');
	await raw(
		here,
		(sql) => sql`insert into members (person_id, role, team_id) values (${rater.id}, 'rater', ${here.teamId})`
	);
	await whileOpen(
		await second(here),
		(sql) => sql`delete from members where person_id = ${rater.id}`, // there is an owner, whoever else goes
		here
	);
	const seen = scopeFor({ teamId: there.teamId, userId: there.userId, role: 'owner', projectIds: 'all' });
	expect(await raw(seen, (sql) => sql`select from members where role = 'owner'`)).toHaveLength(1);
});

test('what has nothing to do with the split, while somebody splits this project', async () => {
	const add = (split: string | null, number: number, projectId = one.projectId) => {
		const id = randomUUID();
		return (sql: Sql) => sql`
			insert into examples (id, project_id, number, messages, content_hash, prompt_hash, tokens, origin, split)
			values (${id}, ${projectId}, ${number}, '[]', ${id}::text::bytea, ${id}::text::bytea, 1, 'written', ${split})`;
	};
	await raw(here, add('train', 100));
	const splitting = add('train', 101);
	const [{ id: trains }] = (await raw(here, (sql) => sql`select id from examples where number = 100`)) as unknown as [
		{ id: string }
	];
	await whileOpen(splitting, add(null, 102), here);
	await whileOpen(
		add('train', 103),
		(sql) => sql`
			insert into ratings (project_id, example_id, person_id, score, client_id)
			values (${one.projectId}, ${trains}, ${here.userId}, 7, ${randomUUID()})`,
		here
	);
	await whileOpen(add('train', 104), (sql) => sql`update examples set deleted_at = now() where id = ${trains}`, here);
	await whileOpen(add('train', 105), add('train', 105, other.projectId)); // another project has a split of its own
});
