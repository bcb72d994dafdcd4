// What the functions of the database say of a team, project or account that is deleted, and of another that has its ids: rights_of_session,
// invitation_by_token, assert_authority, members_to_mail, delete_project, purge_project_part, count_examples_added.
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { graceDays } from '../../../src/lib/core/project/grace.ts';
import { randomToken, sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { copyRows } from '../../support/database/copy-rows.ts';
import { addReadyRun } from '../../support/data/evaluation.ts';
import { newSession } from '../../support/data/session.ts';
import { newPerson, newProject, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 2, onnotice: () => {} });
afterAll(async () => {
	await closePools();
	await owner.end();
});

test('of a deleted team a session has no rights, an invitation is revoked, and nothing is authorised', async () => {
	const [team] = [await newTeam(), await newTeam()]; // that another one stands is nothing to it
	const hash = sha256(await newSession(owner, team.owner.id));
	const [session] = await owner`select handle from sessions where id_hash = ${hash}`;
	const invited = sha256(randomToken());
	await owner`insert into invitations (team_id, email, role, token_hash, expires_at)
		values (${team.teamId}, 'x@example.com', 'rater', ${invited}, now() + interval '1 day')`;
	const rights = () => owner`select role from rights_of_session(${session!.handle}, ${team.teamId})`;
	const invitation = async () => (await owner`select state from invitation_by_token(${invited})`)[0]!.state;
	const asserted = (holding: boolean) =>
		owner`select assert_authority(${team.teamId}, ${team.owner.id}, ${session!.handle}, 'owner', 'all', ${holding})`;
	expect(await rights()).toEqual([{ role: 'owner' }]);
	expect(await invitation()).toBe('open');
	for (const holding of [true, false]) await asserted(holding);
	await owner`update teams set deleted_at = now() where id = ${team.teamId}`;
	expect(await rights()).toEqual([]);
	expect(await invitation()).toBe('revoked');
	for (const holding of [true, false]) await expect(asserted(holding)).rejects.toMatchObject({ code: 'AI020' });
});

test('nobody has mail of a deleted project, nor whoever has deleted their account', async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const gone = await newPerson('Gus');
	await owner`insert into members (team_id, person_id, role) values (${team.teamId}, ${gone.id}, 'trainer')`;
	const told = () =>
		team.scope.tx(async (tx) =>
			(await tx.$client`select id from members_to_mail(${project.id})`).map(({ id }) => id as string)
		);
	expect((await told()).toSorted()).toEqual([team.owner.id, gone.id].toSorted());
	// nor whoever is limited to others
	const limitTo = (id: string) =>
		owner`update members set project_ids = ${[id]} where team_id = ${team.teamId} and person_id = ${gone.id}`;
	await limitTo(project.id);
	expect(await told()).toHaveLength(2);
	await limitTo(randomUUID());
	expect(await told()).toEqual([team.owner.id]);
	await limitTo(project.id);
	await owner`update people set deleted_at = now() where id = ${gone.id}`;
	expect(await told()).toEqual([team.owner.id]);
	await owner`update projects set deleted_at = now() where id = ${project.id}`;
	expect(await told()).toEqual([]);
});

test('a project is deleted once, in its own team, and purged whatever runs in one of another team that has its id', async () => {
	const [team, other] = [await newTeam(), await newTeam()];
	const { project, connection } = await newProject(team.scope);
	const run = await addReadyRun(team.scope, { projectId: project.id, connectionId: connection.id });
	await copyRows(owner, team.teamId, other.teamId, ['connections', 'projects', 'runs']);
	await owner`insert into servings (team_id, project_id, run_id, mark, status, idle_at)
		values (${other.teamId}, ${project.id}, ${run.id}, ${randomUUID()}, 'ready', now() + interval '1 hour')`;
	const deleted = (): Promise<boolean> =>
		team.scope.tx(async (tx) => (await tx.$client`select delete_project(${project.id}) as deleted`)[0]!.deleted);
	const since = async (teamId: string) =>
		(await owner`select deleted_at::text as since from projects where team_id = ${teamId} and id = ${project.id}`)[0]
			?.since;
	expect(await deleted()).toBe(true);
	const first = await since(team.teamId);
	expect([first, await since(other.teamId)]).toEqual([expect.any(String), null]);
	expect(await deleted()).toBe(false);
	expect(await since(team.teamId)).toBe(first);

	await owner`update projects set deleted_at = now() - make_interval(days => ${graceDays + 1}) where team_id = ${team.teamId}`;
	for (let part = 0; part < 20 && (await since(team.teamId)) !== undefined; part++)
		await owner`select purge_project_part(1000)`;
	expect([await since(team.teamId), await since(other.teamId)]).toEqual([undefined, null]);
});

test('nothing is written into a deleted project, whoever writes', async () => {
	const { scope, teamId } = await newTeam();
	const { project } = await newProject(scope);
	const write = (number: number) => owner`
		insert into examples (team_id, project_id, number, messages, content_hash, prompt_hash, tokens, origin)
		values (${teamId}, ${project.id}, ${number}, '[]', ${Buffer.from(`c${number}`)}, ${Buffer.from(`p${number}`)}, 1, 'written')`;
	await write(1);
	await owner`update projects set deleted_at = now() where id = ${project.id}`;
	await expect(write(2)).rejects.toMatchObject({
		code: '23503',
		message: expect.stringMatching(/^There is no project/)
	});
});
