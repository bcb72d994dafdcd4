// Long because an end has many ways round it: everybody who could still get in, or be kept, is asked. Of the database
// (drizzle/functions/ends.sql): end_account, end_own_account, keep_account, purge_team, purge_account, restore_team, deleted_teams_of, is_team_deleted,
// has_owner.
import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { events } from '../../../src/lib/contract/events.ts';
import { graceDays } from '../../../src/lib/core/project/grace.ts';
import { enterWithKey } from '../../../src/lib/server/access/keys.ts';
import {
	listDeletedTeams,
	membershipsOf,
	restoreTeam,
	stillEnter
} from '../../../src/lib/server/access/memberships.ts';
import { deleteAccount, personWith } from '../../../src/lib/server/access/people.ts';
import { lookAtInvitation } from '../../../src/lib/server/access/invitations.ts';
import { type Scope, inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { createKey } from '../../../src/lib/server/keys/commands.ts';
import { sweepAll } from '../../../src/lib/server/jobs/worker.ts';
import { randomToken, sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, members } from '../../../src/lib/server/platform/db/schema.ts';
import { listMails } from '../../../src/lib/server/platform/mail/outbox.ts';
import { purgeAccounts, purgeProjects, purgeTeams } from '../../../src/lib/server/platform/purge.ts';
import { deleteProject, deleteTeam } from '../../../src/lib/server/ends/commands.ts';
import { changeRole, leaveTeam, removeMember } from '../../../src/lib/server/team/commands.ts';
import { inviteMember } from '../../../src/lib/server/team/invitations.ts';
import { verify } from '../../../src/lib/server/verify/verify.ts';
import { plant, scan } from '../../support/database/canary.ts';
import { oneOfEach } from '../../support/data/one-of-each.ts';
import { newPerson, newProject, newTeam } from '../../support/data/team.ts';
import { newSession } from '../../support/data/session.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 3, onnotice: () => {} });
beforeAll(async () => void (await plainPool()`select 1`));
afterAll(async () => {
	await closePools();
	await owner.end();
});

type Team = Awaited<ReturnType<typeof newTeam>>;
type Person = { id: string; email: string; name: string };
const self = (person: Person) => ({ person, request: { id: randomUUID(), address: '203.0.113.7' } });
const nameOf = ({ slug }: Team) => `Team ${slug}`;
const end = (team: Team) => deleteTeam(team.scope, { confirm: nameOf(team) });
/** Signs a person in; returns the handle of the session. */
const signIn = async (id: string): Promise<string> => {
	const hash = sha256(await newSession(owner, id));
	return (await owner`select handle from sessions where id_hash = ${hash}`)[0]!.handle;
};
/** As if it had been deleted so many days ago. */
const ago = (table: 'teams' | 'people', id: string, days: number) =>
	owner`update ${owner(table)} set deleted_at = now() - make_interval(hours => ${days * 24}::int) where id = ${id}`;
const slugsOf = async ({ id }: Person) => (await membershipsOf(id)).map(({ slug }) => slug);
const audited = (scope: Scope) =>
	scope.tx(async (tx) => (await tx.select().from(auditEntries)).map(({ action }) => action));

test('the database gives as many days as people are told', async () => {
	const [row] = await owner`select (extract(epoch from grace_time()) / 86400)::int as days`;
	expect(row!.days).toBe(graceDays);
});

describe('a team that is deleted', () => {
	test('is not deleted by the name of another one', async () => {
		const team = await newTeam();
		await expect(deleteTeam(team.scope, { confirm: 'Team' })).rejects.toMatchObject({
			code: 'invalid',
			field: 'confirm'
		});
		expect(await slugsOf(team.owner)).toEqual([team.slug]);
	});

	test('lets nobody in, whatever they hold, and nobody hears why', async () => {
		const team = await newTeam();
		const other = await newTeam();
		const trainer = await team.as('trainer');
		const { key } = await createKey(team.scope, { name: 'Nightly', role: 'trainer', projectIds: null, days: 90 });
		const session = { handle: await signIn(team.owner.id) };
		const entered = {
			session: session.handle,
			teamId: team.teamId,
			role: 'owner' as const,
			projectIds: 'all' as const
		};
		const token = randomToken();
		const hash = sha256(token);
		const guest = await newPerson('Gus');
		await owner`insert into invitations (team_id, email, role, token_hash, expires_at)
			values (${team.teamId}, ${guest.email}, 'rater', ${hash}, now() + interval '1 day')`;
		const request = { id: randomUUID(), address: '203.0.113.7', transactions: 0 };
		const enters = () => enterWithKey(key, null, request, { most: 100, perSeconds: 60 });
		const acting = scopeFor({
			...team.scope,
			authority: { personId: team.owner.id, sessionHandle: session.handle },
			request
		});
		const reads = () => acting.tx((tx) => tx.select().from(members));
		expect(await enters()).not.toBeNull();
		expect(await reads()).toHaveLength(2);
		expect(await stillEnter([entered])).toEqual([true]);

		const { goneAt } = await end(team);
		expect(goneAt.getTime() - Date.now()).toBeGreaterThan((graceDays - 0.1) * 86_400_000);
		expect(await slugsOf(team.owner)).toEqual([]);
		expect(await membershipsOf(trainer.userId)).toEqual([]);
		expect(await owner`select * from enter_team(${team.owner.id}, ${team.slug}, null)`).toEqual([]);
		expect(await enters()).toBeNull();
		await expect(reads()).rejects.toMatchObject({ code: 'forbidden' });
		expect(await stillEnter([entered])).toEqual([false]);
		expect(await lookAtInvitation({ person: guest } as never, { token })).toMatchObject({ state: 'revoked' });
		expect((await owner`select accept_invitation(${hash}, ${guest.id}, null, null) as team`)[0]!.team).toBeNull();
		expect(await slugsOf(other.owner)).toEqual([other.slug]);
		expect(await other.scope.tx((tx) => tx.select().from(members))).toHaveLength(1);

		const { slug } = await restoreTeam(self(team.owner), { teamId: team.teamId });
		expect(slug).toBe(team.slug);
		expect(await enters()).not.toBeNull();
		expect(await reads()).toHaveLength(2);
		expect(await audited(team.scope)).toEqual(expect.arrayContaining(['team.deleted', 'team.restored']));
	});

	test('is brought back by its owners alone, within the days of grace', async () => {
		const team = await newTeam();
		const trainer = await team.as('trainer');
		const stranger = await newPerson('Sam');
		await end(team);
		const back = (person: Person) => restoreTeam(self(person), { teamId: team.teamId });
		const theo = { id: trainer.userId, email: 'theo@example.com', name: 'Theo' };
		for (const person of [theo, stranger]) {
			expect(await listDeletedTeams(self(person))).toEqual([]);
			await expect(back(person)).rejects.toMatchObject({ code: 'not_found' });
		}
		expect(await listDeletedTeams(self(team.owner))).toMatchObject([{ id: team.teamId, name: nameOf(team) }]);
		await ago('teams', team.teamId, graceDays + 1);
		expect(await listDeletedTeams(self(team.owner))).toEqual([]);
		await expect(back(team.owner)).rejects.toMatchObject({ code: 'not_found' });
		await ago('teams', team.teamId, graceDays - 1);
		await back(team.owner);
		// a second press finds nothing to bring back
		await expect(back(team.owner)).rejects.toMatchObject({ code: 'not_found' });
		expect(await slugsOf(team.owner)).toEqual([team.slug]);
	});

	test('is deleted by the clock of the database, whatever whoever serves says', async () => {
		const team = await newTeam();
		const other = await newTeam();
		const write = (scope: Scope, text: string) => scope.tx((tx) => tx.execute(sql.raw(text)));
		const past = `update teams set deleted_at = now() - interval '8 days'`;
		await expect(write(team.scope, past)).rejects.toMatchObject({ cause: { code: 'AI006' } });
		await write({ ...team.scope, ...(await team.as('trainer')) }, 'select delete_team()');
		expect(await slugsOf(team.owner)).toEqual([team.slug]);
		await end(team);
		await expect(write(team.scope, past)).rejects.toMatchObject({ cause: { code: 'AI006' } });
		expect(await slugsOf(other.owner)).toEqual([other.slug]);
		// nor brings back, nor puts off the end of, what is deleted; the version before deletes by itself, at this moment
		for (const when of ['null', 'now()'])
			await expect(write(team.scope, `update teams set deleted_at = ${when}`)).rejects.toMatchObject({
				cause: { code: 'AI006' }
			});
		await write(other.scope, 'update teams set deleted_at = now()');
		expect(await slugsOf(other.owner)).toEqual([]);
	});

	test('comes back with the projects that went with it, and not with one that was deleted before', async () => {
		const team = await newTeam();
		const [stays, goes] = [
			await newProject(team.scope, { slug: 'stays' }),
			await newProject(team.scope, { slug: 'goes' })
		];
		await deleteProject(await inProject(team.scope, 'goes'), { confirm: goes.project.name });
		await end(team);
		const gone = () =>
			owner`select slug from projects where team_id = ${team.teamId} and deleted_at is not null order by 1`;
		expect((await gone()).map(({ slug }) => slug)).toEqual(['goes', 'stays']);
		await restoreTeam(self(team.owner), { teamId: team.teamId });
		expect((await gone()).map(({ slug }) => slug)).toEqual(['goes']);
		expect((await inProject(team.scope, 'stays')).project.id).toBe(stays.project.id);
	});

	test('is told to its owners by mail, with the way back', async () => {
		const team = await newTeam();
		const second = await team.as('owner');
		const addresses = await owner`select email from people where id in ${owner([team.owner.id, second.userId])}`;
		await end(team);
		const mails = (await listMails()).filter(({ to }) => addresses.some(({ email }) => email === to));
		expect(mails.map(({ to }) => to).sort()).toEqual(addresses.map(({ email }) => email).sort());
		expect(mails[0]!.link).toMatch(/\/account#deleted-teams$/);
	});

	test('is removed with every word that was in it, and not a day sooner', async () => {
		const [team, other] = [await newTeam(), await newTeam()];
		const canary = `canary-${randomUUID()}`;
		await oneOfEach({ ...team.scope, userId: team.owner.id }, (await newPerson('Rita')).id);
		await oneOfEach({ ...other.scope, userId: other.owner.id }, (await newPerson('Rolf')).id);
		const { planted, empty } = await plant(owner, canary, ({ schema, columns }) =>
			schema !== 'public' ? null : columns.includes('team_id') ? `team_id = '${team.teamId}'` : null
		);
		expect(planted.length).toBeGreaterThan(90);
		expect(empty.filter((column) => !/^public\.(outbox|activities|audit_links)\./.test(column))).toEqual([]);
		await owner`update teams set name = name || ${canary} where id = ${team.teamId}`;
		const endedAgo = async (days: number) => {
			await ago('teams', team.teamId, days);
			await owner`update projects set deleted_at = t.deleted_at from teams t
				where t.id = team_id and t.id = ${team.teamId}`;
		};
		await endedAgo(graceDays - 0.5);
		expect((await purgeProjects(50)) + (await purgeTeams(3))).toBe(0);
		// what a provider might still run is waited for, four weeks
		await endedAgo(5 * graceDays);
		expect(await purgeTeams(3), 'not before its projects').toBe(0);
		expect(await scan(owner, canary)).not.toEqual([]);

		const counts = () => owner`select (select count(*)::int from examples where team_id = ${other.teamId}) as examples,
			(select count(*)::int from audit_entries where team_id = ${other.teamId}) as entries`;
		const before = await counts();
		expect(await purgeProjects(50)).toBe(1);
		const topic = `late ${canary}`; // what nobody has looked at yet goes with the team it is of
		for (const { teamId } of [team, other])
			await owner`insert into outbox (team_id, project_id, topic) values (${teamId}, ${randomUUID()}, ${topic})`;
		expect(await purgeTeams(3)).toBeGreaterThan(10);
		expect(await owner`delete from outbox where topic = ${topic} returning team_id`).toEqual([
			{ team_id: other.teamId }
		]);
		expect(await scan(owner, canary)).toEqual([]);
		expect(await scan(owner, team.teamId)).toEqual([]);
		expect(await counts()).toEqual(before);
		expect(await purgeTeams(3)).toBe(0);
	});
});

describe('an account that is deleted', () => {
	test('is the one whose address was typed', async () => {
		const person = await newPerson('Mia');
		await expect(deleteAccount(self(person), { confirm: 'ana@example.com' })).rejects.toMatchObject({
			code: 'invalid'
		});
		expect((await owner`select deleted_at from people where id = ${person.id}`)[0]!.deleted_at).toBeNull();
	});

	test('leaves no team without an owner, but one that was deleted', async () => {
		const team = await newTeam();
		const rater = await team.as('rater');
		const gone = () => deleteAccount(self(team.owner), { confirm: team.owner.email.toUpperCase() });
		await expect(gone()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(nameOf(team)) });
		await changeRole(team.scope, { personId: rater.userId, role: 'owner', projectIds: null });
		await gone();
		// whose account is deleted is no owner: the other one stays
		await expect(leaveTeam({ ...rater, role: 'owner' })).rejects.toMatchObject({ code: 'conflict' });
		const alone = await newTeam();
		await end(alone);
		await deleteAccount(self(alone.owner), { confirm: alone.owner.email });
	});

	test('of two owners at the same moment one stays', async () => {
		for (let round = 0; round < 12; round++) {
			const team = await newTeam();
			const { userId } = await team.as('owner');
			const [second] = await owner<Person[]>`select id, email, name from people where id = ${userId}`;
			const ends = await Promise.allSettled([
				deleteAccount(self(team.owner), { confirm: team.owner.email }),
				round % 2
					? deleteAccount(self(second!), { confirm: second!.email })
					: leaveTeam({ ...team.scope, userId, voterId: userId })
			]);
			expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		}
	});

	test('is not entered by a session that begins while it is being deleted', async () => {
		const person = await newPerson('Mia');
		await deleteAccount(self(person), { confirm: person.email });
		const hash = sha256(await newSession(owner, person.id));
		const found = () => owner`select person_id from session_by_hash(${hash})`;
		expect(await found()).toEqual([]);
		await personWith(person.email);
		expect(await found()).toHaveLength(1);
	});

	test('is out everywhere at once, and stays when its person signs in', async () => {
		const team = await newTeam();
		const trainer = await team.as('trainer');
		const [person] = await owner<Person[]>`select id, email, name from people where id = ${trainer.userId}`;
		await newSession(owner, person!.id);
		await owner`insert into personal_tokens (team_id, person_id, name, hash, hint, expires_at)
			values (${team.teamId}, ${person!.id}, 'ait', ${sha256(randomToken())}, 'x', now() + interval '1 day')`;
		await deleteAccount(self(person!), { confirm: person!.email });
		// a second press changes nothing
		await deleteAccount(self(person!), { confirm: person!.email });
		for (const table of ['sessions', 'personal_tokens'])
			expect(await owner`select from ${owner(table)} where person_id = ${person!.id}`, table).toHaveLength(0);
		const [mail] = (await listMails()).filter(({ to }) => to === person!.email);
		expect(mail!.link).toMatch(/\/login$/);

		expect(await personWith(person!.email)).toEqual({ id: person!.id, isNew: false, isBack: true });
		expect(await personWith(person!.email)).toMatchObject({ isBack: false });
		expect(await slugsOf(person!)).toEqual([team.slug]);
		expect((await audited(team.scope)).filter((action) => action.startsWith('member.account'))).toEqual([
			'member.account_deleted',
			'member.account_kept'
		]);
		await ago('people', person!.id, graceDays + 1);
		await owner`update people set deleted_at = null where id = ${person!.id}`;
		expect(await purgeAccounts()).toBe(0);
	});

	test('is forgotten by name and address, in every place where others have written them', async () => {
		const team = await newTeam();
		const other = await newTeam();
		const canary = `canary-${randomUUID().slice(0, 8)}`;
		const { id } = await personWith(`${canary}@example.com`, canary);
		const person = { id, email: `${canary}@example.com`, name: canary };
		await inviteMember(other.scope, { email: person.email, role: 'rater', projectIds: null });
		await inviteMember(team.scope, { email: person.email, role: 'trainer', projectIds: null });
		await owner`insert into members (team_id, person_id, role) values (${team.teamId}, ${id}, 'trainer')`;
		await owner`update sessions set user_agent = ${canary} where handle = ${await signIn(id)}`;
		await owner`select make_sign_in(${person.email}, ${sha256(canary)}, ${sha256('c')}, ${sha256('b' + canary)}, '/')`;
		await owner`insert into rate_limits (key, count, resets_at) values (${`mail:${person.email}`}, 1, now() + interval '1 day'),
			(${`code:${person.email}`}, 1, now() + interval '1 day')`;
		await changeRole(team.scope, { personId: id, role: 'rater', projectIds: null });
		await removeMember(team.scope, { personId: id });
		await owner`insert into members (team_id, person_id, role) values (${team.teamId}, ${id}, 'rater')`;
		// where they have come from, and a program that they let in
		await owner`insert into audit_entries (team_id, person_id, action, subject, details, address)
			select ${team.teamId}, ${id}, action, ${id}, details::json, ${canary}
			from (values ('token.confirmed', ${JSON.stringify({ name: 'ait', from: canary })}), ('run.submitted', '{}')) done (action, details)`;
		// and something of the team that says nothing of them
		await owner`insert into audit_entries (team_id, action, subject, details) values (${team.teamId}, 'x', 'x', '{}'), (${other.teamId}, 'x', 'x', '{}')`;
		await owner`select chain_audit(${team.teamId}), chain_audit(${other.teamId})`;
		const said = await heldAgainst(team, other);
		expect(said).toEqual([]);
		await deleteAccount(self(person), { confirm: person.email });
		await owner`select chain_audit(${team.teamId})`;

		await ago('people', id, graceDays - 0.5);
		expect(await purgeAccounts()).toBe(0);
		expect((await scan(owner, canary)).length).toBeGreaterThan(5);
		await ago('people', id, graceDays + 1);
		expect(await purgeAccounts()).toBe(1);
		expect(await scan(owner, canary)).toEqual([]);
		expect(await purgeAccounts()).toBe(0);

		// the logs hold, and say how much is missing in them
		expect(await heldAgainst(team, other)).toEqual([]);
		const [links] = await owner`
			select count(*)::int as erased from audit_links where erased_at is not null and team_id in ${owner([team.teamId, other.teamId])}`;
		expect(links!.erased).toBe(7);
		const [confirmed] =
			await owner`select details from audit_entries where person_id = ${id} and action = 'token.confirmed'`;
		expect(confirmed!.details).toEqual({ name: 'ait', from: 'an address that is gone' });
		const [row] = await owner`select name, email from people where id = ${id}`;
		expect(row).toEqual({ name: 'Somebody who left', email: `${id}@gone.invalid` });
		// the address is free again, for somebody new
		expect(await personWith(person.email)).toMatchObject({ isNew: true, isBack: false });
	});

	// what purge_account looks through
	test('stands in these entries of the audit log, and no others', () => {
		const naming = Object.entries(events).filter(([, { details }]) => 'email' in details.entries);
		expect(naming.map(([name]) => name).sort()).toEqual([
			'invitation.revoked',
			'member.invited',
			'member.invited_again',
			'member.removed',
			'member.role_changed'
		]);
	});

	const heldAgainst = async (...teams: Team[]) => {
		const said: string[] = [];
		await verify(owner, (sentence) => said.push(sentence));
		return said.filter((sentence) => teams.some(({ slug }) => sentence.includes(slug)));
	};
});

test('the janitor removes what is over, and the queue leaves a deleted team alone', async () => {
	const [over, closed] = [await newTeam(), await newTeam()];
	await end(over);
	await end(closed);
	await ago('teams', over.teamId, graceDays + 1);
	await sweepAll();
	expect(await owner`select slug from teams where id in ${owner([over.teamId, closed.teamId])}`).toEqual([
		{ slug: closed.slug }
	]);
	const answers =
		await owner`select is_team_deleted(${closed.teamId}) as closed, is_team_deleted(${over.teamId}) as over,
		is_team_deleted(${(await newTeam()).teamId}) as standing`;
	expect(answers[0]).toEqual({ closed: true, over: true, standing: false });
});
