import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, expect, test } from 'vitest';
import { record } from '../../../src/lib/server/events/record.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { createWebhook } from '../../../src/lib/server/webhooks/commands.ts';
import { listDeliveries } from '../../../src/lib/server/webhooks/queries.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { startReceiver, verified } from '../../support/servers/webhook-receiver.ts';
import { type Worker, startWorkerProcess } from '../../support/app/worker.ts';

const workers: Worker[] = [];
const startWorker = async () => {
	const worker = await startWorkerProcess({});
	workers.push(worker);
	return worker;
};
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.kill())));
afterAll(() => closePools());

test(
	'killed while it waits for the answer, another worker sends it again under the same id, and then it has arrived',
	{ timeout: 120_000 },
	async () => {
		const receiver = await startReceiver();
		const { scope } = await newTeam();
		const { project } = await newProject(scope);
		const { id: webhookId, secret } = await createWebhook(scope, {
			name: '',
			url: receiver.url,
			events: ['run.finished'],
			projectIds: null
		});
		receiver.does(() => {}); // never answers
		const first = await startWorker();
		const about = { subject: project.id, projectId: project.id, details: { version: 1 } };
		await scope.tx((tx) => record(tx, scope, { event: 'run.finished', ...about }));
		await receiver.until(1);
		await first.kill();
		await startWorker();
		await receiver.until(2);
		const [one, two] = receiver.received;
		expect(two!.headers['webhook-id']).toBe(one!.headers['webhook-id']);
		expect(verified(secret, two!).type).toBe('run.finished');
		const log = async () => (await listDeliveries(scope, { webhookId })).rows;
		while ((await log())[0]!.state === 'waiting') await sleep(50);
		expect(await log()).toMatchObject([{ state: 'delivered', attempts: [{ status: 204 }] }]);
		expect(receiver.received).toHaveLength(2);
		await receiver.stop();
	}
);
