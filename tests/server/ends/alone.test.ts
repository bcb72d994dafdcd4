// The end of one team or one account is nobody else's: what it leaves as it is, and whom it keeps waiting. Of the database
// (drizzle/functions/ends.sql): end_account, end_own_account, keep_account, purge_team, purge_account, restore_team, deleted_teams_of.
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { graceDays } from '../../../src/lib/core/project/grace.ts';
import { listDeletedTeams, restoreTeam } from '../../../src/lib/server/access/memberships.ts';
import { personWith } from '../../../src/lib/server/access/people.ts';
import { createKey } from '../../../src/lib/server/keys/commands.ts';
import { randomToken, sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { purgeAccounts, purgeTeams } from '../../../src/lib/server/platform/purge.ts';
import { newSession } from '../../support/data/session.ts';
import { newPerson, newProject, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 3, onnotice: () => {} });
afterAll(async () => {
	await closePools();
	await owner.end();
});

const ago = (table: 'teams' | 'people', id: string, days: number) =>
	owner`update ${owner(table)} set deleted_at = now() - make_interval(days => ${days}) where id = ${id}`;
const member = (teamId: string, personId: string, role = 'owner') =>
	owner`insert into members (team_id, person_id, role) values (${teamId}, ${personId}, ${role})`;
const self = (id: string) => ({ person: { id, email: '', name: '' } });
const end = async (id: string) => (await owner`select end_account(${id}, null, null) as teams`)[0]!.teams as string[];
const isDeleted = async (table: 'teams' | 'people', id: string) =>
	(await owner`select deleted_at is not null as gone from ${owner(table)} where id = ${id}`)[0]!.gone as boolean;

/** What somebody has who is in a team: a session, a token, a program that asks for another. */
const settle = async ({ id, email }: { id: string; email: string }, teamId: string) => {
	await newSession(owner, id);
	await owner`insert into personal_tokens (team_id, person_id, name, hash, hint, expires_at)
		values (${teamId}, ${id}, 'ait', ${sha256(randomToken())}, 'x', now() + interval '1 day')`;
	await owner`insert into device_requests (device_hash, user_hash, name, address, expires_at, wait_seconds, person_id, chosen_team)
		values (${sha256(randomToken())}, ${sha256(randomToken())}, 'ait', '', now() + interval '1 day', 5, ${id}, ${teamId})`;
	await owner`insert into invitations (team_id, email, role, token_hash, expires_at)
		values (${teamId}, ${email}, 'rater', ${sha256(randomToken())}, now() + interval '1 day')`;
	await owner`select make_sign_in(${email}, ${sha256(randomToken())}, ${sha256('c')}, ${sha256(randomToken())}, '/')`;
	await owner`insert into rate_limits (key, count, resets_at) values (${`mail:${email}`}, 1, now() + interval '1 day')`;
	await owner`insert into audit_entries (team_id, action, subject, details) values (${teamId}, 'member.invited', ${id}, ${owner.json({ email })})`;
};
/** How many rows of each kind there are of somebody. */
const rowsOf = async ({ id, email }: { id: string; email: string }) =>
	(
		await owner`select
			(select count(*)::int from members where person_id = ${id}) as members,
			(select count(*)::int from sessions where person_id = ${id}) as sessions,
			(select count(*)::int from personal_tokens where person_id = ${id}) as tokens,
			(select count(*)::int from device_requests where person_id = ${id}) as devices,
			(select count(*)::int from invitations where email = ${email}) as invitations,
			(select count(*)::int from sign_ins where email = ${email}) as mails,
			(select count(*)::int from rate_limits where key = ${`mail:${email}`}) as limits,
			(select count(*)::int from audit_entries where details ->> 'email' = ${email}) as entries,
			(select count(*)::int from people where id = ${id} and email = ${email} and deleted_at is null) as people`
	)[0]!;

test('an account takes along what is its own', async () => {
	const team = await newTeam();
	const [gone, back, other] = [await newPerson('Gus'), await newPerson('Bea'), await newPerson('Oda')];
	for (const person of [gone, back, other]) {
		await member(team.teamId, person.id, 'rater');
		await settle(person, team.teamId);
	}
	// an entry of another team that has the id of one that names them
	const there = await newTeam();
	const [entry] =
		await owner`select id from audit_entries where team_id = ${team.teamId} and details ->> 'email' = ${gone.email}`;
	const [from] = await owner`
		insert into audit_entries (team_id, person_id, action, subject, details, address)
		values (${team.teamId}, ${gone.id}, 'x', 'x', '{}', '203.0.113.7') returning id`;
	for (const { id } of [entry!, from!])
		await owner`insert into audit_entries (team_id, id, action, subject, details) values (${there.teamId}, ${id}, 'x', 'x', '{}')`;
	const one = { members: 1, invitations: 1, mails: 1, limits: 1, entries: 1 };
	const all = { ...one, sessions: 1, tokens: 1, devices: 1, people: 1 };
	expect(await rowsOf(other)).toEqual(all);

	for (const { id } of [gone, back]) expect(await end(id)).toEqual([]);
	for (const person of [gone, back])
		expect(await rowsOf(person)).toEqual({ ...one, sessions: 0, tokens: 0, devices: 0, people: 0 });
	expect(await rowsOf(other)).toEqual(all);
	expect(await personWith(back.email)).toMatchObject({ isBack: true });
	expect([await isDeleted('people', back.id), await isDeleted('people', gone.id)]).toEqual([false, true]);

	await newSession(owner, gone.id); // a sign-in that was on its way
	await ago('people', gone.id, graceDays + 1);
	expect(await purgeAccounts()).toBe(1);
	expect(Object.values(await rowsOf(gone)).every((count) => count === 0)).toBe(true);
	expect(await rowsOf(other)).toEqual(all);
	for (const { id } of [entry!, from!]) {
		const erased = await owner`select team_id from audit_links where erased_at is not null and entry_id = ${id}`;
		expect(erased).toEqual([{ team_id: team.teamId }]);
	}
});

test('whoever ends their account answers for their own teams alone', async () => {
	const [alone, second] = [await newTeam(), await newTeam()];
	const lost = await newTeam();
	const person = second.owner;
	await member(second.teamId, alone.owner.id);
	await member(lost.teamId, person.id, 'rater');
	await owner`update people set deleted_at = now() where id = ${lost.owner.id}`;
	expect(await end(alone.owner.id)).toEqual([`Team ${alone.slug}`]);
	expect(await isDeleted('people', alone.owner.id)).toBe(false);
	// nor do they wait for whoever is at another team, or at one where they are no owner, or for what another person does
	await owner.begin(async (sql) => {
		await sql`select from teams where id in ${owner([alone.teamId, lost.teamId])} for update`;
		await sql`select from members where person_id = ${lost.owner.id} for update`;
		await sql`select from people where id = ${lost.owner.id} for update`;
		await owner.begin(async (tx) => {
			await tx`set local lock_timeout = '2s'`;
			expect(await tx`select end_account(${person.id}, null, null) as teams`).toEqual([{ teams: [] }]);
		});
	});
});

test('a team comes back alone, by one of its own owners', async () => {
	const [team, other, standing] = [await newTeam(), await newTeam(), await newTeam()];
	for (const { teamId } of [team, other]) await ago('teams', teamId, 1);
	const back = (id: string) => restoreTeam(self(id), { teamId: team.teamId });
	expect(await listDeletedTeams(self(team.owner.id))).toMatchObject([{ id: team.teamId }]);
	expect(await listDeletedTeams(self(standing.owner.id))).toEqual([]);
	for (const { id } of [other.owner, standing.owner])
		await expect(back(id)).rejects.toMatchObject({ code: 'not_found' });
	// nor by one who is just taken out
	let late: Promise<unknown> | undefined;
	await owner.begin(async (sql) => {
		await sql`update members set role = 'rater' where person_id = ${team.owner.id}`;
		late = back(team.owner.id).catch((problem) => problem);
		await Promise.race([late, sleep(300)]);
	});
	expect(await late).toMatchObject({ code: 'not_found' });
	await owner`update members set role = 'owner' where person_id = ${team.owner.id}`;
	await back(team.owner.id);
	expect([await isDeleted('teams', team.teamId), await isDeleted('teams', other.teamId)]).toEqual([false, true]);
});

test('of two teams that were deleted in the same moment one comes back, with its own projects', async () => {
	const [team, other] = [await newTeam(), await newTeam()];
	for (const { scope } of [team, other]) await newProject(scope);
	const both = owner([team.teamId, other.teamId]);
	await owner`update teams set deleted_at = now() where id in ${both}`;
	await owner`update projects p set deleted_at = t.deleted_at from teams t where t.id = p.team_id and t.id in ${both}`;
	await restoreTeam(self(team.owner.id), { teamId: team.teamId });
	const standing = await owner`select team_id from projects where team_id in ${both} and deleted_at is null`;
	expect(standing).toEqual([{ team_id: team.teamId }]);
});

test('the janitor leaves for the next time what somebody holds', async () => {
	const { teamId } = await newTeam();
	const { id } = await newPerson('Gus');
	await ago('teams', teamId, graceDays + 1);
	await ago('people', id, graceDays + 1);
	const are = async (sql: postgres.ISql) =>
		sql`select (select count(*)::int from teams where id = ${teamId}) as teams,
			(select count(*)::int from people where id = ${id} and name = 'Gus') as people`;
	await owner.begin(async (sql) => {
		await sql`select from teams where id = ${teamId} for update`;
		await sql`select from people where id = ${id} for update`;
		await purgeTeams();
		await purgeAccounts();
		expect(await are(sql)).toEqual([{ teams: 1, people: 1 }]);
	});
	await purgeTeams();
	await purgeAccounts();
	expect(await are(owner)).toEqual([{ teams: 0, people: 0 }]);
});

test('a key, a token and a program that asks for one are worth nothing in a deleted team', async () => {
	const team = await newTeam();
	await newTeam();
	const { id: personId } = team.owner;
	const { id: keyId } = await createKey(team.scope, { name: 'Nightly', role: 'trainer', projectIds: null, days: 90 });
	const hash = sha256(randomToken());
	const [token] = await owner`insert into personal_tokens (team_id, person_id, name, hash, hint, expires_at)
		values (${team.teamId}, ${personId}, 'ait', ${hash}, 'x', now() + interval '1 day') returning id`;
	const code = sha256(randomToken());
	await owner`select begin_device(${sha256(randomToken())}, ${code}, 'ait', '')`;
	const ask = async () => ({
		comes: (await plainPool()`select from act_with_token(${hash}, null, null)`).length,
		listed: (await plainPool()`select from tokens_of(${personId})`).length,
		token:
			await plainPool()`select assert_token(${team.teamId}, ${personId}, ${token!.id}, 'owner', 'all', false)`.then(
				() => 'holds',
				(problem) => problem.code
			),
		key: await plainPool()`select assert_key(${team.teamId}, ${keyId}, 'trainer', 'all', false)`.then(
			() => 'holds',
			(problem) => problem.code
		)
	});
	expect(await ask()).toEqual({ comes: 1, listed: 1, token: 'holds', key: 'holds' });
	await ago('teams', team.teamId, 0);
	expect(await ask()).toEqual({ comes: 0, listed: 0, token: 'AI020', key: 'AI020' });
	const answer = () => plainPool()`select answer_device(${code}, ${personId}, ${team.teamId}, 20, null, null) as said`;
	expect(await answer()).toEqual([{ said: 'stranger' }]);
	await owner`update teams set deleted_at = null where id = ${team.teamId}`;
	expect(await answer()).toEqual([{ said: 'confirmed' }]);
});

test('what a deleted team has open is left there', async () => {
	const { scope, teamId } = await newTeam();
	const { project } = await newProject(scope);
	await owner`update projects set next_example = 100 where id = ${project.id}`;
	const isOpen = async () => (await plainPool()`select teams_with_open_work() as id`).some(({ id }) => id === teamId);
	await owner`update audit_links set place = 0, hash = '' where team_id = ${teamId} and place is null`;
	expect(await isOpen()).toBe(true);
	await ago('teams', teamId, 0);
	expect(await isOpen()).toBe(false);
});
