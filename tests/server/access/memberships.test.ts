// Of the database: found_team.
import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { currentSession, endSession, startSession } from '../../../src/lib/server/access/sessions.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { createTeam, membershipsOf, stillEnter } from '../../../src/lib/server/access/memberships.ts';
import { changeRole, removeMember } from '../../../src/lib/server/team/commands.ts';
import { newCookies } from '../../support/data/cookies.ts';
import { newPerson, newProject, newTeam } from '../../support/data/team.ts';
import { owner } from '../../support/database/owner.ts';

afterAll(() => closePools());

test('whoever makes a team owns it, and sees it among theirs', async () => {
	const person = await newPerson();
	expect(await membershipsOf(person.id)).toEqual([]);
	const name = `Northwind ${randomUUID().slice(0, 8)}`;
	const request = { id: randomUUID(), address: '203.0.113.7' };
	const team = await createTeam({ person, request }, { name });
	expect(await membershipsOf(person.id)).toEqual([{ ...team, role: 'owner', projectIds: 'all' }]);
	const entries = await owner`
		select action, person_id, subject, details, request_id, address from audit_entries where team_id = ${team.id}`;
	expect(entries).toEqual([
		{
			...{ action: 'team.created', person_id: person.id, subject: team.id, details: { name, slug: team.slug } },
			...{ request_id: request.id, address: request.address }
		}
	]);
});

test('teams of one name get addresses of their own', async () => {
	const person = await newPerson();
	const name = `Same ${randomUUID().slice(0, 8)}`;
	const made = await Promise.all([1, 2, 3].map(() => createTeam({ person }, { name })));
	const slug = made.map((team) => team.slug).sort()[0]!;
	expect(made.map((team) => team.slug).sort()).toEqual([slug, `${slug}-2`, `${slug}-3`]);
});

test('teams are free to make, but not without end', async () => {
	const person = await newPerson();
	for (let i = 0; i < 10; i++) await createTeam({ person }, { name: `Many ${randomUUID().slice(0, 8)}` });
	await expect(createTeam({ person }, { name: 'One more' })).rejects.toMatchObject({ code: 'rate_limited' });
	expect(await membershipsOf(person.id)).toHaveLength(10);
});

test('whoever enters a team finds there the project of the address, if it is theirs to see', async () => {
	const [one, two, strange] = [await newTeam(), await newTeam(), await newTeam()];
	const projects = new Map<string, string>();
	for (const team of [one, two, strange])
		for (const slug of ['support', 'sales'])
			projects.set(`${team.slug} ${slug}`, (await newProject(team.scope, { slug })).project.id);
	const idOf = (team: typeof one, slug: string) => projects.get(`${team.slug} ${slug}`)!;
	const rater = await one.as('rater', [idOf(one, 'sales')]);
	await two.scope.tx(
		(tx) =>
			tx.$client`insert into members (team_id, person_id, role) values (${two.teamId}, ${rater.userId}, 'trainer')`
	);
	const browser = newCookies();
	await startSession(browser.jar, rater.userId, '');
	const entryAt = async (team: string, project?: string) =>
		(await currentSession(browser.jar, { team, project }))!.entry!;
	const entering = async (team: typeof one, slug?: string) => {
		const { membership, project } = await entryAt(team.slug, slug);
		return [membership && [membership.id, membership.role, membership.projectIds], project?.id ?? null];
	};
	const [inOne, inTwo] = [
		[one.teamId, 'rater', [idOf(one, 'sales')]],
		[two.teamId, 'trainer', 'all']
	];
	expect(await entering(one, 'sales')).toEqual([inOne, idOf(one, 'sales')]);
	expect(await entering(one, 'support')).toEqual([inOne, null]);
	expect(await entering(one)).toEqual([inOne, null]);
	expect(await entering(two, 'sales')).toEqual([inTwo, idOf(two, 'sales')]);
	expect(await entering(two, 'support')).toEqual([inTwo, idOf(two, 'support')]);
	expect(await entering(two, 'nowhere')).toEqual([inTwo, null]);
	expect(await entering(strange, 'support')).toEqual([null, null]);
	const { memberships } = await entryAt(two.slug, 'sales');
	expect(memberships.map(({ slug }) => slug)).toEqual([one.slug, two.slug]);
	// of the teams they do not enter nothing but the membership is looked up
	const rows =
		await plainPool()`select slug, project is not null as shown from enter_team(${rater.userId}, ${two.slug}, 'sales')`;
	expect(rows).toEqual([
		{ slug: one.slug, shown: false },
		{ slug: two.slug, shown: true }
	]);
});

test('whoever is in no team is known, and enters none', async () => {
	const [person, { slug }] = [await newPerson(), await newTeam()];
	const browser = newCookies();
	await startSession(browser.jar, person.id, '');
	const known = await currentSession(browser.jar, { team: slug, project: undefined });
	expect(known).toMatchObject({ person, entry: { memberships: [], membership: null, project: null } });
	expect((await currentSession(browser.jar))!.entry).toBeNull();
	await endSession(browser.jar);
	expect(await currentSession(browser.jar, { team: slug, project: undefined })).toBeNull();
});

/** Whether a session still opens the team with these rights, asked among others that it never had. */
const stillIn = (session: string) => async (rights: Scope) => {
	const nobody = { ...rights, session: randomUUID() };
	const [before, asked, after] = await stillEnter([nobody, { ...rights, session }, nobody]);
	expect([before, after]).toEqual([false, false]);
	return asked;
};

test('a stream ends when the rights it was opened with end', async () => {
	const { scope, as } = await newTeam();
	const { project } = await newProject(scope);
	const rater = await as('rater');
	const browser = newCookies();
	await startSession(browser.jar, rater.userId, '');
	const { handle } = (await currentSession(browser.jar))!.session;
	const still = stillIn(handle);

	expect(await still(rater)).toBe(true);
	await changeRole(scope, { personId: rater.userId, role: 'rater', projectIds: [project.id] });
	expect(await still(rater)).toBe(false);
	expect(await still({ ...rater, projectIds: [project.id] })).toBe(true);
	await changeRole(scope, { personId: rater.userId, role: 'trainer', projectIds: null });
	expect(await still(rater)).toBe(false);
	expect(await still({ ...rater, role: 'trainer' })).toBe(true);
	await removeMember(scope, { personId: rater.userId });
	expect(await still({ ...rater, role: 'trainer' })).toBe(false);
});

test('a stream ends with its session, and never crosses teams', async () => {
	const { scope, owner } = await newTeam();
	const other = await newTeam();
	const browser = newCookies();
	await startSession(browser.jar, owner.id, '');
	const { handle } = (await currentSession(browser.jar))!.session;
	const still = stillIn(handle);
	expect(await still(scope)).toBe(true);
	expect(await still(other.scope)).toBe(false);
	await endSession(browser.jar);
	expect(await still(scope)).toBe(false);
});
