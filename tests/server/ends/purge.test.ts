import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { deleteProject, restoreProject } from '../../../src/lib/server/ends/commands.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { purgeAll, purgeProjects } from '../../../src/lib/server/platform/purge.ts';
import { plant, scan } from '../../support/database/canary.ts';
import { checksumOfProject } from '../../support/database/checksum.ts';
import { addRows } from '../../support/data/training.ts';
import { oneOfEach } from '../../support/data/one-of-each.ts';
import { owner } from '../../support/database/owner.ts';
import { newPerson, newProject, newTeam } from '../../support/data/team.ts';

afterEach(() => vi.restoreAllMocks());
afterAll(() => closePools());

/** As if it had been deleted so long ago. */
const age = (projectId: string, ago: string) => owner`
	update projects set deleted_at = now() - ${ago}::interval where id = ${projectId} returning deleted_at`;
/** As if a provider had said so. */
const ends = (table: 'servings' | 'runs', status: string, projectId: string) =>
	owner`update ${owner(table)} set status = ${status} where project_id = ${projectId}`;
const isThere = async (projectId: string) => (await owner`select from projects where id = ${projectId}`).length === 1;

const deleted = async () => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	await addRows(
		team.scope,
		project.id,
		Array.from({ length: 25 }, (_, i) => ({ question: `Where is ${i}?` }))
	);
	await deleteProject(await inProject(team.scope, project.slug), { confirm: project.name });
	return { ...team, project };
};

/** What still says something of a project that is gone, and why. */
const kept: Record<string, string> = {
	'public.audit_entries.action': 'what was done stays as it was written down: the chain of a team’s log has no gaps',
	'public.audit_entries.details': 'as above: names of the project, of its files and models, never a text of an example',
	'public.audit_entries.subject': 'as above',
	'public.audit_entries.address': 'as above',
	'public.audit_links.hash': 'the chain itself'
};

test('nothing of a project is left in any column of the database, but what is declared', async () => {
	const { teamId, owner: ana, scope } = await newTeam();
	const { projectId, ids } = await oneOfEach({ ...scope, userId: ana.id }, (await newPerson()).id);
	const payload = JSON.stringify({
		type: 'run.finished',
		data: { project: { id: projectId, slug: 'one', name: 'One' } }
	});
	await owner`
		insert into webhook_deliveries (team_id, endpoint_id, event, body, state, next_at)
		values (${teamId}, ${ids.webhook_endpoints!}, 'run.finished', ${payload}, 'delivered', null)`;
	await owner`insert into own_counts (team_id, project_id, person_id, slot, score, count)
		values (${teamId}, ${projectId}, ${ana.id}, 9, 8, 1)`;
	await owner`update webhook_endpoints set project_ids = null where team_id = ${teamId}`;
	await deleteProject(await inProject({ ...scope, userId: ana.id }, 'one'), { confirm: 'One' });
	await age(projectId, '169 hours');
	await ends('servings', 'stopped', projectId);

	// an entry without its place has no hash to plant in
	await owner`select chain_audit(${teamId})`;
	const canary = `canary${randomUUID()}`;
	const { planted, empty } = await plant(owner, canary, ({ table, columns }) => {
		if (table === 'projects') return `id = '${projectId}'`;
		if (table === 'webhook_deliveries') return `body like '%${projectId}%'`;
		if (table === 'audit_entries' || table === 'audit_links') return `team_id = '${teamId}'`;
		return columns.includes('project_id') ? `project_id = '${projectId}'` : null;
	});
	// a table without a row would prove nothing
	expect(empty.filter((column) => column.startsWith('public.'))).toEqual([]);
	expect(planted.length).toBeGreaterThan(70);

	expect(await purgeProjects(1)).toBe(1);
	expect(await isThere(projectId)).toBe(false);
	const left = await scan(owner, canary);
	expect(left.filter((column) => !(column in kept))).toEqual([]);
	expect(left.sort()).toEqual(Object.keys(kept).sort());
	// its id stands where somebody was limited to it, and where it is said that it went
	expect(await scan(owner, projectId)).toEqual(['public.audit_entries.subject']);
	const [entry] =
		await owner`select details from audit_entries where team_id = ${teamId} and action = 'project.purged'`;
	expect(entry!.details).toMatchObject({ files: expect.any(Array), models: expect.any(Array), running: [] });
});

test('another project of the team, where a model runs and trains, keeps every row and holds up nothing', async () => {
	const { teamId, owner: ana, scope } = await newTeam();
	const asOwner = { ...scope, userId: ana.id };
	const { projectId: gone, ids } = await oneOfEach(asOwner, (await newPerson()).id);
	const { projectId: stays } = await oneOfEach(asOwner, (await newPerson()).id, 'two');
	await owner`alter table runs disable trigger runs_ended`;
	await owner`update runs set training_file_id = 'file-' || project_id, model = 'model-' || project_id where team_id = ${teamId}`;
	await ends('runs', 'training', stays);
	await owner`alter table runs enable trigger runs_ended`;
	// a comparison that goes on with another
	await owner`insert into evaluations (team_id, project_id, number, name, run_id, connection_id, base_model, system_prompt, planned,
			temperature, max_tokens, seed, status, continues_id)
		select team_id, project_id, 3, name, run_id, connection_id, base_model, system_prompt, planned, temperature, max_tokens, seed, status, id
		from evaluations where id = ${ids.evaluations!}`;
	await deleteProject(await inProject(asOwner, 'one'), { confirm: 'One' });
	await age(gone, '169 hours');
	await ends('servings', 'stopped', gone);
	const sent = () => owner`select id from webhook_deliveries where ${stays} = any (project_ids)`;
	const before = [await checksumOfProject(owner, stays), await sent()];
	expect(before[1]).toHaveLength(1);

	await purgeProjects(1);
	expect(await isThere(gone)).toBe(false);
	expect([await checksumOfProject(owner, stays), await sent()]).toEqual(before);
	const [entry] =
		await owner`select details from audit_entries where team_id = ${teamId} and action = 'project.purged'`;
	expect(entry!.details).toMatchObject({ files: [`file-${gone}`], models: [`model-${gone}`], running: [] });
});

test('it is purged not sooner than seven days after, whatever whoever serves says, and until then it can be brought back', async () => {
	const { scope, project } = await deleted();
	const early = await age(project.id, '167 hours 59 minutes');
	expect(early).toHaveLength(1);
	await purgeProjects();
	await plainPool()`select purge_project_part(1000000)`;
	expect(await isThere(project.id)).toBe(true);
	await restoreProject(scope, { projectId: project.id });
	await purgeProjects();
	expect(await isThere(project.id)).toBe(true);
});

test('when its time is over nobody brings it back, also before the janitor came', async () => {
	const { scope, project } = await deleted();
	await age(project.id, '168 hours 1 second');
	await expect(restoreProject(scope, { projectId: project.id })).rejects.toMatchObject({ code: 'not_found' });
	// whoever has begun to bring it back in time is not left with half of it
	await purgeProjects();
	expect(await isThere(project.id)).toBe(true);
	await age(project.id, '168 hours 11 minutes');
	await purgeProjects();
	expect(await isThere(project.id)).toBe(false);
});

test('it goes in batches, one project after the other, and others of the team stay as they are', async () => {
	const one = await deleted();
	const { project: beside } = await newProject(one.scope, { slug: 'beside' });
	await addRows(one.scope, beside.id, [{ question: 'Who stays?' }]);
	const two = await deleted();
	await age(one.project.id, '300 hours');
	await age(two.project.id, '200 hours');
	const part = async () => (await plainPool()`select * from purge_project_part(10)`)[0];
	expect(await part()).toMatchObject({ project: one.project.id, removed: '10', is_gone: false });
	// somebody holds it: the next one's turn
	await owner.begin(async (sql) => {
		await sql`select from projects where id = ${one.project.id} for update`;
		expect(await part()).toMatchObject({ project: two.project.id });
	});
	expect(await purgeProjects(10)).toBe(2);
	expect(await owner`select distinct project_id from examples where team_id = ${one.teamId}`).toEqual([
		{ project_id: beside.id }
	]);
	expect(await owner`select distinct project_id from example_counts where team_id = ${one.teamId}`).toEqual([
		{ project_id: beside.id }
	]);
	expect(await part()).toBeUndefined();
});

test.for([
	['servings', 'stopping', 'stopped'],
	['runs', 'cancelling', 'cancelled']
] as const)('what still runs at a provider is waited for, four weeks at most: %s', async ([table, open, over]) => {
	const { teamId, owner: ana, scope } = await newTeam();
	const { projectId } = await oneOfEach({ ...scope, userId: ana.id }, (await newPerson()).id);
	await deleteProject(await inProject({ ...scope, userId: ana.id }, 'one'), { confirm: 'One' });
	await ends('servings', 'stopped', projectId);
	await owner`alter table runs disable trigger runs_ended`;
	await ends(table, open, projectId);
	await age(projectId, '27 days');
	await purgeProjects();
	expect(await isThere(projectId)).toBe(true);
	await age(projectId, '29 days');
	expect(await purgeProjects()).toBe(1);
	const [entry] =
		await owner`select details from audit_entries where team_id = ${teamId} and action = 'project.purged'`;
	expect(entry!.details.running).toHaveLength(table === 'servings' ? 1 : 0);
	expect(over).not.toBe(open);
	await owner`alter table runs enable trigger runs_ended`;
});

test('the sweep does it, and one that fails stands in the log', async () => {
	const { project } = await deleted();
	await age(project.id, '169 hours');
	await purgeAll();
	expect(await isThere(project.id)).toBe(false);
});
