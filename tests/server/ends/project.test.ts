import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graceDays } from '../../../src/lib/core/project/grace.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { deleteProject, restoreProject } from '../../../src/lib/server/ends/commands.ts';
import { listDeletedProjects, prepareDelete } from '../../../src/lib/server/ends/queries.ts';
import { importExamples } from '../../../src/lib/server/examples/commands.ts';
import { compareExamples } from '../../../src/lib/server/examples/compare.ts';
import { signExamples } from '../../../src/lib/server/examples/signatures.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { createProject } from '../../../src/lib/server/project/commands.ts';
import { getFrame, listProjectCounts, listProjects } from '../../../src/lib/server/project/queries.ts';
import { compareAll } from '../../../src/lib/server/prompts/compare.ts';
import { checksumOfProject } from '../../support/database/checksum.ts';
import { linesOf } from '../../../src/lib/core/examples/import/lines.ts';
import { addRows } from '../../support/data/training.ts';
import { owner } from '../../support/database/owner.ts';
import { raw } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const newShop = async () => {
	const team = await newTeam();
	const { project, connection } = await newProject(team.scope);
	await addRows(team.scope, project.id, [{ question: 'Where is my parcel?' }, { question: 'What is it worth?' }]);
	await owner`update projects set next_example = 3 where id = ${project.id}`;
	return { ...team, project, connection, here: () => inProject(team.scope, project.slug) };
};
type Shop = Awaited<ReturnType<typeof newShop>>;
const confirm = 'Support';
let shop: Shop;
beforeAll(async () => {
	shop = await newShop();
});
const deeds = async (teamId: string) =>
	(await owner`select action from audit_entries where team_id = ${teamId} order by seq`).map(({ action }) => action);

test('the days are said once, and the database says the same', async () => {
	const [row] = await owner`select extract(epoch from grace_time())::int as seconds`;
	expect(row!.seconds).toBe(graceDays * 86_400);
});

test('the name must be typed as it is written; else nothing happens', async () => {
	for (const typed of ['support', 'Suppor', '', 'Support!'])
		await expect(deleteProject(await shop.here(), { confirm: typed })).rejects.toMatchObject({
			code: 'invalid',
			field: 'confirm',
			message: 'Type the name as it is written: Support'
		});
	expect(await listProjects(shop.scope)).toHaveLength(1);
	expect(await deeds(shop.teamId)).toEqual([]);
});

test('what goes with it is said before, in numbers', async () => {
	expect(await prepareDelete(await shop.here())).toEqual({
		examples: 2,
		prompts: 0,
		runs: 0,
		evaluations: 0,
		training: [],
		running: 0,
		generating: 0
	});
});

test('from then on it is found by nobody, whatever they ask', async () => {
	const { scope, as, project, teamId, slug, here, owner: ana } = await newShop();
	const before = await here();
	const { id } = project;
	const key = await owner`
		insert into api_keys (team_id, name, role, project_ids, hash, hint, expires_at)
		values (${teamId}, 'Only here', 'trainer', ${[id]}, ${Buffer.from(id)}, 'x', now() + interval '1 day') returning id`;
	expect(key).toHaveLength(1);
	const whoComesIn = async () => {
		const [entered] = await plainPool()`select project from enter_team(${ana.id}, ${slug}, 'support')`;
		const [acting] = await plainPool()`select project from act_with_key(${Buffer.from(id)}, 'support', '127.0.0.1')`;
		return [entered!.project?.id ?? null, acting!.project?.id ?? null];
	};
	expect(await whoComesIn()).toEqual([id, id]);
	const gone = await deleteProject(before, { confirm });
	expect(gone).toMatchObject({ id, name: 'Support', deletedBy: 'Ana' });
	expect(await whoComesIn()).toEqual([null, null]);
	for (const each of [scope, await as('trainer'), await as('rater', [id])]) {
		expect(await listProjects(each)).toEqual([]);
		expect(await listProjectCounts(each)).toEqual([]);
		expect(await getFrame(each, { projectId: null })).toEqual({ projects: [], unrated: 0 });
		await expect(inProject(each, 'support')).rejects.toMatchObject({ code: 'not_found' });
	}
	await expect(getFrame(scope, { projectId: id })).rejects.toMatchObject({ code: 'not_found' });
	// whoever was in the middle of it, and presses once more
	await expect(deleteProject(before, { confirm })).rejects.toMatchObject({ code: 'not_found' });
	expect(await deeds(teamId)).toEqual(['project.deleted']);
});

test('two presses at the same moment are one deletion', async () => {
	const { here, teamId } = await newShop();
	const scope = await here();
	const pressed = await Promise.allSettled([1, 2, 3].map(() => deleteProject(scope, { confirm })));
	expect(pressed.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
	for (const each of pressed) if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'not_found' });
	expect(await deeds(teamId)).toEqual(['project.deleted']);
});

test('it comes back as it was, under its address, also where another one has its name by now', async () => {
	const { scope, here, project, connection, teamId } = await newShop();
	// but for what is told of it
	const sums = async () => ({ ...(await checksumOfProject(owner, project.id)), outbox: '', activities: '' });
	const before = await sums();
	const { goneAt, deletedAt } = await deleteProject(await here(), { confirm });
	expect(goneAt.getTime() - deletedAt.getTime()).toBe(graceDays * 86_400_000);
	expect(await listDeletedProjects(scope)).toEqual([expect.objectContaining({ id: project.id, goneAt })]);
	const twin = await createProject(scope, {
		...{ name: 'Support', description: '', baseModel: 'sandbox-small', systemPrompt: '', clientId: randomUUID() },
		...{ connectionId: connection.id, connection: null }
	});
	expect(twin.slug).toBe('support-2');
	expect(await restoreProject(scope, { projectId: project.id })).toEqual({
		id: project.id,
		name: 'Support',
		slug: 'support'
	});
	expect((await here()).project.id).toBe(project.id);
	expect(await listDeletedProjects(scope)).toEqual([]);
	expect(await sums()).toEqual(before);
	expect(await deeds(teamId)).toEqual(['project.deleted', 'project.created', 'project.restored']);
	await expect(restoreProject(scope, { projectId: project.id })).rejects.toMatchObject({ code: 'not_found' });
});

test('only owners of the team see and bring back what was deleted', async () => {
	const { scope, as, here, project } = await newShop();
	const trainer = await as('trainer');
	await expect(deleteProject(await inProject(trainer, 'support'), { confirm })).rejects.toMatchObject({
		code: 'forbidden'
	});
	await deleteProject(await here(), { confirm });
	const asked = { projectId: project.id };
	for (const role of ['trainer', 'rater'] as const) {
		const other = await as(role);
		await expect(restoreProject(other, asked)).rejects.toMatchObject({ code: 'forbidden' });
		// nor whoever sends SQL of their own in their name
		const found = await raw(other, async (sql) => [
			...(await sql`select * from deleted_projects()`),
			...(await sql`select * from restore_project(${project.id})`)
		]);
		expect(found).toEqual([]);
	}
	const stranger = await newTeam();
	await expect(restoreProject(stranger.scope, asked)).rejects.toMatchObject({ code: 'not_found' });
	expect(await listDeletedProjects(stranger.scope)).toEqual([]);
	// an owner who sees other projects only
	const elsewhere = await as('owner', [randomUUID()]);
	expect(await listDeletedProjects(elsewhere)).toEqual([]);
	await expect(restoreProject(elsewhere, asked)).rejects.toMatchObject({ code: 'not_found' });
	expect(await listDeletedProjects(scope)).toHaveLength(1);
});

test('whoever serves says nothing of when it was: no row is deleted, dated or brought back by hand', async () => {
	const { scope, here, project } = await newShop();
	const update = (set: string) =>
		raw(scope, async (sql) => (await sql.unsafe(`update projects set ${set} where id = '${project.id}'`)).count);
	await expect(update(`deleted_at = now() - interval '8 days'`)).rejects.toMatchObject({ code: '42501' });
	const trainer = await raw(scope, async (sql) => {
		await sql`select set_config('app.role', 'trainer', true)`;
		return sql`select delete_project(${project.id}) as done`;
	});
	expect(trainer[0]!.done).toBe(false);
	await deleteProject(await here(), { confirm });
	expect(await update('deleted_at = null')).toBe(0);
	expect(await update(`deleted_at = now() - interval '8 days'`)).toBe(0);
});

test('of two projects one is deleted, and one of two comes back', async () => {
	const { scope, here, project } = await newShop();
	const { project: first } = await newProject(scope, { slug: 'first' });
	await owner`update projects set name = 'Another' where id = ${project.id}`;
	// whoever has the other one in hand holds nothing up, and its name is not asked for
	await owner.begin(async (sql) => {
		await sql`select from projects where id = ${project.id} for update`;
		const there = await inProject(scope, 'first');
		const goes = await Promise.race([deleteProject(there, { confirm }), sleep(20_000)]);
		expect(goes).toMatchObject({ id: first.id });
	});
	await deleteProject(await here(), { confirm: 'Another' });
	expect(await restoreProject(scope, { projectId: project.id })).toMatchObject({ name: 'Another' });
	expect((await listDeletedProjects(scope)).map(({ id }) => id)).toEqual([first.id]);
});

test('an import that is under way ends in a sentence, and what was in before stays', async () => {
	const { here, project, scope, teamId } = await newShop();
	const at = await here();
	const line = (i: number) =>
		JSON.stringify({
			messages: [
				{ role: 'user', content: `Q ${i} ${'x'.repeat(2_000)}` },
				{ role: 'assistant', content: 'A' }
			]
		});
	async function* file() {
		for (let i = 0; i < 6_000; i++) {
			if (i === 3_000) await deleteProject(at, { confirm });
			yield `${line(i)}\n`;
		}
	}
	await expect(importExamples(at, { fileName: 'a.jsonl', lines: linesOf(file()) })).rejects.toMatchObject({
		code: 'not_found'
	});
	const [kept] = await owner`select added, broke_off from imports where project_id = ${project.id}`;
	const [there] = await owner`select count(*)::int as count from examples where project_id = ${project.id}`;
	expect(kept).toMatchObject({ broke_off: true });
	expect(there!.count).toBe(2 + kept!.added);
	expect(kept!.added).toBeLessThan(6_000);
	// its jobs find nothing to do, and the janitor does not come because of what is unsigned
	await owner`select chain_audit(${teamId})`;
	const open = await plainPool()`select teams_with_open_work() as id`;
	expect(open.map(({ id }) => id)).not.toContain(teamId);
	const signal = new AbortController().signal;
	await compareExamples(scope, project.id, signal);
	await compareAll(scope, project.id, signal);
	await signExamples(scope);
});

test('webhooks do not speak of it any more', async () => {
	const { scope, here, project, teamId } = await newShop();
	await owner`
		insert into webhook_endpoints (team_id, name, url, events, sealed_secret)
		values (${teamId}, 'All', 'https://example.com', '{run.finished,key.expiring}', '{}')`;
	const speak = () =>
		raw(
			scope,
			(sql) =>
				sql`select make_deliveries('run.finished', ${project.id}, '{}'), make_deliveries('key.expiring', null, '{}')`
		);
	await speak();
	await deleteProject(await here(), { confirm });
	await speak();
	const sent =
		await owner`select event, count(*)::int from webhook_deliveries where team_id = ${teamId} group by 1 order by 1`;
	expect([...sent]).toEqual([
		{ event: 'key.expiring', count: 2 },
		{ event: 'run.finished', count: 1 }
	]);
});
