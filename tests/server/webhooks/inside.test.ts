// In a file of its own: whether this machine may be called is read once per process, and the other tests allow it.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { webhookEndpoints } from '../../../src/lib/server/platform/db/schema.ts';
import { createWebhook, updateWebhook } from '../../../src/lib/server/webhooks/commands.ts';
import { deliver } from '../../../src/lib/server/webhooks/deliver.ts';
import { post } from '../../../src/lib/server/webhooks/post.ts';
import { listDeliveries, listWebhooks } from '../../../src/lib/server/webhooks/queries.ts';
import { sendTest } from '../../../src/lib/server/webhooks/sending.ts';
import { newTeam } from '../../support/data/team.ts';

process.env.ALLOW_LOCAL_PROVIDERS = 'false';
let asked = 0;
const server = createServer((_, response) => {
	asked += 1;
	response.end();
});
let port = 0;
beforeAll(async () => {
	await new Promise<void>((open) => server.listen(0, '127.0.0.1', open));
	port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
	server.closeAllConnections();
	server.close();
	await closePools();
});

const never = new AbortController().signal;
const refused = { code: 'invalid', field: 'url' };
const outside = 'https://93.184.215.14/hook';
const leadingTo = (url: string) => ({ name: '', url, events: ['run.finished' as const], projectIds: null });

test('an address on this machine or inside the network is refused under its field, and not kept', async () => {
	const { scope } = await newTeam();
	const { id: webhookId } = await createWebhook(scope, leadingTo(outside));
	const inside = [
		`http://127.0.0.1:${port}/hook`,
		`https://localhost:${port}/hook`,
		'https://0x7f.1/hook',
		'https://2130706433/hook',
		'https://10.0.0.7/hook',
		'https://169.254.169.254/latest',
		'https://[::1]/hook',
		'https://[::ffff:127.0.0.1]/hook',
		'https://user:password@example.com/hook',
		'http://example.com/hook'
	];
	for (const url of inside) {
		await expect(createWebhook(scope, leadingTo(url)), url).rejects.toMatchObject(refused);
		await expect(updateWebhook(scope, { webhookId, url }), url).rejects.toMatchObject(refused);
	}
	expect(await listWebhooks(scope)).toMatchObject([{ url: outside }]);
});

test('one that got in all the same is not called when something is sent', async () => {
	const { scope } = await newTeam();
	const { id: webhookId } = await createWebhook(scope, leadingTo(outside));
	await scope.tx((tx) => tx.update(webhookEndpoints).set({ url: `https://127.0.0.1:${port}/hook` }));
	const { deliveryId } = await sendTest(scope, { webhookId });
	await deliver(scope, deliveryId, never);
	const [row] = (await listDeliveries(scope, { webhookId })).rows;
	expect(row).toMatchObject({
		state: 'waiting',
		attempts: [{ status: null, problem: expect.stringMatching(/port|public/) }]
	});
	expect(asked).toBe(0);
});

test('a name that leads elsewhere when the connection is made leads nowhere', async () => {
	let looks = 0;
	/** Public when the address is checked, this machine when it is called. */
	const resolve = async () => [{ address: looks++ === 0 ? '93.184.215.14' : '127.0.0.1', family: 4 }];
	await resolve();
	const sent = await post('https://hooks.example.com/hook', {}, '{}', {
		signal: never,
		guard: { allowLocal: false, resolve, field: 'url' }
	});
	expect(sent).toMatchObject({ status: null, problem: 'The host of this address is not on the public internet.' });
	expect([looks, asked]).toEqual([2, 0]);
});
