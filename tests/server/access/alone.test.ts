// A rating and a vote are one statement, which asks for the rights in itself: nothing of what they promise is less for that. Long because each way to act and each end of
// its rights is asked in the moment of one.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { castVote } from '../../../src/lib/server/evaluations/commands.ts';
import { nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import type { Role } from '../../../src/lib/core/permissions.ts';
import { type ProjectScope, inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { closePools, poolSizes, teamPool } from '../../../src/lib/server/platform/db/pools.ts';
import { rateExample } from '../../../src/lib/server/ratings/commands.ts';
import { newBallot } from '../../support/data/evaluation.ts';
import { newScript } from '../../support/app/script.ts';
import { raw } from '../../support/database/raw.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 3, onnotice: () => {} });
afterAll(async () => {
	await closePools();
	await owner.end();
});

type Contest = Awaited<ReturnType<typeof newBallot>>;
/** Somebody who rates and votes in a browser, whose place was remembered. */
const arrive = async (contest: Contest, role: Role = 'trainer', projectIds: 'all' | string[] = 'all') => {
	const { userId } = await contest.as(role, projectIds);
	const [row] = await owner`
		insert into sessions (id_hash, person_id, expires_at)
		values (${Buffer.from(randomUUID())}, ${userId}, now() + interval '1 day') returning handle`;
	const [team] = await owner`select slug from teams where id = ${contest.teamId}`;
	const scope = scopeFor({
		teamId: contest.teamId,
		userId,
		role,
		projectIds,
		authority: { personId: userId, sessionHandle: row!.handle as string },
		place: { team: team!.slug as string, projectId: contest.project.id, project: contest.slug }
	});
	return {
		...scope,
		project: (await inProject(contest.scope, contest.slug)).project,
		userId,
		session: row!.handle as string
	};
};
type Person = Awaited<ReturnType<typeof arrive>>;

const rating = (who: ProjectScope, exampleId: string, clientId = randomUUID(), score = 7) =>
	rateExample(who, { exampleId, score, clientId });
const written = (who: Person) => writtenBy(who.userId);
const writtenBy = async (voter: string) => {
	const [row] = await owner`select (select count(*) from ratings where person_id = ${voter})::int as ratings,
		(select count(*) from votes where person_id = ${voter})::int as votes,
		(select count(*) from activities where coalesce(person_id, key_id) = ${voter})::int as activities,
		(select coalesce(sum(count), 0) from own_counts where person_id = ${voter})::int as own`;
	return row!;
};
const nothing = { ratings: 0, votes: 0, activities: 0, own: 0 };

/** How many wait for a lock in a statement like this. */
const waiting = async (like: string, count = 1) =>
	expect
		.poll(
			async () =>
				(
					await owner`select count(*)::int as n from pg_stat_activity
					where datname = current_database() and wait_event_type = 'Lock' and query like ${`%${like}%`}`
				)[0]!.n,
			{ timeout: 20_000, interval: 10 }
		)
		.toBeGreaterThanOrEqual(count);

/** What takes their rights. */
const endings: Record<string, (who: Person, contest: Contest) => (sql: postgres.Sql) => Promise<unknown>> = {
	removed: (who) => (sql) => sql`delete from members where person_id = ${who.userId}`,
	'of another role': (who) => (sql) => sql`update members set role = 'rater' where person_id = ${who.userId}`,
	'of other projects': (who) => (sql) =>
		sql`update members set project_ids = array[gen_random_uuid()] where person_id = ${who.userId}`
};

let contest: Contest;
beforeAll(async () => {
	contest = await newBallot(4);
});

describe('whose rights change in the very moment', () => {
	for (const [name, ending] of Object.entries(endings)) {
		test(`${name}: the rating waits for what takes them, and is refused`, async () => {
			const who = await arrive(contest);
			const ballot = await ballotOf(who, contest);
			let sent!: Promise<unknown[]>;
			await owner.begin(async (sql) => {
				await ending(who, contest)(sql as unknown as postgres.Sql);
				sent = Promise.allSettled([rating(who, contest.exampleIds[0]!), vote(who, contest, ballot)]);
				await waiting('with opened', 2);
			});
			expect(await sent).toMatchObject([
				{ status: 'rejected', reason: { code: 'forbidden' } },
				{ status: 'rejected', reason: { code: 'forbidden' } }
			]);
			expect(await written(who)).toEqual(nothing);
		});

		test(`${name}: what takes them waits for a rating that is on its way`, async () => {
			const who = await arrive(contest);
			const taking = ending(who, contest);
			let sent!: Promise<unknown>, taken!: Promise<unknown>;
			const order: string[] = [];
			await owner.begin(async (sql) => {
				await sql`select from examples where id = ${contest.exampleIds[0]!} for update`;
				sent = rating(who, contest.exampleIds[0]!).then(() => order.push('rated'));
				await waiting('with opened');
				taken = owner.begin((other) => taking(other as unknown as postgres.Sql)).then(() => order.push('taken'));
				await waiting('members');
			});
			await Promise.all([sent, taken]);
			expect((await written(who)).ratings).toBe(1);
			await expect(rating(who, contest.exampleIds[0]!)).rejects.toMatchObject({ code: 'forbidden' });
			expect((await written(who)).ratings).toBe(1);
		});
	}

	const atOnce: Record<string, (who: Person, c: Contest) => Promise<unknown>> = {
		'signed out': (who) => owner`delete from sessions where handle = ${who.session}`,
		'with the team deleted': (_, c) => owner`update teams set deleted_at = now() where id = ${c.teamId}`,
		'with the project deleted': (_, c) => owner`update projects set deleted_at = now() where id = ${c.project.id}`,
		'with the project elsewhere': (_, c) => owner`update projects set slug = 'elsewhere' where id = ${c.project.id}`,
		'with the team elsewhere': (_, c) =>
			owner`update teams set slug = ${'x' + randomUUID().slice(0, 8)} where id = ${c.teamId}`
	};
	for (const [name, change] of Object.entries(atOnce))
		test(`${name} while the rating waits for their membership: refused`, async () => {
			const own = await newBallot(2);
			const who = await arrive(own);
			const ballot = await ballotOf(who, own);
			let sent!: Promise<unknown[]>;
			await owner.begin(async (sql) => {
				await sql`update members set created_at = created_at where person_id = ${who.userId}`;
				sent = Promise.allSettled([rating(who, own.exampleIds[0]!), vote(who, own, ballot)]);
				await waiting('with opened', 2);
				await change(who, own);
			});
			expect(await sent).toMatchObject([
				{ status: 'rejected', reason: { code: 'forbidden' } },
				{ status: 'rejected', reason: { code: 'forbidden' } }
			]);
			expect(await written(who)).toEqual(nothing);
		});
});

const ballotOf = async (who: ProjectScope, { id }: Contest) =>
	(await nextPairs(who, { evaluationId: id, after: -1 })).pairs[0]!.ballotId;
const vote = (who: ProjectScope, { id }: Contest, ballotId: string, choice: 'first' | 'second' | null = 'first') =>
	castVote(who, { evaluationId: id, ballotId, choice, clientId: randomUUID() });

/** Other ways to act, each with what ends it. */
const ways: Record<
	string,
	() => Promise<{ who: ProjectScope; voterId: string; end: (sql: postgres.Sql) => Promise<unknown> }>
> = {
	'a key': async () => {
		const made = await newScript(contest.scope);
		const { teamId, userId, role, projectIds, key } = made;
		const scope = scopeFor({ teamId, userId, role, projectIds, key });
		const end = (sql: postgres.Sql) => sql`update api_keys set revoked_at = now() where id = ${key.id}`;
		return { who: await inProject(scope, contest.slug), voterId: key.id, end };
	},
	'a token': async () => {
		const { teamId, userId } = await arrive(contest);
		const [token] = await owner`
			insert into personal_tokens (team_id, person_id, name, hash, hint, expires_at)
			values (${teamId}, ${userId}, 'Test', ${Buffer.from(randomUUID())}, 'abcd', now() + interval '1 day') returning id`;
		const authority = { personId: userId, tokenId: token!.id as string };
		const scope = scopeFor({ teamId, userId, role: 'trainer', projectIds: 'all', authority });
		const end = (sql: postgres.Sql) => sql`update personal_tokens set expires_at = now() where id = ${token!.id}`;
		return { who: await inProject(scope, contest.slug), voterId: userId, end };
	},
	'a session anywhere': async () => {
		const { teamId, userId, session } = await arrive(contest);
		const authority = { personId: userId, sessionHandle: session };
		const scope = scopeFor({ teamId, userId, role: 'trainer', projectIds: 'all', authority });
		const end = (sql: postgres.Sql) => sql`update members set role = 'rater' where person_id = ${userId}`;
		return { who: await inProject(scope, contest.slug), voterId: userId, end };
	}
};

describe('whoever acts by', () => {
	for (const [name, arriving] of Object.entries(ways)) {
		test(`${name}: their rating waits for its end, and is refused`, async () => {
			const { who, voterId, end } = await arriving();
			let sent!: Promise<unknown[]>;
			await owner.begin(async (sql) => {
				await end(sql as unknown as postgres.Sql);
				sent = Promise.allSettled([rating(who, contest.exampleIds[0]!)]);
				await waiting('with opened');
			});
			expect(await sent).toMatchObject([{ reason: { code: 'forbidden' } }]);
			expect(await writtenBy(voterId)).toEqual(nothing);
		});

		test(`${name}: its end waits for a rating that is on its way`, async () => {
			const { who, voterId, end } = await arriving();
			const order: string[] = [];
			let both!: Promise<unknown>;
			await owner.begin(async (sql) => {
				await sql`select from examples where id = ${contest.exampleIds[0]!} for update`;
				const sent = rating(who, contest.exampleIds[0]!).then(() => order.push('rated'));
				await waiting('with opened');
				const ended = owner.begin((other) => end(other as unknown as postgres.Sql)).then(() => order.push('ended'));
				await waiting('update ');
				both = Promise.all([sent, ended]);
			});
			await both;
			expect(order).toHaveLength(2);
			expect(await writtenBy(voterId)).toMatchObject({ ratings: 1, activities: 1, own: 1 });
			await expect(rating(who, contest.exampleIds[1]!)).rejects.toMatchObject({ code: 'forbidden' });
			expect(await writtenBy(voterId)).toMatchObject({ ratings: 1, activities: 1, own: 1 });
		});
	}
});

test('on connections that have seen all of it, everybody acts as themselves', async () => {
	const other = await newBallot(2);
	const rita = await arrive(contest, 'rater', [contest.project.id]);
	const elsewhere = await arrive(contest, 'rater', [randomUUID()]);
	const stranger = await arrive(other);
	const ballot = await ballotOf(rita, contest);
	const none = { code: 'not_found' };
	for (let i = 0; i < 12; i++) {
		await vote(rita, contest, ballot, (['first', 'second', null] as const)[i % 3]);
		await expect(vote(elsewhere, contest, ballot)).rejects.toMatchObject(none);
		await expect(vote(stranger, contest, ballot)).rejects.toMatchObject(none);
		await expect(vote({ ...stranger, project: rita.project }, contest, ballot)).rejects.toMatchObject(none);
		await rating(rita, contest.exampleIds[i % 4]!);
		await expect(rating(elsewhere, contest.exampleIds[i % 4]!)).rejects.toMatchObject(none);
		await expect(rating(stranger, contest.exampleIds[i % 4]!)).rejects.toMatchObject(none);
		// with the project of another team in hand
		const foreign = { ...stranger, project: rita.project } as ProjectScope;
		await expect(rating(foreign, contest.exampleIds[i % 4]!)).rejects.toMatchObject(none);
		await rating(stranger, other.exampleIds[i % 2]!);
		const all = await Promise.all(Array.from({ length: 4 }, () => teamPool(contest.teamId).take()));
		for (const connection of all) {
			const [row] =
				await connection.sql`select current_setting('app.team_id', true) as team, current_setting('app.user_id', true) as person,
				current_setting('app.project_ids', true) as projects, current_setting('app.role', true) as role, (select count(*) from ratings)::int as seen`;
			expect([row!.team || '', row!.person || '', row!.projects || '', row!.role || '', row!.seen]).toEqual([
				'',
				'',
				'',
				'',
				0
			]);
			teamPool(contest.teamId).giveBack(connection);
		}
	}
	expect(await written(rita)).toMatchObject({ ratings: 12, votes: 12, activities: 24, own: 4 });
	expect(await written(elsewhere)).toEqual(nothing);
	const rows =
		await owner`select distinct team_id, project_id, person_id from activities where person_id in (${rita.userId}, ${stranger.userId})`;
	expect(rows).toHaveLength(2);
});

test('a connection that is lost in the middle leaves nothing, frees its place, and the same rating sent again counts once', async () => {
	const who = await arrive(contest);
	const clientId = randomUUID();
	for (let i = 0; i < poolSizes.team + 2; i++) {
		let sent!: Promise<PromiseSettledResult<unknown>[]>;
		await owner.begin(async (sql) => {
			await sql`select from examples where id = ${contest.exampleIds[0]!} for update`;
			sent = Promise.allSettled([rating(who, contest.exampleIds[0]!, clientId)]);
			await waiting('with opened');
			await owner`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%with opened%'`;
			await sent;
		});
		expect((await sent)[0]).toMatchObject({ reason: { code: 'unavailable' } });
		expect(await written(who)).toEqual(nothing);
	}
	await rating(who, contest.exampleIds[0]!, clientId);
	await rating(who, contest.exampleIds[0]!, clientId);
	expect(await written(who)).toMatchObject({ ratings: 1, activities: 1, own: 1 });
});

test('a rating that waits longer than a page may is refused in words, and its connection goes on', async () => {
	const who = await arrive(contest);
	await owner.begin(async (sql) => {
		await sql`select from examples where id = ${contest.exampleIds[0]!} for update`;
		await expect(rating(who, contest.exampleIds[0]!)).rejects.toMatchObject({
			code: 'unavailable',
			message: /nothing was saved/
		});
	});
	expect(await written(who)).toEqual(nothing);
	await rating(who, contest.exampleIds[0]!);
	expect(await raw(who, (sql) => sql`select count(*)::int as n from ratings where person_id = ${who.userId}`)).toEqual([
		{ n: 1 }
	]);
});
