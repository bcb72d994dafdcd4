// In a file of its own: whether private networks may be called is read once per process, and the other tests allow it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createConnection } from '../../../src/lib/server/connections/commands.ts';
import { listConnections, testNewConnection } from '../../../src/lib/server/connections/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { startModelServer } from '../../support/servers/model-server.ts';
import { newTeam } from '../../support/data/team.ts';

process.env.ALLOW_LOCAL_PROVIDERS = 'false';
configureProviders({ allowLocal: false });
const key = 'key-of-a-server-inside';
let server: Awaited<ReturnType<typeof startModelServer>>;
beforeAll(async () => {
	server = await startModelServer(key);
});
afterAll(async () => {
	await server.stop();
	await closePools();
});

const at = (baseUrl: string) => ({ provider: 'openai-compatible' as const, name: '', baseUrl, key });

test('an address on this machine or inside the network is refused under its field, not called, and not kept', async () => {
	const { scope } = await newTeam();
	const { port } = new URL(server.url);
	const inside = [
		server.url,
		`http://localhost:${port}/v1`,
		`https://127.0.0.1:${port}/v1`,
		'https://10.0.0.7/v1',
		'https://192.168.1.1/v1',
		'https://169.254.169.254/latest',
		'https://[::1]/v1',
		'https://[::ffff:127.0.0.1]/v1'
	];
	for (const baseUrl of inside) {
		const refused = { code: 'invalid', field: 'baseUrl' };
		await expect(testNewConnection(scope, at(baseUrl)), baseUrl).rejects.toMatchObject(refused);
		await expect(createConnection(scope, at(baseUrl)), baseUrl).rejects.toMatchObject(refused);
	}
	expect(server.asked).toEqual([]);
	expect(await listConnections(scope)).toEqual([]);
});
