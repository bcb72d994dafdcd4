import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, describe, expect, test } from 'vitest';
import type { Role } from '../../../src/lib/core/permissions.ts';
import { type Scope, withTimeouts, scopeFor, together } from '../../../src/lib/server/access/scope.ts';
import { nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { subscribe, stopHub } from '../../../src/lib/server/events/hub.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, members } from '../../../src/lib/server/platform/db/schema.ts';
import { changeRole, leaveTeam, removeMember } from '../../../src/lib/server/team/commands.ts';
import { newBallot } from '../../support/data/evaluation.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 2, onnotice: () => {} });
afterAll(async () => {
	stopHub();
	await closePools();
	await owner.end();
});

/** Somebody in the team, as hooks would hand them on: with the session of their browser. */
const arrive = async (
	{ teamId, as }: Pick<Awaited<ReturnType<typeof newTeam>>, 'teamId' | 'as'>,
	role: Role = 'trainer',
	projectIds: 'all' | string[] = 'all'
): Promise<Scope & { userId: string; session: string }> => {
	const { userId } = await as(role, projectIds);
	const [row] = await owner`
		insert into sessions (id_hash, person_id, expires_at)
		values (${Buffer.from(randomUUID())}, ${userId}, now() + interval '1 day') returning handle`;
	const authority = { personId: userId, sessionHandle: row!.handle as string };
	return { ...scopeFor({ teamId, userId, role, projectIds, authority }), userId, session: row!.handle };
};

const write = (scope: Scope, wait = () => Promise.resolve()) =>
	scope.tx(async (tx) => {
		await tx
			.insert(auditEntries)
			.values({ personId: scope.userId, action: 'authority.test', subject: randomUUID(), details: {} });
		await wait();
	});
const writesOf = async ({ userId }: Scope) => {
	const [row] = await owner`
		select count(*)::int as n from audit_entries where person_id = ${userId} and action = 'authority.test'`;
	return row!.n as number;
};
const changed = { code: 'forbidden', message: 'Your rights in this team have changed. Open the page again.' };

test('200 removals against transactions that are open or about to be: nothing is written after the answer', async () => {
	const team = await newTeam();
	const outcomes = { waited: 0, won: 0 };
	/** One of four begins when the transaction is open, one when the removal is over; the others as it happens. */
	const race = async (_: unknown, i: number) => {
		const trainer = await arrive(team);
		let [open, over] = [() => {}, () => {}];
		const isOpen = new Promise<void>((go) => (open = go));
		const isOver = new Promise<void>((go) => (over = go));
		const inside = async () => {
			open();
			await sleep(Math.random() * 25);
		};
		const work = (i === 1 ? isOver : sleep(Math.random() * 25))
			.then(() => write(trainer, inside))
			.then(
				() => 'waited' as const,
				(problem) => {
					expect(problem).toMatchObject(changed);
					return 'won' as const;
				}
			);
		await (i === 0 ? isOpen : sleep(Math.random() * 40));
		await removeMember(team.scope, { personId: trainer.userId });
		const then = await writesOf(trainer);
		over();
		const outcome = await work;
		expect(await writesOf(trainer)).toBe(then);
		expect(then).toBe(outcome === 'waited' ? 1 : 0);
		outcomes[outcome]++;
	};
	for (let i = 0; i < 50; i++) await Promise.all(Array.from({ length: 4 }, race));
	expect(outcomes.waited + outcomes.won).toBe(200);
	expect(Math.min(outcomes.waited, outcomes.won)).toBeGreaterThanOrEqual(50);
});

describe('whoever came in with other rights than they have now is refused', () => {
	const refused = async (scope: Scope) => {
		await expect(write(scope)).rejects.toMatchObject(changed);
		await expect(scope.look((tx) => tx.select().from(members))).rejects.toMatchObject(changed);
		await expect(together(scope, (s) => s.tx((tx) => tx.select().from(members)))).rejects.toMatchObject(changed);
		expect(await writesOf(scope)).toBe(0);
	};

	test('with the rights of the request all is well', async () => {
		const team = await newTeam();
		const { project } = await newProject(team.scope);
		for (const projectIds of ['all' as const, [project.id]]) {
			const trainer = await arrive(team, 'trainer', projectIds);
			await write(trainer);
			expect(await writesOf(trainer)).toBe(1);
			expect(await together(trainer, (s) => s.look((tx) => tx.select().from(members)))).not.toEqual([]);
		}
	});
	test('what they are in another team gives nothing and takes nothing', async () => {
		const [one, other] = [await newTeam(), await newTeam()];
		const trainer = await arrive(one);
		const { userId, session } = trainer;
		await owner`insert into members (team_id, person_id, role) values (${other.teamId}, ${userId}, 'rater')`;
		const authority = { personId: userId, sessionHandle: session };
		const there = (role: Role) => scopeFor({ teamId: other.teamId, userId, role, projectIds: 'all', authority });
		await refused(there('trainer'));
		for (const scope of [trainer, there('rater')]) {
			await write(scope);
			expect(await scope.look((tx) => tx.select().from(members))).not.toEqual([]);
		}
	});
	test('removed', async () => {
		const team = await newTeam();
		const trainer = await arrive(team);
		await removeMember(team.scope, { personId: trainer.userId });
		await refused(trainer);
	});
	test('of another role', async () => {
		const team = await newTeam();
		const trainer = await arrive(team);
		await changeRole(team.scope, { personId: trainer.userId, role: 'rater', projectIds: null });
		await refused(trainer);
	});
	test('of other projects', async () => {
		const team = await newTeam();
		const { project } = await newProject(team.scope);
		const trainer = await arrive(team);
		await changeRole(team.scope, { personId: trainer.userId, role: 'trainer', projectIds: [project.id] });
		await refused(trainer);
	});
	test('signed out', async () => {
		const trainer = await arrive(await newTeam());
		await owner`delete from sessions where handle = ${trainer.session}`;
		await refused(trainer);
	});
	test.each(['expires_at = now()', `created_at = now() - interval '91 days'`])(
		'of a session that is over: %s',
		async (set) => {
			const trainer = await arrive(await newTeam());
			await owner.unsafe(`update sessions set ${set} where handle = '${trainer.session}'`);
			await refused(trainer);
		}
	);
	test('with the session of somebody else', async () => {
		const team = await newTeam();
		const [one, other] = [await arrive(team), await arrive(team)];
		const { teamId, userId, role, projectIds } = one;
		await refused(
			scopeFor({ teamId, userId, role, projectIds, authority: { personId: userId, sessionHandle: other.session } })
		);
	});
});

test('a change holds the membership until it is committed; a look holds nothing', async () => {
	const team = await newTeam();
	const trainer = await arrive(team);
	let looked = false;
	const look = trainer.look(async (tx) => {
		await tx.select().from(members);
		await sleep(300);
		looked = true;
	});
	await sleep(50);
	await changeRole(team.scope, { personId: trainer.userId, role: 'rater', projectIds: null });
	expect(looked).toBe(false);
	await look;

	const rater = await arrive(team, 'rater');
	let written = false;
	const change = write(rater, async () => {
		await sleep(300);
		written = true;
	});
	await sleep(50);
	await removeMember(team.scope, { personId: rater.userId });
	expect(written).toBe(true);
	await change;
});

describe('a look', () => {
	const newEntry = { action: 'authority.test', subject: randomUUID(), details: {} };
	const refused = { cause: { code: '25006' } };

	test('is refused by the database what it would write', async () => {
		const trainer = await arrive(await newTeam());
		for (const look of [trainer.look, trainer.glance, withTimeouts(trainer, 'long').look])
			await expect(
				look((tx) => tx.insert(auditEntries).values({ personId: trainer.userId, ...newEntry }))
			).rejects.toMatchObject(refused);
		expect(await writesOf(trainer)).toBe(0);
	});

	test('that writes on its way holds the membership: a removal waits, or wins', async () => {
		const contest = await newBallot(6);
		const dealt = async ({ userId }: { userId: string }) =>
			(await owner`select count(*)::int as n from ballots where person_id = ${userId}`)[0]!.n as number;
		const rater = { ...(await arrive(contest, 'rater')), project: contest.project };
		const next = () => nextPairs(rater, { evaluationId: contest.id, after: -1 });

		/** Who waits for this one. */
		const behind = async (pid: number): Promise<number> => {
			for (;;) {
				const [row] = await owner`select pid from pg_stat_activity where ${pid} = any (pg_blocking_pids(pid))`;
				if (row) return row.pid;
				await sleep(5);
			}
		};
		// one deal at a time: this one is on its way as long as another holds the place
		const deal = await owner.reserve();
		await deal`begin`;
		const [holder] = await deal`
			select pg_backend_pid() as pid from pg_advisory_xact_lock(hashtextextended(${contest.id}, 17))`;
		const looking = next();
		const waiting = await behind(holder!.pid);
		const removal = removeMember(contest.scope, { personId: rater.userId });
		expect(await Promise.race([removal.then(() => 'over'), behind(waiting).then(() => 'waits')])).toBe('waits');
		await deal`commit`;
		deal.release();
		expect((await looking).pairs).toHaveLength(5);
		await removal;
		const before = await dealt(rater);
		expect(before).toBeGreaterThan(0);

		await expect(next()).rejects.toMatchObject(changed);
		expect(await dealt(rater)).toBe(before);
	});
});

test('one leaves by a transaction that holds one’s own membership', async () => {
	const team = await newTeam();
	const trainer = await arrive(team);
	await leaveTeam(trainer);
	expect(await team.scope.tx((tx) => tx.select().from(members).where(eq(members.personId, trainer.userId)))).toEqual(
		[]
	);
});

test('of two owners who remove each other at once, one stays', async () => {
	const team = await newTeam();
	const [one, other] = [await arrive(team, 'owner'), await arrive(team, 'owner')];
	const ends = await Promise.allSettled([
		removeMember(one, { personId: other.userId }),
		removeMember(other, { personId: one.userId })
	]);
	const refusals = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []));
	expect(refusals).toHaveLength(1);
	expect(['conflict', 'forbidden']).toContain(refusals[0]);
	const left = await team.scope.tx((tx) => tx.select().from(members).where(eq(members.role, 'owner')));
	expect(left).toHaveLength(2);
});

test('pages of one team hear, also when the one that was there first has signed out', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const [first, second] = [await arrive(team), await arrive(team)];
	let heard = 0;
	const leave = [await subscribe(first, {}, () => {}), await subscribe(second, {}, () => heard++)];
	await owner`delete from sessions where handle = ${first.session}`;
	await owner`insert into outbox (team_id, project_id, topic) values (${team.teamId}, ${project.id}, ${`project:${project.id}`})`;
	await owner`select pg_notify('aitelier', ${team.teamId})`;
	while (heard === 0) await sleep(5);
	for (const stop of leave) stop();
});
