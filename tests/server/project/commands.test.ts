import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Input } from '../../../src/lib/contract/operation.ts';
import type { CreateProject, UpdateProject } from '../../../src/lib/contract/project.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { listConnections } from '../../../src/lib/server/connections/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, outbox } from '../../../src/lib/server/platform/db/schema.ts';
import { createProject, updateProject } from '../../../src/lib/server/project/commands.ts';
import { getProject, getSettings, listProjects, prepareProject } from '../../../src/lib/server/project/queries.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { startModelServer } from '../../support/servers/model-server.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const key = 'sk-projects-7f3b1c9e5d2a';
let models: Awaited<ReturnType<typeof startModelServer>>;
beforeAll(async () => {
	models = await startModelServer(key);
	configureProviders({ allowLocal: true });
});
afterAll(async () => {
	await models.stop();
	await closePools();
});

type Draft = Input<typeof CreateProject>;
const draft = (more: Partial<Draft>): Draft => ({
	name: 'Support',
	description: '',
	baseModel: 'zebra-7b',
	systemPrompt: '',
	clientId: randomUUID(),
	connectionId: null,
	connection: null,
	...more
});
const own = () => ({ provider: 'openai-compatible' as const, name: '', baseUrl: models.url, key });
const settings = (connectionId: string): Input<typeof UpdateProject> => ({
	name: 'Help',
	description: 'Better answers',
	baseModel: 'ant-1b',
	systemPrompt: 'Be brief.',
	connectionId,
	qualityThreshold: 7
});
const actions = async (scope: Scope) =>
	(await scope.tx((tx) => tx.select().from(auditEntries).orderBy(auditEntries.seq))).map(({ action }) => action);

test('a project on a connection that is there; a taken slug gets a number', async () => {
	const { scope, as } = await newTeam();
	const { connection } = await newProject(scope, { slug: 'support' });
	const made = await createProject(await as('trainer'), draft({ connectionId: connection.id }));
	expect(made).toMatchObject({ slug: 'support-2', connectionId: connection.id, qualityThreshold: 8 });
	expect(await actions(scope)).toEqual(['project.created']);
	await expect(createProject(await as('rater'), draft({ connectionId: connection.id }))).rejects.toMatchObject({
		code: 'forbidden'
	});
});

test('a form that is sent again, also at the same moment, makes one project and one connection', async () => {
	const { scope } = await newTeam();
	const wanted = draft({ connection: own() });
	const made = await Promise.all([createProject(scope, wanted), createProject(scope, wanted)]);
	made.push(await createProject(scope, { ...wanted, name: 'Changed since' }));
	expect(new Set(made.map(({ id, name }) => `${id} ${name}`)).size).toBe(1);
	expect([(await listProjects(scope)).length, (await listConnections(scope)).length]).toEqual([1, 1]);
	expect((await actions(scope)).filter((action) => action === 'project.created')).toHaveLength(1);
	expect((await createProject(scope, draft({ connection: own() }))).id).not.toBe(made[0]!.id);
	const other = await newTeam();
	expect((await createProject(other.scope, wanted)).id).not.toBe(made[0]!.id);
});

test('a project with its connection: both are there, and both are written down', async () => {
	const { scope } = await newTeam();
	const made = await createProject(scope, draft({ connection: own() }));
	const [connection] = await listConnections(scope);
	expect(connection).toMatchObject({
		id: made.connectionId,
		name: new URL(models.url).host,
		status: 'ok',
		projects: 1
	});
	expect(await actions(scope)).toEqual(['connection.created', 'project.created']);
});

test('all of it or nothing: where the project cannot be made, no connection stays', async () => {
	const { scope, as } = await newTeam();
	const { connection } = await newProject(scope);
	const before = models.asked.length;
	// a trainer makes projects, and no connections
	await expect(createProject(await as('trainer'), draft({ connection: own() }))).rejects.toMatchObject({
		code: 'forbidden'
	});
	const limited = await as('trainer', [(await listProjects(scope))[0]!.id]);
	for (const one of [{ connection: own() }, { connectionId: connection.id }])
		await expect(createProject(limited, draft(one))).rejects.toMatchObject({ code: 'forbidden' });
	expect(models.asked).toHaveLength(before); // nothing was sent on their behalf
	const nowhere = { ...own(), baseUrl: 'http://169.254.169.254/v1' };
	await expect(createProject(scope, draft({ connection: nowhere }))).rejects.toMatchObject({
		code: 'invalid',
		field: 'connection.baseUrl'
	});
	for (let i = 2; i <= 50; i++) await createProject(scope, draft({ connectionId: connection.id }));
	await expect(createProject(scope, draft({ connection: own() }))).rejects.toMatchObject({
		code: 'conflict',
		field: 'name'
	});
	expect(await listConnections(scope)).toHaveLength(1);
	expect(await actions(scope)).not.toContain('connection.created');
});

test('settings change, pages hear of it, and only an owner may', async () => {
	const { scope, as } = await newTeam();
	const { project, connection } = await newProject(scope);
	expect(await updateProject(await inProject(scope, 'support'), settings(connection.id))).toMatchObject({
		slug: 'support',
		...settings(connection.id)
	});
	const now = await inProject(scope, 'support');
	expect(await getSettings(now)).toEqual({
		settings: settings(connection.id),
		connections: [{ id: connection.id, name: 'Sandbox' }]
	});
	expect(await getProject(now)).toMatchObject({ name: 'Help', qualityThreshold: 7 });
	expect(await actions(scope)).toEqual(['project.changed']);
	expect((await scope.tx((tx) => tx.select().from(outbox))).map(({ topic }) => topic)).toEqual([
		`project:${project.id}`
	]);
	for (const role of ['trainer', 'rater'] as const) {
		const member = await inProject(await as(role), 'support');
		await expect(updateProject(member, settings(connection.id))).rejects.toMatchObject({ code: 'forbidden' });
		await expect(getSettings(member)).rejects.toMatchObject({ code: 'forbidden' });
		expect(Object.keys(await getProject(member))).not.toContain('systemPrompt');
	}
});

test('a connection of another team is none, and a stranger finds no project', async () => {
	const { scope } = await newTeam();
	await newProject(scope);
	const stranger = (await newTeam()).scope;
	const theirs = (await newProject(stranger, { slug: 'theirs' })).connection;
	const chosen = { code: 'invalid', field: 'connectionId' };
	await expect(createProject(scope, draft({ connectionId: theirs.id }))).rejects.toMatchObject(chosen);
	const here = await inProject(scope, 'support');
	await expect(updateProject(here, settings(theirs.id))).rejects.toMatchObject(chosen);

	await expect(inProject(stranger, 'support')).rejects.toMatchObject({ code: 'not_found' });
	const intruder = { ...stranger, project: here.project };
	await expect(updateProject(intruder, settings(theirs.id))).rejects.toMatchObject({ code: 'not_found' });
	expect((await getSettings(intruder)).connections).toEqual([{ id: theirs.id, name: 'Sandbox' }]);
	expect((await listProjects(stranger)).map(({ slug }) => slug)).toEqual(['theirs']);
	expect(await getProject(await inProject(scope, 'support'))).toMatchObject({ name: 'Support' });
});

test('what a new project can be made on is for whoever may make one', async () => {
	const { scope, as } = await newTeam();
	const { project, connection } = await newProject(scope);
	expect((await prepareProject(await as('trainer'))).connections).toEqual([
		{ id: connection.id, name: 'Sandbox', provider: 'sandbox', status: 'ok', training: 'open' }
	]);
	for (const member of [await as('rater'), await as('trainer', [project.id])])
		await expect(prepareProject(member)).rejects.toMatchObject({ code: 'forbidden' });
	expect((await prepareProject((await newTeam()).scope)).connections).toEqual([]);
});
