// What people and scripts do with webhooks: who may, what is kept, and what is refused.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mostWebhooks } from '../../../src/lib/core/webhooks/rules.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, webhookDeliveries, webhookEndpoints } from '../../../src/lib/server/platform/db/schema.ts';
import {
	createWebhook,
	pauseWebhook,
	removeWebhook,
	resumeWebhook,
	updateWebhook
} from '../../../src/lib/server/webhooks/commands.ts';
import { getWebhook, listDeliveries, listWebhooks } from '../../../src/lib/server/webhooks/queries.ts';
import { sendAgain, sendTest } from '../../../src/lib/server/webhooks/sending.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { startReceiver } from '../../support/servers/webhook-receiver.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeAll(async () => {
	receiver = await startReceiver();
});
afterAll(async () => {
	await receiver.stop();
	await closePools();
});

const wanted = () => ({
	name: '',
	url: receiver.url,
	events: ['run.finished' as const],
	projectIds: null as string[] | null
});

test('is made with a secret that is shown once, and kept sealed', async () => {
	const { scope } = await newTeam();
	const { id, secret } = await createWebhook(scope, { ...wanted(), name: 'Release bot' });
	expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
	const listed = await listWebhooks(scope);
	expect(listed).toMatchObject([{ id, name: 'Release bot', state: 'on', projectIds: null, events: ['run.finished'] }]);
	expect(JSON.stringify([listed, await getWebhook(scope, { webhookId: id })])).not.toMatch(/secret"|whsec_|sealed/);
	const [row] = await owner`select e::text as text from webhook_endpoints e where id = ${id}`;
	expect(row!.text).not.toContain(secret.slice(6));
	const [audit] = await scope.tx((tx) => tx.select().from(auditEntries));
	expect(audit).toMatchObject({ action: 'webhook.created', details: { host: new URL(receiver.url).host } });
	expect(JSON.stringify(audit)).not.toContain('/hook');
});

test('without a name it is called after its server', async () => {
	const { scope } = await newTeam();
	const { id } = await createWebhook(scope, wanted());
	const { host } = new URL(receiver.url);
	expect(await getWebhook(scope, { webhookId: id })).toMatchObject({ name: host });
	await updateWebhook(scope, { webhookId: id, name: 'Bot' });
	expect(await updateWebhook(scope, { webhookId: id, name: '' })).toMatchObject({ name: host });
});

test('a change leaves what it does not name', async () => {
	const { scope } = await newTeam();
	const { project } = await newProject(scope);
	const { id: webhookId } = await createWebhook(scope, { ...wanted(), name: 'Bot', projectIds: [project.id] });
	const after = await updateWebhook(scope, { webhookId, events: ['run.failed', 'run.failed'] });
	expect(after).toMatchObject({ name: 'Bot', url: receiver.url, events: ['run.failed'], projectIds: [project.id] });
	expect(await updateWebhook(scope, { webhookId, projectIds: null })).toMatchObject({ projectIds: null });
	await expect(updateWebhook(scope, { webhookId, projectIds: [randomUUID()] })).rejects.toMatchObject({
		code: 'invalid',
		field: 'projectIds'
	});
	await expect(updateWebhook(scope, { webhookId, url: 'ftp://example.com' })).rejects.toMatchObject({ field: 'url' });
});

describe('whoever sees only some projects', () => {
	const set = async () => {
		const team = await newTeam();
		const [{ project: one }, { project: two }] = [
			await newProject(team.scope),
			await newProject(team.scope, { slug: 'other' })
		];
		const trainer = await team.as('trainer', [one.id]);
		return { ...team, one, two, trainer };
	};

	test('makes webhooks for these, and not for others, nor for all', async () => {
		const { trainer, one, two } = await set();
		const { id } = await createWebhook(trainer, wanted());
		expect(await getWebhook(trainer, { webhookId: id })).toMatchObject({ projectIds: [one.id] });
		await expect(createWebhook(trainer, { ...wanted(), projectIds: [two.id] })).rejects.toMatchObject({
			field: 'projectIds'
		});
		expect(await updateWebhook(trainer, { webhookId: id, projectIds: null })).toMatchObject({ projectIds: [one.id] });
	});

	test('sees and changes none that is for more than these', async () => {
		const { scope, trainer, one, two } = await set();
		const hidden = [
			await createWebhook(scope, wanted()),
			await createWebhook(scope, { ...wanted(), projectIds: [one.id, two.id] })
		];
		const { id: own } = await createWebhook(scope, { ...wanted(), projectIds: [one.id] });
		expect((await listWebhooks(trainer)).map(({ id }) => id)).toEqual([own]);
		for (const { id: webhookId } of hidden)
			for (const asked of [getWebhook, listDeliveries, removeWebhook, pauseWebhook, sendTest])
				await expect(asked(trainer, { webhookId })).rejects.toMatchObject({ code: 'not_found' });
	});

	test('does not see what was sent while it was for more', async () => {
		const { scope, trainer, one, two } = await set();
		const { id: webhookId } = await createWebhook(scope, { ...wanted(), projectIds: [one.id, two.id] });
		await sendTest(scope, { webhookId });
		await updateWebhook(scope, { webhookId, projectIds: [one.id] });
		await sendTest(scope, { webhookId });
		expect((await listDeliveries(trainer, { webhookId })).rows).toHaveLength(1);
		expect((await listDeliveries(scope, { webhookId })).rows).toHaveLength(2);
	});
});

test('a paused one sends nothing, one that was switched off begins anew when somebody resumes it', async () => {
	const { scope } = await newTeam();
	const { id: webhookId } = await createWebhook(scope, wanted());
	await pauseWebhook(scope, { webhookId });
	expect(await getWebhook(scope, { webhookId })).toMatchObject({ state: 'paused' });
	await expect(sendTest(scope, { webhookId })).rejects.toMatchObject({ code: 'conflict' });
	await scope.tx((tx) =>
		tx.update(webhookEndpoints).set({ state: 'off', reason: 'failing', failingSince: new Date(), mailedAt: new Date() })
	);
	await expect(pauseWebhook(scope, { webhookId })).rejects.toMatchObject({ code: 'conflict' });
	await resumeWebhook(scope, { webhookId });
	expect(await getWebhook(scope, { webhookId })).toMatchObject({ state: 'on', reason: null, failingSince: null });
});

test('is removed with its log', async () => {
	const { scope } = await newTeam();
	const { id: webhookId } = await createWebhook(scope, wanted());
	await sendTest(scope, { webhookId });
	await removeWebhook(scope, { webhookId });
	await expect(getWebhook(scope, { webhookId })).rejects.toMatchObject({ code: 'not_found' });
	expect(await scope.tx((tx) => tx.$count(webhookDeliveries))).toBe(0);
});

test('a team has twenty, also when all of them are made at once', async () => {
	const { scope } = await newTeam();
	const made = await Promise.allSettled(Array.from({ length: mostWebhooks + 3 }, () => createWebhook(scope, wanted())));
	expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(mostWebhooks);
	expect(made.filter(({ status }) => status === 'rejected')).toMatchObject(
		Array(3).fill({ reason: { code: 'conflict' } })
	);
});

test('the log goes page by page in both directions, each row once', async () => {
	const { scope } = await newTeam();
	const { id: webhookId } = await createWebhook(scope, wanted());
	const made: string[] = [];
	for (let i = 0; i < 5; i++) made.unshift((await sendTest(scope, { webhookId })).deliveryId);
	const idsOf = (page: { rows: { id: string }[] }) => page.rows.map(({ id }) => id);
	const first = await listDeliveries(scope, { webhookId, limit: 2 });
	expect([idsOf(first), first.newer]).toEqual([made.slice(0, 2), null]);
	const second = await listDeliveries(scope, { webhookId, limit: 2, before: first.older! });
	const third = await listDeliveries(scope, { webhookId, limit: 2, before: second.older! });
	expect([idsOf(second), idsOf(third), third.older]).toEqual([made.slice(2, 4), made.slice(4), null]);
	const back = await listDeliveries(scope, { webhookId, limit: 2, after: third.newer! });
	expect(idsOf(back)).toEqual(made.slice(2, 4));
	const start = await listDeliveries(scope, { webhookId, limit: 2, after: back.newer! });
	expect([idsOf(start), start.newer]).toEqual([made.slice(0, 2), null]);
});

test('what is in another’s log is not sent again', async () => {
	const { scope } = await newTeam();
	const [one, two] = [await createWebhook(scope, wanted()), await createWebhook(scope, wanted())];
	const { deliveryId } = await sendTest(scope, { webhookId: one.id });
	await expect(sendAgain(scope, { webhookId: two.id, deliveryId })).rejects.toMatchObject({ code: 'not_found' });
});

test('sixty an hour are sent by hand, and no more', async () => {
	const { scope } = await newTeam();
	const { id: webhookId } = await createWebhook(scope, wanted());
	for (let i = 0; i < 60; i++) await sendTest(scope, { webhookId });
	await expect(sendTest(scope, { webhookId })).rejects.toMatchObject({ code: 'rate_limited' });
});
