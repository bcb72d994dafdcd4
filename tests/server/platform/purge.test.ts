import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { getImport } from '../../../src/lib/server/examples/queries.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { sweepAll } from '../../../src/lib/server/jobs/worker.ts';
import { createEvaluation } from '../../../src/lib/server/evaluations/commands.ts';
import { log } from '../../../src/lib/server/platform/log.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { imports } from '../../../src/lib/server/platform/db/schema.ts';
import { type Purged, purge, purgeAll } from '../../../src/lib/server/platform/purge.ts';
import { newContest, wish } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterEach(() => vi.restoreAllMocks());
afterAll(() => closePools());

let team: Awaited<ReturnType<typeof newTeam>>;
let project: Awaited<ReturnType<typeof newProject>>['project'];
beforeAll(async () => {
	team = await newTeam();
	({ project } = await newProject(team.scope));
});

test('goes in batches to the end, and counts what went', async () => {
	const limits = (often: number, resets: string) => owner`
		insert into rate_limits (key, count, resets_at)
		select gen_random_uuid()::text, 1, now() + ${resets}::interval from generate_series(1, ${often})`;
	await limits(7, '-1 second');
	await limits(2, '1 minute');
	const [all] = await owner`select count(*)::int as over from rate_limits where resets_at < now()`;
	expect(await purge('rate_limits', 3)).toBe(all!.over);
	expect(await purge('rate_limits', 3)).toBe(0);
});

test('what somebody holds is left for the next time', async () => {
	const mail = () => owner`
		insert into sign_ins (email, token_hash, code_hash, browser_hash, expires_at)
		values (${`${randomUUID()}@example.com`}, ${Buffer.from(randomUUID())}, ${Buffer.from('')}, ${Buffer.from('')}, now() - interval '1 second')
		returning id`;
	const [held] = await mail();
	const [free] = await mail();
	const left = async (sql: postgres.ISql) =>
		(await sql`select id from sign_ins where id in (${held!.id}, ${free!.id})`).map(({ id }) => id);
	await owner.begin(async (tx) => {
		await tx`select from sign_ins where id = ${held!.id} for update`;
		await purge('sign_ins');
		expect(await left(tx)).toEqual([held!.id]);
	});
	await purge('sign_ins');
	expect(await left(owner)).toEqual([]);
});

test('a session that goes on stays', async () => {
	const add = (left: string) => owner`
		insert into sessions (id_hash, person_id, expires_at, user_agent)
		values (${Buffer.from(randomUUID())}, ${team.owner.id}, now() + ${left}::interval, ${left})`;
	await add('1 minute');
	await add('-1 second');
	await purge('sessions');
	expect(await owner`select user_agent as left from sessions where person_id = ${team.owner.id}`).toEqual([
		{ left: '1 minute' }
	]);
});

test('a personal token that goes on stays', async () => {
	const add = (left: string) => owner`
		insert into personal_tokens (team_id, person_id, name, hash, hint, expires_at)
		values (${team.teamId}, ${team.owner.id}, ${left}, ${Buffer.from(randomUUID())}, 'x', now() + ${left}::interval)`;
	await add('1 minute');
	await add('-1 second');
	await purge('personal_tokens');
	expect(await owner`select name from personal_tokens where team_id = ${team.teamId}`).toEqual([{ name: '1 minute' }]);
});

test('a bucket that still fills stays, and so does a named request of today', async () => {
	const [name, key] = [`test:${randomUUID()}`, randomUUID()];
	await owner`
		insert into buckets (name, full_at)
		values (${`${name}:full`}, now() - interval '1 second'), (${`${name}:filling`}, now() + interval '1 minute')`;
	await owner`
		insert into named_requests (team_id, key_id, name, fingerprint, held_until, created_at)
		select ${team.teamId}, ${key}, hours || ' hours', '', now(), now() - make_interval(hours => hours) from unnest('{23, 25}'::int[]) hours`;
	for (const what of ['buckets', 'named_requests'] as const) await purge(what);
	expect(await owner`select name from buckets where name like ${`${name}%`}`).toEqual([{ name: `${name}:filling` }]);
	expect(await owner`select name from named_requests where key_id = ${key}`).toEqual([{ name: '23 hours' }]);
});

test('one that fails is logged, and neither the others nor open work wait for it', async () => {
	const { scope, slug, run } = await newContest(1);
	const { id } = await createEvaluation(await inProject(scope, slug), wish(run.id, 1));
	const jobs = () => owner`select from pgboss.job where singleton_key = ${id}`;
	await owner`delete from pgboss.job where singleton_key = ${id}`;
	await owner`insert into buckets (name, full_at) values (${`test:${id}`}, now() - interval '1 second')`;
	await owner.unsafe('alter table sign_ins rename expires_at to away');
	const bugs = vi.spyOn(log, 'bug').mockReturnValue({ id: 'known' } as never);
	try {
		await sweepAll();
	} finally {
		await owner.unsafe('alter table sign_ins rename away to expires_at');
	}
	expect(bugs.mock.calls.map(([, fields]) => fields)).toEqual([{ job: 'purge', what: 'sign_ins' }]);
	expect(await jobs()).toHaveLength(1);
	expect(await owner`select from buckets where name = ${`test:${id}`}`).toHaveLength(0);
});

test('examples are signed for the search when all else of every team is done', async () => {
	const other = await newTeam();
	const place = await newProject(other.scope, { slug: 'signed' });
	await owner`update projects set next_example = 33 where id = ${place.project.id}`;
	await owner`insert into buckets (name, full_at) values (${`test:${randomUUID()}`}, now() - interval '1 second')`;
	await owner.unsafe(`
		create function public.unsigned() returns trigger language plpgsql as $$ begin raise 'unsigned'; end $$;
		create trigger unsigned before insert on example_signatures for each row execute function public.unsigned()`);
	const deeds: string[] = [];
	vi.spyOn(log, 'info').mockImplementation((event, fields) => void deeds.push(`${event} ${String(fields?.what)}`));
	vi.spyOn(log, 'bug').mockImplementation((_, fields) => {
		deeds.push(fields?.team === other.teamId ? 'signed' : 'something else');
		return { id: 'known' } as never;
	});
	try {
		await sweepAll();
	} finally {
		await owner.unsafe('drop function public.unsigned() cascade');
	}
	expect(deeds).toContain('purged buckets');
	expect(deeds.slice(deeds.lastIndexOf('purged buckets'))).toContain('signed');
	expect(deeds.filter((deed) => deed === 'signed')).toHaveLength(1);
});

test('one without the right to is a sentence in the log: nothing is lost by it, and the others go on', async () => {
	const name = `test:${randomUUID()}`;
	await owner`insert into buckets (name, full_at) values (${name}, now() - interval '1 second')`;
	const rights = (words: string) => owner.unsafe(`${words} app`);
	await rights('revoke execute on function empty_outbox(), purge_project_part(int) from');
	const bugs = vi.spyOn(log, 'bug').mockReturnValue({ id: 'known' } as never);
	try {
		await purgeAll();
	} finally {
		await rights('grant execute on function empty_outbox(), purge_project_part(int) to');
	}
	expect(bugs.mock.calls.map(([problem, fields]) => [String(problem), fields])).toEqual([
		['PostgresError: permission denied for function empty_outbox', { job: 'purge', what: 'outbox' }],
		['PostgresError: permission denied for function purge_project_part', { job: 'purge', what: 'projects' }]
	]);
	expect(await owner`select from buckets where name = ${name}`).toHaveLength(0);
});

test('a log is kept for a week at least, whatever the server asks for', async () => {
	const told = (age: string) => owner`
		insert into activities (team_id, project_id, event, subject, details, created_at)
		values (${team.teamId}, ${project.id}, 'example.rated', ${age}, '{}', now() - ${age}::interval)`;
	await told('9 days');
	await told('8 days');
	await told('6 days');
	// so many at a time, the oldest first
	expect((await plainPool()`select purge('activities', 0, 1) as removed`)[0]!.removed).toBe(1);
	const left = () =>
		owner`select subject from activities where team_id = ${team.teamId} and subject like '%days' order by seq`;
	expect(await left()).toEqual([{ subject: '8 days' }, { subject: '6 days' }]);
	expect((await plainPool()`select purge('activities', 0, 1000) as removed`)[0]!.removed).toBe(1);
	expect(await left()).toEqual([{ subject: '6 days' }]);
	expect((await plainPool()`select purge('activities', 0, 1000) as removed`)[0]!.removed).toBe(0);
});

test('an old entry of the audit log goes when it has its place in the chain, and none of another team that has its id', async () => {
	const [mine, other] = [await newTeam(), await newTeam()];
	const ids = { old: randomUUID(), unchained: randomUUID() };
	const add = (teamId: string, id: string, age: string) => owner`
		insert into audit_entries (team_id, id, action, subject, details, created_at)
		values (${teamId}, ${id}, 'x', ${age}, '{}', now() - ${age}::interval)`;
	await add(mine.teamId, ids.old, '400 days');
	await owner`select chain_audit(${mine.teamId})`;
	await add(mine.teamId, ids.unchained, '400 days');
	for (const id of Object.values(ids)) await add(other.teamId, id, '1 day');
	await owner`select chain_audit(${other.teamId})`;
	expect((await plainPool()`select purge('audit_entries', 365, 1000) as removed`)[0]!.removed).toBe(1);
	const teams = owner([mine.teamId, other.teamId]);
	const left =
		await owner`select team_id, id from audit_entries where team_id in ${teams} and action = 'x' order by seq`;
	expect(left).toEqual([
		{ team_id: mine.teamId, id: ids.unchained },
		{ team_id: other.teamId, id: ids.old },
		{ team_id: other.teamId, id: ids.unchained }
	]);
	const marked =
		await owner`select team_id, entry_id from audit_links where team_id in ${teams} and purged_at is not null`;
	expect(marked).toEqual([{ team_id: mine.teamId, entry_id: ids.old }]);
});

test('the version before asks it for the news, too', async () => {
	expect((await plainPool()`select purge('outbox', 0, 1000) as removed`)[0]!.removed).toEqual(expect.any(Number));
});

test('nothing else can be removed by it', async () => {
	for (const what of ['examples', 'audit_links', 'votes', 'nonsense', 'outbox; drop table outbox'])
		await expect(plainPool()`select purge(${what}, 0, 1000)`, what).rejects.toThrow('nothing is removed from');
});

test('the lines that an old import refused are forgotten, and how many there were is not', async () => {
	const refusals = [{ line: 3, reason: 'has no answer', text: '{"secret": "of a customer"}' }];
	const add = async (days: number) => {
		const [made] = await team.scope.tx((tx) =>
			tx
				.insert(imports)
				.values({ projectId: project.id, fileName: 'old.jsonl', refused: 1, refusals })
				.returning({ id: imports.id })
		);
		await owner.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			await tx`update imports set created_at = now() - make_interval(days => ${days}) where id = ${made!.id}`;
		});
		return made!.id;
	};
	const [old, young] = [await add(91), await add(89)];
	await purgeAll();
	const look = async (importId: string) => getImport(await inProject(team.scope, project.slug), { importId });
	expect(await look(old)).toMatchObject({ refused: 1, refusals: [] });
	expect(await look(young)).toMatchObject({ refused: 1, refusals });
	expect(await purge('imports' satisfies Purged)).toBe(0);
});
