// What is on its way while a team or an account is being deleted ends with it. Of the database: delete_team, hold_team_of_project,
// projects_hold_team, end_account, end_own_account, is_there, restore_team, create_team, answer_device, take_device, act_with_token.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graceDays } from '../../../src/lib/core/project/grace.ts';
import { createTeam, membershipsOf, restoreTeam } from '../../../src/lib/server/access/memberships.ts';
import { deleteAccount, personWith } from '../../../src/lib/server/access/people.ts';
import { deleteProject, deleteTeam } from '../../../src/lib/server/ends/commands.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { randomToken, sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { purgeAccounts, purgeProjects, purgeTeams } from '../../../src/lib/server/platform/purge.ts';
import { createProject } from '../../../src/lib/server/project/commands.ts';
import { newPerson, newProject, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 4, onnotice: () => {} });
beforeAll(async () => void (await plainPool()`select 1`));
afterAll(async () => {
	await closePools();
	await owner.end();
});

type Person = { id: string; email: string; name: string };
const self = (person: Person) => ({ person, request: { id: randomUUID(), address: '203.0.113.7' } });
const endAccount = (person: Person) => deleteAccount(self(person), { confirm: person.email });
const longAgo = (table: 'teams' | 'projects' | 'people', where: { id: string }) =>
	owner`update ${owner(table)} set deleted_at = deleted_at - make_interval(hours => ${(graceDays + 1) * 24}::int) where id = ${where.id}`;

/** Until somebody waits for what another transaction holds. */
const someoneWaits = async () => {
	for (;;) {
		const [row] = await owner`select count(*)::int as waiting from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock'`;
		if (row!.waiting > 0) return;
		await sleep(10);
	}
};
/** Does `deed`, and has it committed only when `meanwhile` waits for it. Comes back when both are over. */
const heldOpen = async <T>(deed: (sql: postgres.TransactionSql) => Promise<unknown>, meanwhile: () => Promise<T>) => {
	let other: Promise<PromiseSettledResult<T>[]>;
	await owner.begin(async (sql) => {
		await deed(sql);
		other = Promise.allSettled([meanwhile()]);
		await Promise.race([someoneWaits(), other]);
	});
	return (await other!)[0]!;
};

test('a project that is being made while its team is deleted goes with it', async () => {
	await newTeam(); // one that stays says nothing of this one
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const ended = await heldOpen(
		(sql) => sql`insert into projects (team_id, slug, name, base_model, connection_id, recipe, system_prompt)
			select team_id, 'late', 'Late', base_model, connection_id, recipe, system_prompt from projects where id = ${project.id}`,
		() => deleteTeam(team.scope, { confirm: `Team ${team.slug}` })
	);
	expect(ended.status).toBe('fulfilled');
	const left = () => owner`select slug from projects where team_id = ${team.teamId} and deleted_at is null`;
	expect(await left()).toEqual([]);
	// and none comes later
	const { connectionId } = project;
	const late = { name: 'Later', description: '', baseModel: 'sandbox-small', systemPrompt: '', connection: null };
	await expect(createProject(team.scope, { ...late, clientId: randomUUID(), connectionId })).rejects.toMatchObject({
		code: 'forbidden'
	});
	// it comes back with the team, too
	await restoreTeam(self(team.owner), { teamId: team.teamId });
	expect(await left()).toHaveLength(2);

	await deleteTeam(team.scope, { confirm: `Team ${team.slug}` });
	await longAgo('teams', { id: team.teamId });
	for (const { id } of await owner`select id from projects where team_id = ${team.teamId}`)
		await longAgo('projects', { id });
	await purgeProjects();
	await purgeTeams();
	expect(await owner`select from teams where id = ${team.teamId}`).toHaveLength(0);
});

test('a team is not brought back by somebody whose account was deleted meanwhile', async () => {
	const team = await newTeam();
	await deleteTeam(team.scope, { confirm: `Team ${team.slug}` });
	await endAccount(team.owner);
	const back = () => restoreTeam(self(team.owner), { teamId: team.teamId });
	await expect(back()).rejects.toMatchObject({ code: 'not_found' });
	// who has signed in again may
	await personWith(team.owner.email);
	await back();
	expect(await membershipsOf(team.owner.id)).toHaveLength(1);
});

test('of two owners who bring a team back at the same moment one does', async () => {
	const team = await newTeam();
	const { userId } = await team.as('owner');
	const second = { id: userId, email: 'second@example.com', name: 'Second' };
	await deleteTeam(team.scope, { confirm: `Team ${team.slug}` });
	const late = await heldOpen(
		(sql) => sql`select restore_team(${team.teamId}, ${team.owner.id}, null, null)`,
		() => restoreTeam(self(second), { teamId: team.teamId })
	);
	expect(late).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
	expect(
		await owner`select person_id from audit_entries where team_id = ${team.teamId} and action = 'team.restored'`
	).toEqual([{ person_id: team.owner.id }]);
});

test('an owner whose account ends while that of the other one does stays with the team', async () => {
	const team = await newTeam();
	const { userId } = await team.as('owner');
	const late = await heldOpen(
		(sql) => sql`select end_account(${userId}, null, null)`,
		() => endAccount(team.owner)
	);
	expect(late).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
});

test('a team that is deleted already is not deleted once more, nor longer', async () => {
	const team = await newTeam();
	const since = async () =>
		(await owner`select deleted_at::text as since from teams where id = ${team.teamId}`)[0]!.since;
	const deleted = (): Promise<unknown> =>
		team.scope.tx(async (tx) => (await tx.$client`select delete_team() as since`)[0]!.since);
	const first = await deleted();
	expect(first).toEqual(await since());
	expect(await deleted()).toBeNull();
	expect(await since()).toEqual(first);
});

test('a team that is being made while the account is deleted keeps it, and one that comes after it is not made', async () => {
	const person = await newPerson('Mia');
	const slug = `t-${randomUUID().slice(0, 8)}`;
	const ended = await heldOpen(
		(sql) => sql`select create_team(${person.id}, 'Late', ${slug})`,
		() => endAccount(person)
	);
	expect(ended).toMatchObject({ status: 'rejected', reason: { code: 'conflict' } });
	expect(await membershipsOf(person.id)).toHaveLength(1);

	const gone = await newPerson('Gus');
	await endAccount(gone);
	await expect(createTeam(self(gone), { name: 'Too late' })).rejects.toMatchObject({ code: 'unauthenticated' });
	expect(await owner`select from members where person_id = ${gone.id}`).toHaveLength(0);
	await longAgo('people', gone);
	expect(await purgeAccounts()).toBe(1);
});

test('a token that a program takes while the account is deleted opens nothing', async () => {
	const team = await newTeam();
	const person = await newPerson('Tia');
	await owner`insert into members (team_id, person_id, role) values (${team.teamId}, ${person.id}, 'trainer')`;
	const entered = async (hash: Buffer) => (await owner`select * from act_with_token(${hash}, null, null)`).length;
	const asked = async () => {
		const codes = { device: sha256(randomToken()), user: sha256(randomToken()), token: sha256(randomToken()) };
		await owner`select begin_device(${codes.device}, ${codes.user}, 'ait', '203.0.113.7')`;
		await owner`update device_requests set asked_at = null where device_hash = ${codes.device}`;
		return codes;
	};
	const confirm = (sql: postgres.ISql, { user }: { user: Buffer }) =>
		sql`select answer_device(${user}, ${person.id}, ${team.teamId}, 20, null, null) as answer`;
	const take = (sql: postgres.ISql, { device, token }: { device: Buffer; token: Buffer }) =>
		sql`select outcome from take_device(${device}, ${token}, 'hint', null)`;

	const before = await asked();
	await confirm(owner, before);
	expect(await take(owner, before)).toMatchObject([{ outcome: 'taken' }]);
	expect(await entered(before.token)).toBe(1);

	const taking = await asked();
	await confirm(owner, taking);
	expect(
		(
			await heldOpen(
				(sql) => take(sql, taking),
				() => endAccount(person)
			)
		).status
	).toBe('fulfilled');
	expect(await entered(taking.token)).toBe(0);
	expect(await owner`select from personal_tokens where person_id = ${person.id}`).toHaveLength(0);

	await personWith(person.email);
	const confirming = await asked();
	expect(
		(
			await heldOpen(
				(sql) => confirm(sql, confirming),
				() => endAccount(person)
			)
		).status
	).toBe('fulfilled');
	expect(await take(owner, confirming)).toMatchObject([{ outcome: 'gone' }]);

	// a press that was on its way
	const late = await asked();
	await confirm(owner, late);
	await take(owner, late);
	expect(await entered(late.token)).toBe(0);
});

test('a form that has made a project which was deleted since says so', async () => {
	const team = await newTeam();
	const { connection } = await newProject(team.scope);
	const draft = {
		...{ name: 'Returns', description: '', baseModel: 'sandbox-small', systemPrompt: '' },
		...{ clientId: randomUUID(), connectionId: connection.id, connection: null }
	};
	await createProject(team.scope, draft);
	await deleteProject(await inProject(team.scope, 'returns'), { confirm: 'Returns' });
	await expect(createProject(team.scope, draft)).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringContaining('deleted')
	});
	expect(await createProject(team.scope, { ...draft, clientId: randomUUID() })).toMatchObject({ slug: 'returns-2' });
});
