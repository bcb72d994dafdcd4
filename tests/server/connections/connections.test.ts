// Long because a connection holds a secret: each way it could get out, or into the wrong row, has its test.
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NewConnection } from '../../../src/lib/contract/connections.ts';
import {
	createConnection,
	removeConnection,
	replaceKey,
	testConnection
} from '../../../src/lib/server/connections/commands.ts';
import { listConnections, testNewConnection } from '../../../src/lib/server/connections/queries.ts';
import { openAccess } from '../../../src/lib/server/connections/rows.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, connections, projects, runs } from '../../../src/lib/server/platform/db/schema.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { startModelServer } from '../../support/servers/model-server.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const key = 'sk-canary-7f3b1c9e5d2a4860';
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let models: Awaited<ReturnType<typeof startModelServer>>;

beforeAll(async () => {
	sandbox = await startSandbox({ port: 0 });
	process.env.SANDBOX_URL = sandbox.url; // before the configuration is read
	models = await startModelServer(key);
	configureProviders({ allowLocal: true });
});
afterAll(async () => {
	await Promise.all([sandbox.stop(), models.stop()]);
	await closePools();
});

const own = (more: Partial<NewConnection> = {}): NewConnection => ({
	provider: 'openai-compatible',
	name: '',
	baseUrl: models.url,
	key,
	...more
});
const inSandbox = (more: Partial<NewConnection> = {}): NewConnection => ({
	provider: 'sandbox',
	name: '',
	baseUrl: '',
	key: '',
	...more
});
const rowOf = async (scope: Scope, id: string) =>
	(await scope.tx((tx) => tx.select().from(connections).where(eq(connections.id, id))))[0]!;
const audited = (scope: Scope) => scope.tx((tx) => tx.select().from(auditEntries).orderBy(auditEntries.seq));

test('a good connection is tested as it is made, and named after its server', async () => {
	const { scope } = await newTeam();
	const { id, check } = await createConnection(scope, own());
	expect(check).toMatchObject({ ok: true, models: 2, training: 'closed' });
	expect(await listConnections(scope)).toMatchObject([
		{
			id,
			provider: 'openai-compatible',
			name: new URL(models.url).host,
			baseUrl: models.url,
			keyHint: '4860',
			status: 'ok',
			training: 'closed',
			projects: 0
		}
	]);
	expect((await listConnections(scope))[0]!.checkedAt).toBeInstanceOf(Date);
});

test('the sandbox needs no key, and each team is a customer of its own', async () => {
	const [here, there] = [await newTeam(), await newTeam()];
	const { id, check } = await createConnection(here.scope, inSandbox());
	expect(check).toMatchObject({ ok: true, training: 'open' });
	const other = await createConnection(there.scope, inSandbox());
	const access = await here.scope.tx((tx) => openAccess(tx, id));
	expect(access).toMatchObject({ provider: 'sandbox', baseUrl: sandbox.url });
	expect(access.key).not.toBe((await there.scope.tx((tx) => openAccess(tx, other.id))).key);
	expect(access.key.length).toBeGreaterThan(20);
});

test('an address given for a provider that has its own is not used', async () => {
	const { scope } = await newTeam();
	const { id } = await createConnection(scope, inSandbox({ baseUrl: models.url }));
	expect((await rowOf(scope, id)).baseUrl).toBeNull();
	expect((await scope.tx((tx) => openAccess(tx, id))).baseUrl).toBe(sandbox.url);
});

test('a refused key is kept with the reason, and a better one mends it', async () => {
	const { scope } = await newTeam();
	const { id, check } = await createConnection(scope, own({ key: 'sk-wrong-wrong-wrong' }));
	expect(check).toMatchObject({ ok: false, reason: expect.stringMatching(/key/i) });
	expect(await rowOf(scope, id)).toMatchObject({ status: 'refused', keyHint: 'rong' });
	expect(await replaceKey(scope, { connectionId: id, key })).toMatchObject({ ok: true });
	expect(await rowOf(scope, id)).toMatchObject({ status: 'ok', keyHint: '4860' });
	expect((await scope.tx((tx) => openAccess(tx, id))).key).toBe(key);
	expect((await audited(scope)).map(({ action }) => action)).toEqual(['connection.created', 'connection.key_replaced']);
});

test('a provider that is away says nothing about the key', async () => {
	const { scope } = await newTeam();
	const { id } = await createConnection(scope, own());
	models.state.away = true;
	try {
		expect(await testConnection(scope, { connectionId: id })).toMatchObject({ ok: false });
		expect(await rowOf(scope, id)).toMatchObject({ status: 'ok', problem: expect.any(String) });
	} finally {
		models.state.away = false;
	}
	expect(await testConnection(scope, { connectionId: id })).toMatchObject({ ok: true });
	expect((await rowOf(scope, id)).status).toBe('ok');
});

test('trying a key keeps nothing', async () => {
	const { scope } = await newTeam();
	expect(await testNewConnection(scope, own())).toMatchObject({ ok: true, models: 2 });
	expect(await testNewConnection(scope, own({ key: 'sk-wrong' }))).toMatchObject({ ok: false });
	expect(await listConnections(scope)).toEqual([]);
	expect(await audited(scope)).toEqual([]);
});

test.each(['http://169.254.169.254/v1', 'http://[fe80::1]/v1', 'ftp://example.com', 'http://user:pw@example.com/v1'])(
	'%s is no place to call, and nothing is kept',
	async (baseUrl) => {
		const { scope } = await newTeam();
		await expect(createConnection(scope, own({ baseUrl }))).rejects.toMatchObject({
			code: 'invalid',
			field: 'baseUrl'
		});
		await expect(testNewConnection(scope, own({ baseUrl }))).rejects.toMatchObject({
			code: 'invalid',
			field: 'baseUrl'
		});
		expect(await listConnections(scope)).toEqual([]);
	}
);

describe('the key', () => {
	test('is in no answer, no list, no row, no audit entry', async () => {
		const { scope } = await newTeam();
		const { id, check } = await createConnection(scope, own());
		const said = [
			check,
			await testConnection(scope, { connectionId: id }),
			await replaceKey(scope, { connectionId: id, key }),
			await testNewConnection(scope, own()),
			await listConnections(scope),
			await rowOf(scope, id),
			await audited(scope)
		];
		await expect(createConnection(scope, own({ baseUrl: 'http://10.255.255.1.invalid/v1' }))).rejects.toSatisfy(
			(problem) => !String(problem.stack).includes(key)
		);
		expect(JSON.stringify(said)).not.toContain(key);
		expect(JSON.stringify(said)).not.toContain(Buffer.from(key).toString('base64').slice(0, 20));
		expect(Object.keys((await listConnections(scope))[0]!)).not.toContain('sealedKey');
	});

	test('shows four characters, and none of a short one', async () => {
		const { scope } = await newTeam();
		const { id } = await createConnection(scope, own({ key: 'short-key' }));
		expect((await rowOf(scope, id)).keyHint).toBeNull();
	});

	test('opens only in its own row: not in another, not in another team, not when a bit differs', async () => {
		const { scope } = await newTeam();
		const stranger = (await newTeam()).scope;
		const first = await createConnection(scope, own());
		const second = await createConnection(scope, own({ key: 'sk-another-key-of-ours' }));
		const theirs = await createConnection(stranger, own({ key: 'sk-a-key-of-strangers' }));
		const { sealedKey } = await rowOf(scope, first.id);
		const put = (to: Scope, id: string, sealed: typeof sealedKey) =>
			to.tx((tx) => tx.update(connections).set({ sealedKey: sealed }).where(eq(connections.id, id)));

		await put(scope, second.id, sealedKey);
		await expect(scope.tx((tx) => openAccess(tx, second.id))).rejects.toThrow();
		await put(stranger, theirs.id, sealedKey);
		await expect(stranger.tx((tx) => openAccess(tx, theirs.id))).rejects.toThrow();
		for (const part of ['text', 'tag', 'iv', 'key'] as const) {
			const bytes = Buffer.from(sealedKey![part], 'base64');
			bytes[0]! ^= 1;
			await put(scope, first.id, { ...sealedKey!, [part]: bytes.toString('base64') });
			await expect(
				scope.tx((tx) => openAccess(tx, first.id)),
				part
			).rejects.toThrow();
		}
		await put(scope, first.id, sealedKey);
		expect((await scope.tx((tx) => openAccess(tx, first.id))).key).toBe(key);
	});

	test('is sealed anew each time', async () => {
		const { scope } = await newTeam();
		const [a, b] = [await createConnection(scope, own()), await createConnection(scope, own())];
		const [one, two] = [(await rowOf(scope, a.id)).sealedKey!, (await rowOf(scope, b.id)).sealedKey!];
		for (const part of ['text', 'iv', 'key'] as const) expect(one[part]).not.toBe(two[part]);
	});
});

describe('removing', () => {
	test('takes an unused connection away, key and all', async () => {
		const { scope } = await newTeam();
		const { id } = await createConnection(scope, own());
		await removeConnection(scope, { connectionId: id });
		expect(await listConnections(scope)).toEqual([]);
		expect((await audited(scope)).map(({ action }) => action)).toEqual(['connection.created', 'connection.removed']);
		await expect(scope.tx((tx) => openAccess(tx, id))).rejects.toMatchObject({ code: 'not_found' });
	});

	test('is refused while a project uses it, and names the project', async () => {
		const { scope } = await newTeam();
		const { connection } = await newProject(scope);
		expect(await listConnections(scope)).toMatchObject([{ projects: 1 }]);
		await expect(removeConnection(scope, { connectionId: connection.id })).rejects.toMatchObject({
			code: 'conflict',
			message: /Support/
		});
		expect(await listConnections(scope)).toHaveLength(1);
	});

	test('is refused when a run was made through it', async () => {
		const { scope } = await newTeam();
		const { project, connection } = await newProject(scope);
		const run = { version: 1, baseModel: 'm', recipe: defaultRecipe, seed: 1, status: 'ready' as const, mark: 'x' };
		await scope.tx(async (tx) => {
			const counts = { trainCount: 1, validationCount: 1, tokens: 1 };
			await tx.insert(runs).values({ ...run, ...counts, projectId: project.id, connectionId: connection.id });
			await tx.update(projects).set({ connectionId: null }).where(eq(projects.id, project.id));
		});
		await expect(removeConnection(scope, { connectionId: connection.id })).rejects.toMatchObject({
			code: 'conflict',
			message: /record stays/
		});
		expect(await listConnections(scope)).toHaveLength(1);
	});
});

test('trainers look, raters do not, and neither changes anything', async () => {
	const { scope, as } = await newTeam();
	const { id } = await createConnection(scope, own());
	const [trainer, rater] = [await as('trainer'), await as('rater')];
	expect(await listConnections(trainer)).toHaveLength(1);
	await expect(listConnections(rater)).rejects.toMatchObject({ code: 'forbidden' });
	await expect(rater.tx((tx) => openAccess(tx, id))).rejects.toMatchObject({ code: 'not_found' });
	const before = models.asked.length;
	for (const member of [trainer, rater]) {
		for (const act of [
			() => createConnection(member, own()),
			() => testNewConnection(member, own()),
			() => testConnection(member, { connectionId: id }),
			() => replaceKey(member, { connectionId: id, key: 'sk-mine-now' }),
			() => removeConnection(member, { connectionId: id })
		]) {
			await expect(act()).rejects.toMatchObject({ code: 'forbidden' });
		}
	}
	expect(models.asked).toHaveLength(before); // nothing was sent on their behalf
	expect((await scope.tx((tx) => openAccess(tx, id))).key).toBe(key);
});

test('another team finds nothing', async () => {
	const { scope } = await newTeam();
	const { id } = await createConnection(scope, own());
	const stranger = (await newTeam()).scope;
	for (const act of [
		() => testConnection(stranger, { connectionId: id }),
		() => replaceKey(stranger, { connectionId: id, key: 'sk-mine-now' }),
		() => removeConnection(stranger, { connectionId: id }),
		() => stranger.tx((tx) => openAccess(tx, id))
	]) {
		await expect(act()).rejects.toMatchObject({ code: 'not_found' });
	}
	expect(await listConnections(stranger)).toEqual([]);
	expect((await scope.tx((tx) => openAccess(tx, id))).key).toBe(key);
});
