import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConnection, replaceKey } from '../../../src/lib/server/connections/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { listModels, listModelsOfNew } from '../../../src/lib/server/connections/models.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { startModelServer } from '../../support/servers/model-server.ts';
import { newTeam } from '../../support/data/team.ts';

const key = 'sk-models-7f3b1c9e5d2a';
let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let server: Awaited<ReturnType<typeof startModelServer>>;

beforeAll(async () => {
	sandbox = await startSandbox({ port: 0 });
	process.env.SANDBOX_URL = sandbox.url;
	server = await startModelServer(key);
	configureProviders({ allowLocal: true });
});
afterAll(async () => {
	await Promise.all([sandbox.stop(), server.stop()]);
	await closePools();
});

const own = (more = {}) => ({ provider: 'openai-compatible' as const, name: '', baseUrl: server.url, key, ...more });
const asked = () => server.asked.filter(({ path }) => path === '/v1/models').length;

test('recommended models come first, then the names in order', async () => {
	const { scope } = await newTeam();
	const { id } = await createConnection(scope, { provider: 'sandbox', name: '', baseUrl: '', key: '' });
	const models = await listModels(scope, { connectionId: id });
	expect(models[0]).toMatchObject({ id: 'sandbox-small', recommended: true, trainable: true });
	const names = models.filter(({ recommended }) => !recommended).map(({ name }) => name);
	expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
	expect(models.find(({ id }) => id === 'sandbox-not-trainable')?.trainable).toBe(false);
});

test('a list is asked for once; a new key asks anew', async () => {
	const { scope } = await newTeam();
	const { id } = await createConnection(scope, own());
	const before = asked();
	expect((await listModels(scope, { connectionId: id })).map((model) => model.id)).toEqual(['ant-1b', 'zebra-7b']);
	await listModels(scope, { connectionId: id });
	expect(asked()).toBe(before + 1);
	await replaceKey(scope, { connectionId: id, key: 'sk-wrong-wrong-wrong' });
	await expect(listModels(scope, { connectionId: id })).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringMatching(/key/i)
	});
	await replaceKey(scope, { connectionId: id, key });
});

test('a failure is not kept', async () => {
	const { scope } = await newTeam();
	const { id } = await createConnection(scope, own());
	server.state.away = true;
	try {
		await expect(listModels(scope, { connectionId: id })).rejects.toMatchObject({ code: 'conflict' });
	} finally {
		server.state.away = false;
	}
	expect(await listModels(scope, { connectionId: id })).toHaveLength(2);
});

test('trainers see models, raters and strangers do not, and only owners try keys', async () => {
	const { scope, as } = await newTeam();
	const { id } = await createConnection(scope, own());
	expect(await listModels(await as('trainer'), { connectionId: id })).toHaveLength(2);
	expect((await listModelsOfNew(scope, own())).models).toHaveLength(2);
	expect(await listModelsOfNew(scope, own({ key: 'sk-wrong' }))).toMatchObject({ check: { ok: false }, models: [] });
	await expect(listModels(await as('rater'), { connectionId: id })).rejects.toMatchObject({ code: 'forbidden' });
	await expect(listModels((await newTeam()).scope, { connectionId: id })).rejects.toMatchObject({ code: 'not_found' });
	for (const role of ['trainer', 'rater'] as const) {
		await expect(listModelsOfNew(await as(role), own())).rejects.toMatchObject({ code: 'forbidden' });
	}
});
