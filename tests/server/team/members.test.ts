import { afterAll, expect, test } from 'vitest';
import type { Role } from '../../../src/lib/core/permissions.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries } from '../../../src/lib/server/platform/db/schema.ts';
import { membershipsOf } from '../../../src/lib/server/access/memberships.ts';
import { changeRole, leaveTeam, removeMember } from '../../../src/lib/server/team/commands.ts';
import { listMembers } from '../../../src/lib/server/team/queries.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { newPerson, newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const rolesIn = async (scope: Scope) => (await listMembers(scope)).members.map(({ role }) => role).sort();
const actions = async (scope: Scope) =>
	(await scope.tx((tx) => tx.select().from(auditEntries).orderBy(auditEntries.seq))).map(({ action }) => action);
const all = (role: Role) => ({ role, projectIds: null });

test('owners see who is in, with names and addresses; nobody of another team', async () => {
	const { scope, owner, as } = await newTeam();
	await newTeam();
	const trainer = await as('trainer');
	const { members } = await listMembers(scope);
	expect(members.map(({ personId }) => personId)).toEqual([owner.id, trainer.userId]);
	expect(members[0]).toMatchObject({ name: owner.name, email: owner.email, role: 'owner', projectIds: null });
});

test('a role changes, and it is written down with before and after', async () => {
	const { scope, as } = await newTeam();
	const { project } = await newProject(scope);
	const rater = await as('rater');
	await changeRole(scope, { personId: rater.userId, role: 'trainer', projectIds: [project.id] });
	expect(await membershipsOf(rater.userId)).toMatchObject([{ role: 'trainer', projectIds: [project.id] }]);
	const [entry] = await scope.tx((tx) => tx.select().from(auditEntries));
	expect(entry).toMatchObject({
		action: 'member.role_changed',
		personId: scope.userId,
		subject: rater.userId,
		details: { before: all('rater'), after: { role: 'trainer', projectIds: [project.id] } }
	});
});

test('an owner is never limited to projects, and projects have to be the team’s own', async () => {
	const { scope, as } = await newTeam();
	const { project } = await newProject(scope);
	const rater = await as('rater');
	await changeRole(scope, { personId: rater.userId, role: 'owner', projectIds: [project.id] });
	expect(await membershipsOf(rater.userId)).toMatchObject([{ role: 'owner', projectIds: 'all' }]);
	const other = await newProject((await newTeam()).scope);
	await expect(
		changeRole(scope, { personId: rater.userId, role: 'rater', projectIds: [other.project.id] })
	).rejects.toMatchObject({
		code: 'invalid',
		field: 'projectIds'
	});
});

test('projects named twice are named once, and none at all are all of them', async () => {
	const { scope, as } = await newTeam();
	const { project } = await newProject(scope);
	const rater = await as('rater');
	await changeRole(scope, { personId: rater.userId, role: 'rater', projectIds: [project.id, project.id] });
	expect(await membershipsOf(rater.userId)).toMatchObject([{ role: 'rater', projectIds: [project.id] }]);
	await changeRole(scope, { personId: rater.userId, role: 'rater', projectIds: [] });
	expect(await membershipsOf(rater.userId)).toMatchObject([{ role: 'rater', projectIds: 'all' }]);
});

test('the last owner neither steps down, nor is removed, nor leaves', async () => {
	const { scope, owner, as } = await newTeam();
	await as('trainer');
	for (const act of [
		() => changeRole(scope, { personId: owner.id, ...all('trainer') }),
		() => removeMember(scope, { personId: owner.id }),
		() => leaveTeam(scope)
	]) {
		await expect(act()).rejects.toMatchObject({ code: 'conflict', message: /needs an owner/ });
	}
	expect(await rolesIn(scope)).toEqual(['owner', 'trainer']);
	expect(await actions(scope)).toEqual([]); // what was refused is not written down as done
});

test('with a second owner the first may go', async () => {
	const { scope, owner, as } = await newTeam();
	const second = await as('owner');
	await leaveTeam(scope);
	expect(await membershipsOf(owner.id)).toEqual([]);
	expect(await rolesIn(second)).toEqual(['owner']);
	expect(await actions(second)).toEqual(['member.left']);
});

test('two owners who leave at the same moment: one stays', async () => {
	for (let i = 0; i < 5; i++) {
		const { scope, as } = await newTeam();
		const second = await as('owner');
		const answers = await Promise.allSettled([leaveTeam(scope), leaveTeam(second)]);
		expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		const left = [scope.userId!, second.userId];
		const memberships = await Promise.all(left.map((id) => membershipsOf(id)));
		expect(memberships.flat()).toMatchObject([{ role: 'owner' }]);
	}
});

test.each(['trainer', 'rater'] as const)('a %s leaves by themselves, and takes nobody along', async (role) => {
	const { scope, as } = await newTeam();
	const member = await as(role);
	await as(role);
	await leaveTeam(member);
	expect(await membershipsOf(member.userId)).toEqual([]);
	expect(await rolesIn(scope)).toEqual(['owner', role].sort());
	await expect(leaveTeam(member)).rejects.toMatchObject({ code: 'not_found' });
});

test('leaving one team leaves the others', async () => {
	const here = await newTeam();
	const there = await newTeam();
	const member = await here.as('rater');
	await there.scope.tx(async (tx) => {
		const { members } = await import('../../../src/lib/server/platform/db/schema.ts');
		await tx.insert(members).values({ teamId: there.teamId, personId: member.userId, role: 'rater' });
	});
	await leaveTeam(member);
	expect(await membershipsOf(member.userId)).toMatchObject([{ id: there.teamId }]);
});

test('a removed member is out at once', async () => {
	const { scope, as } = await newTeam();
	const rater = await as('rater');
	await removeMember(scope, { personId: rater.userId });
	expect(await membershipsOf(rater.userId)).toEqual([]);
	expect(await actions(scope)).toEqual(['member.removed']);
	await expect(removeMember(scope, { personId: rater.userId })).rejects.toMatchObject({ code: 'not_found' });
});

test('trainers and raters may not look at members or change them', async () => {
	const { scope, owner, as } = await newTeam();
	for (const role of ['trainer', 'rater'] as const) {
		const member = await as(role);
		for (const act of [
			() => listMembers(member),
			() => changeRole(member, { personId: member.userId, ...all('owner') }),
			() => removeMember(member, { personId: owner.id })
		]) {
			await expect(act()).rejects.toMatchObject({ code: 'forbidden' });
		}
	}
	expect(await rolesIn(scope)).toEqual(['owner', 'rater', 'trainer']);
});

test('the owner of another team finds nobody and changes nothing', async () => {
	const { scope, owner, as } = await newTeam();
	const rater = await as('rater');
	const stranger = (await newTeam()).scope;
	for (const personId of [owner.id, rater.userId, (await newPerson()).id]) {
		await expect(changeRole(stranger, { personId: personId, ...all('owner') })).rejects.toMatchObject({
			code: 'not_found'
		});
		await expect(removeMember(stranger, { personId: personId })).rejects.toMatchObject({ code: 'not_found' });
	}
	expect((await listMembers(stranger)).members).toHaveLength(1);
	expect(await rolesIn(scope)).toEqual(['owner', 'rater']);
	expect(await actions(scope)).toEqual([]);
});
