import { randomBytes, randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scope, inProject, scopeFor } from '../../../../src/lib/server/access/scope.ts';
import { getEvaluation } from '../../../../src/lib/server/evaluations/queries.ts';
import { getExample } from '../../../../src/lib/server/examples/queries.ts';
import { closePools, plainPool } from '../../../../src/lib/server/platform/db/pools.ts';
import { purge } from '../../../../src/lib/server/platform/purge.ts';
import { rateExample, rewriteExample } from '../../../../src/lib/server/ratings/commands.ts';
import { removeMember } from '../../../../src/lib/server/team/commands.ts';
import { newBallot, voteAs } from '../../../support/data/evaluation.ts';
import { owner } from '../../../support/database/owner.ts';
import { raw } from '../../../support/database/raw.ts';
import { newScript } from '../../../support/app/script.ts';
import { newPerson, newTeam } from '../../../support/data/team.ts';

// What the functions answer that see past row level security: the one question, and nothing to a stranger.

afterAll(() => closePools());

const hash = () => randomBytes(32);
const soon = () => new Date(Date.now() + 60_000);

test.each(['people', 'sessions', 'sign_ins', 'rate_limits', 'buckets', 'device_requests'])(
	'whoever serves may do nothing with %s',
	async (table) => {
		const { scope } = await newTeam();
		for (const text of [
			`select from ${table}`,
			`select count(*) from ${table}`,
			`insert into ${table} default values`,
			`delete from ${table}`,
			`truncate ${table}`
		]) {
			await expect(plainPool().unsafe(text), text).rejects.toMatchObject({ code: '42501' });
			await expect(
				raw(scope, (sql) => sql.unsafe(text)),
				text
			).rejects.toMatchObject({ code: '42501' });
		}
	}
);

describe('names', () => {
	type Asked = 'members_with_address' | 'members_to_mail' | 'names_of_raters' | 'names_of_voters';
	let contest: Awaited<ReturnType<typeof newBallot>>;
	let left: Scope & { userId: string };
	/** Has rewritten the example, and rated nothing. */
	let writer: Scope & { userId: string };
	/** Has rated the example, and written nothing. */
	let critic: Scope & { userId: string };
	const asked: Record<Asked, () => string[]> = {
		members_with_address: () => [],
		members_to_mail: () => [contest.project.id],
		names_of_raters: () => [contest.exampleIds[0]!],
		names_of_voters: () => [contest.id]
	};
	const expected: Record<Asked, () => string[]> = {
		members_with_address: () => [contest.owner.id, writer.userId].sort(),
		members_to_mail: () => [contest.owner.id, writer.userId].sort(),
		names_of_raters: () => [left.userId, writer.userId, critic.userId].sort(),
		names_of_voters: () => [left.userId]
	};
	const ask = async (sql: postgres.ISql, name: Asked, values = asked[name]()) => {
		const rows = await sql.unsafe(`select id from ${name}(${values.map((_, i) => `$${i + 1}`).join()})`, values);
		return rows.map(({ id }) => id as string).sort();
	};
	const told = (scope: Scope, name: Asked) => raw(scope, (sql) => ask(sql, name));
	const all = Object.keys(asked) as Asked[];

	beforeAll(async () => {
		contest = await newBallot(2);
		left = await contest.as('rater');
		// somebody who said something of another example, and a key with which nobody has
		const other = await contest.as('rater');
		await newScript(contest.scope);
		for (const [at, person] of [left, other].entries()) {
			const exampleId = contest.exampleIds[at]!;
			const rewrite = { exampleId, output: 'Better', score: 7, clientId: randomUUID() };
			await rewriteExample(await inProject(person, contest.slug), rewrite);
		}
		await removeMember(contest.scope, { personId: other.userId });
		critic = await contest.as('rater');
		const rating = { exampleId: contest.exampleIds[0]!, score: 4, clientId: randomUUID() };
		await rateExample(await inProject(critic, contest.slug), rating);
		await removeMember(contest.scope, { personId: critic.userId });
		await voteAs(left, contest.slug, contest.id, () => 'a');
		await removeMember(contest.scope, { personId: left.userId });
		writer = await contest.as('trainer');
		await raw(
			writer,
			(sql) => sql`
				insert into rewrites (project_id, example_id, person_id, output, client_id)
				values (${contest.project.id}, ${contest.exampleIds[0]!}, ${writer.userId}, 'Better.', ${randomUUID()})`
		);
	});

	test('of members are of those who are in; of evidence, also of those who have left', async () => {
		for (const name of all) expect(await told(contest.scope, name), name).toEqual(expected[name]());
	});

	test.each(all.slice(1))('%s are of whoever did something there, and not elsewhere', async (name) => {
		expect(await raw(contest.scope, (sql) => ask(sql, name, [randomUUID()]))).toEqual([]);
	});

	test('of who has left are on the pages that show what they did', async () => {
		const place = await inProject(contest.scope, contest.slug);
		const { ratings } = await getExample(place, { exampleId: contest.exampleIds[0]! });
		expect(ratings.map(({ person, score }) => [person, score]).sort()).toEqual([
			['Rita', 4],
			['Rita', 7]
		]);
		const { voters } = await getEvaluation(place, { evaluationId: contest.id });
		expect(voters).toEqual([{ name: 'Rita', judged: 2, skipped: 0 }]);
	});

	test.each(all)('%s tells another team nothing, nor who is in none', async (name) => {
		const stranger = await newTeam();
		expect(await told(stranger.scope, name)).toEqual(name === 'members_with_address' ? [stranger.owner.id] : []);
		expect(await ask(plainPool(), name)).toEqual([]);
	});

	test.each(all.slice(1))('%s tells nothing of a project that the member may not see', async (name) => {
		const { teamId, owner: person } = contest;
		const as = { teamId, userId: person.id, role: 'owner' as const };
		expect(await told(scopeFor({ ...as, projectIds: [randomUUID()] }), name)).toEqual([]);
		expect(await told(scopeFor({ ...as, projectIds: [contest.project.id] }), name)).toEqual(expected[name]());
	});

	test.each(['trainer', 'rater'] as const)('a %s learns no address', async (role) => {
		expect(await told(await contest.as(role), 'members_with_address')).toEqual([]);
		expect(await told(await contest.as(role), 'members_to_mail')).toEqual([]);
	});
});

describe('sessions', () => {
	const signedIn = async () => {
		const person = await newPerson();
		const id = hash();
		await plainPool()`select start_session(${id}, ${person.id}, ${soon()}, 'Phone')`;
		const [known] = await plainPool()`select * from session_by_hash(${id})`;
		return { person, id, handle: known!.handle as string };
	};

	test('are known by the hash of their id, until they are over', async () => {
		const { person, id } = await signedIn();
		await signedIn(); // somebody else
		const known = () => plainPool()`select person_id, email, name from session_by_hash(${id})`;
		const listed = () => plainPool()`select user_agent from sessions_of(${person.id})`;
		expect(await known()).toEqual([{ person_id: person.id, email: person.email, name: person.name }]);
		expect(await listed()).toEqual([{ user_agent: 'Phone' }]);
		expect(await plainPool()`select from session_by_hash(${hash()})`).toHaveLength(0);
		for (const change of [`expires_at = now() - interval '1 second'`, `created_at = now() - interval '91 days'`]) {
			await owner.begin(async (sql) => {
				await sql.unsafe(`update sessions set ${change} where id_hash = $1`, [id]);
			});
			expect([await known(), await listed()], change).toEqual([[], []]);
			await owner`update sessions set expires_at = now() + interval '1 day', created_at = now() where id_hash = ${id}`;
		}
		expect(await known()).toHaveLength(1);
	});

	test('that are over are purged, and no other', async () => {
		const [ana, bob] = [await signedIn(), await signedIn()];
		await owner`update sessions set expires_at = now() - interval '1 second' where id_hash = ${ana.id}`;
		await purge('sessions');
		const left = await owner`select person_id from sessions where person_id in (${ana.person.id}, ${bob.person.id})`;
		expect(left).toEqual([{ person_id: bob.person.id }]);
	});

	test('end by their hash, by the handle of the person’s own, or all of one person', async () => {
		const [ana, bob] = [await signedIn(), await signedIn()];
		const open = async ({ id }: { id: Buffer }) => (await plainPool()`select from session_by_hash(${id})`).length;
		await plainPool()`select end_sessions_of(${bob.person.id}, ${ana.handle})`;
		await plainPool()`select end_session(${hash()})`;
		expect([await open(ana), await open(bob)]).toEqual([1, 1]);
		const second = hash();
		await plainPool()`select start_session(${second}, ${ana.person.id}, ${soon()}, 'Laptop')`;
		await plainPool()`select end_sessions_of(${ana.person.id}, ${ana.handle})`;
		expect([await open(ana), await open({ id: second }), await open(bob)]).toEqual([0, 1, 1]);
		await plainPool()`select end_sessions_of(${ana.person.id})`;
		expect([await open({ id: second }), await open(bob)]).toEqual([0, 1]);
	});

	test('last longer one by one', async () => {
		const [ana, bob] = [await signedIn(), await signedIn()];
		const end = async ({ id }: { id: Buffer }) =>
			(await plainPool()`select expires_at from session_by_hash(${id})`)[0]!.expires_at as Date;
		const before = await end(bob);
		const later = new Date(Date.now() + 3_600_000);
		await plainPool()`select extend_session(${ana.id}, ${later})`;
		expect([await end(ana), await end(bob)]).toEqual([later, before]);
	});

	test('have rights in the teams of their person, while they are open', async () => {
		const { person, handle } = await signedIn();
		const mine = await plainPool()`select create_team(${person.id}, 'Mine', ${`m-${randomUUID()}`}) as id`;
		const rights = (team: string, session = handle) =>
			plainPool()`select * from rights_of_session(${session}, ${team})`;
		expect(await rights(mine[0]!.id)).toEqual([{ role: 'owner', project_ids: null }]);
		expect(await rights((await newTeam()).teamId)).toEqual([]);
		expect(await rights(mine[0]!.id, randomUUID())).toEqual([]);
		await owner`update sessions set created_at = now() - interval '91 days' where handle = ${handle}`;
		expect(await rights(mine[0]!.id)).toEqual([]);
	});
});

test('a link or a code tells and opens nothing without what the visitor was sent and the browser that asked', async () => {
	const [email, token, code, browser] = [`ana-${randomUUID()}@example.com`, hash(), hash(), hash()];
	await plainPool()`select make_sign_in(${email}, ${token}, ${code}, ${browser}, '/')`;
	const rows = async (query: PromiseLike<postgres.RowList<postgres.Row[]>>) => [...(await query)];
	const look = (of: Buffer, by: Buffer | null) => rows(plainPool()`select * from sign_in_by_token(${of}, ${by})`);
	expect(await look(hash(), browser)).toEqual([]);
	expect(await look(token, null)).toEqual([{ email, same_browser: false }]);
	expect(await look(token, hash())).toEqual([{ email, same_browser: false }]);
	expect(await look(token, browser)).toEqual([{ email, same_browser: true }]);
	expect(await rows(plainPool()`select * from count_code_try(${hash()})`)).toEqual([]);
	expect(await rows(plainPool()`select * from take_code(${hash()}, ${code})`)).toEqual([]);
	expect(await rows(plainPool()`select * from take_code(${browser}, ${hash()})`)).toEqual([]);
	expect(await rows(plainPool()`select * from take_sign_in(${hash()})`)).toEqual([]);
	for (let tried = 0; tried < 10; tried++)
		expect(await rows(plainPool()`select * from count_code_try(${browser})`)).toEqual([{ email }]);
	expect(await rows(plainPool()`select * from count_code_try(${browser})`)).toEqual([{ email: null }]);
	expect(await rows(plainPool()`select * from take_sign_in(${token})`)).toEqual([{ email, next: '/' }]);
	expect(await look(token, browser)).toEqual([]);
});

describe('a link and its code', () => {
	const asked = async (browser = hash()) => {
		const one = { email: `ana-${randomUUID()}@example.com`, token: hash(), code: hash(), browser };
		await owner`
			insert into sign_ins (email, token_hash, code_hash, browser_hash, expires_at)
			values (${one.email}, ${one.token}, ${one.code}, ${one.browser}, ${soon()})`;
		return one;
	};
	const tried = async (browser: Buffer) =>
		(await plainPool()`select email from count_code_try(${browser})`).map(({ email }) => email as string | null);

	test('are over when their time is; others’ are not, and stay when those are purged', async () => {
		const [ana, bob] = [await asked(), await asked()];
		await owner`update sign_ins set expires_at = now() - interval '1 second' where email = ${ana.email}`;
		expect(await plainPool()`select from sign_in_by_token(${ana.token}, ${ana.browser})`).toHaveLength(0);
		expect(await plainPool()`select from take_sign_in(${ana.token})`).toHaveLength(0);
		expect(await plainPool()`select from take_code(${ana.browser}, ${ana.code})`).toHaveLength(0);
		expect(await tried(ana.browser)).toEqual([]);
		const left = () =>
			owner`select email, attempts from sign_ins where email in (${ana.email}, ${bob.email}) order by attempts`;
		expect(await left()).toHaveLength(2);
		expect(await tried(bob.browser)).toEqual([bob.email]);
		expect(await left()).toMatchObject([
			{ email: ana.email, attempts: 0 },
			{ email: bob.email, attempts: 1 }
		]);
		await purge('sign_ins');
		expect(await left()).toMatchObject([{ email: bob.email }]);
		expect(await plainPool()`select email from take_code(${bob.browser}, ${bob.code})`).toEqual([{ email: bob.email }]);
	});

	test('of one address wait for another that is being made, and end it', async () => {
		const email = `ana-${randomUUID()}@example.com`;
		const make = (sql: postgres.ISql, token: Buffer) =>
			sql`select make_sign_in(${email}, ${token}, ${hash()}, ${hash()}, '/')`.then(() => 'made');
		const latest = hash();
		let second = Promise.resolve('');
		await owner.begin(async (sql) => {
			await make(sql, hash());
			let isMade = false;
			second = make(plainPool(), latest).finally(() => (isMade = true));
			const waits = () => sql`select from pg_locks join pg_database d on d.oid = database
				where locktype = 'advisory' and not granted and datname = current_database()`;
			await expect.poll(async () => isMade || (await waits()).length > 0).toBe(true);
		});
		await second;
		expect(await owner`select token_hash from sign_ins where email = ${email}`).toEqual([{ token_hash: latest }]);
	});

	test('are guessed at in one browser, and the tries of one mail are not those of another', async () => {
		const [ana, bob] = [await asked(), await asked()];
		for (let i = 0; i < 10; i++) await tried(ana.browser);
		expect([await tried(ana.browser), await tried(bob.browser)]).toEqual([[null], [bob.email]]);
		const beside = await asked(ana.browser); // as two mails asked for at the same moment
		expect((await tried(ana.browser)).toSorted()).toEqual([beside.email, null]);
	});
});

test('a place is held and left by whoever took it', async () => {
	const [one, other] = [randomUUID(), randomUUID()];
	const isFree = async (place: string) =>
		(await plainPool()`select take_place(${place}, 3, 600) as taken`)[0]!.taken as boolean;
	for (const place of [one, other]) await plainPool()`select take_place(${place}, 1, 600)`;
	await plainPool()`select hold_place(${one}, 2, -1), leave_place(${one}, 2)`;
	expect(await isFree(one)).toBe(false);
	await plainPool()`select hold_place(${one}, 1, -1)`;
	expect([await isFree(one), await isFree(other)]).toEqual([true, false]);
	await plainPool()`select leave_place(${other}, 1)`;
	expect([await isFree(one), await isFree(other)]).toEqual([false, true]);
});

test('no count is set back by leaving or taking a place of its name', async () => {
	const key = `mail:${randomUUID()}`;
	const count = async () => (await plainPool()`select count_event(${key}, 600) as count`)[0]!.count as number;
	expect(await count()).toBe(1);
	await plainPool()`select leave_place(${key}, 1)`;
	await plainPool()`select take_place(${key}, 0, 600), hold_place(${key}, 1, 0)`;
	await purge('rate_limits');
	expect(await count()).toBe(2);
});

test('what is sent to webhooks is made for the acting team alone; without one, nothing is', async () => {
	const [here, there] = [await newTeam(), await newTeam()];
	for (const { teamId } of [here, there])
		await owner`insert into webhook_endpoints (team_id, name, url, events, sealed_secret)
			values (${teamId}, 'One', 'https://example.com', ${['run.failed']}, '{}')`;
	await owner`insert into webhook_endpoints (team_id, name, url, events, sealed_secret, state)
		values (${here.teamId}, 'Paused', 'https://example.com', ${['run.failed']}, '{}', 'paused')`;
	const made = async () =>
		(await owner`select team_id from webhook_deliveries where team_id in (${here.teamId}, ${there.teamId})`).map(
			({ team_id }) => team_id as string
		);
	await plainPool()`select make_deliveries('run.failed', null, '{}')`;
	expect(await made()).toEqual([]);
	await raw(here.scope, (sql) => sql`select make_deliveries('run.failed', null, '{}')`);
	await raw(here.scope, (sql) => sql`select make_deliveries('run.finished', null, '{}')`);
	expect(await made()).toEqual([here.teamId]);
});

test('what happens in a project is sent to the webhooks that are limited to it, or to none', async () => {
	const { scope, teamId } = await newTeam();
	const [mine, other] = [randomUUID(), randomUUID()];
	for (const [name, projects] of Object.entries({ all: null, mine: [mine], both: [other, mine], other: [other] }))
		await owner`insert into webhook_endpoints (team_id, name, url, events, sealed_secret, project_ids)
			values (${teamId}, ${name}, 'https://example.com', ${['run.failed']}, '{}', ${projects})`;
	const sentTo = async (project: string | null) => {
		await raw(scope, (sql) => sql`select make_deliveries('run.failed', ${project}, '{}')`);
		const rows = await owner`
			with sent as (delete from webhook_deliveries where team_id = ${teamId} returning endpoint_id)
			select name from webhook_endpoints where id in (select endpoint_id from sent) order by name`;
		return rows.map(({ name }) => name as string);
	};
	expect([await sentTo(mine), await sentTo(null)]).toEqual([['all', 'both', 'mine'], ['all']]);
});

test('a code of a program tells and gives nothing without what the program was given, nor to another person', async () => {
	const { teamId, owner: person } = await newTeam();
	const stranger = await newTeam();
	const [device, code, token] = [hash(), hash(), hash()];
	await plainPool()`select begin_device(${device}, ${code}, 'ait', '192.0.2.1')`;
	const rows = async (query: PromiseLike<postgres.RowList<postgres.Row[]>>) => [...(await query)];
	const look = (of: Buffer) => rows(plainPool()`select name, address from device_by_code(${of})`);
	const answer = async (by: string, team: string | null, of = code) =>
		(await plainPool()`select answer_device(${of}, ${by}, ${team}, 20, null, null) as said`)[0]!.said as string;
	const take = async (of: Buffer) => (await plainPool()`select * from take_device(${of}, ${token}, 'x', null)`)[0]!;
	expect([await look(hash()), await look(device), await look(code)]).toEqual([
		[],
		[],
		[{ name: 'ait', address: '192.0.2.1' }]
	]);
	expect(await take(hash())).toMatchObject({ outcome: 'gone', team_id: null });
	expect(await take(code)).toMatchObject({ outcome: 'gone', team_id: null });
	expect(await answer(person.id, teamId, hash())).toBe('gone');
	expect(await answer(stranger.owner.id, teamId)).toBe('stranger');
	expect(await answer(person.id, teamId)).toBe('confirmed');
	expect(await answer(stranger.owner.id, null)).toBe('gone');
	expect(await take(device)).toMatchObject({ outcome: 'taken', email: person.email, team_id: teamId });
	expect(await take(device)).toMatchObject({ outcome: 'gone', team_id: null, email: null });

	const enter = (of: Buffer) =>
		rows(plainPool()`select person_id, team_id from enter_with_token(${of}, null, '', 10, 60)`);
	expect([await enter(hash()), await enter(token)]).toEqual([[], [{ person_id: person.id, team_id: teamId }]]);
	const listed = (of: string) => rows(plainPool()`select id, name from tokens_of(${of})`);
	const [{ id }] = (await listed(person.id)) as unknown as [{ id: string }];
	expect(await listed(stranger.owner.id)).toEqual([]);
	const end = async (by: string) => (await plainPool()`select end_token(${id}, ${by}, null, null) as team`)[0]!.team;
	expect([await end(stranger.owner.id), await end(person.id), await end(person.id)]).toEqual([null, teamId, null]);
	expect(await enter(token)).toEqual([]);
});
