// What is sent, to a real server on this machine, which the tests allow as development does.
import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Happening } from '../../../src/lib/contract/events.ts';
import { type Scope, inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { record } from '../../../src/lib/server/events/record.ts';
import { importExamples } from '../../../src/lib/server/examples/commands.ts';
import { config } from '../../../src/lib/server/platform/config.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { webhookDeliveries, webhookEndpoints } from '../../../src/lib/server/platform/db/schema.ts';
import { listMails } from '../../../src/lib/server/platform/mail/outbox.ts';
import { sweepAll } from '../../../src/lib/server/jobs/worker.ts';
import { createWebhook, pauseWebhook, rollSecret, updateWebhook } from '../../../src/lib/server/webhooks/commands.ts';
import { deliver } from '../../../src/lib/server/webhooks/deliver.ts';
import { webhookJobs } from '../../../src/lib/server/webhooks/jobs.ts';
import { getWebhook, listDeliveries } from '../../../src/lib/server/webhooks/queries.ts';
import { sendAgain, sendTest } from '../../../src/lib/server/webhooks/sending.ts';
import { owner } from '../../support/database/owner.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { startReceiver, verified } from '../../support/servers/webhook-receiver.ts';

let receiver: Awaited<ReturnType<typeof startReceiver>>;
beforeEach(async () => {
	receiver = await startReceiver();
});
afterEach(() => receiver.stop());
afterAll(() => closePools());

const system = (teamId: string) => scopeFor({ teamId, userId: null, role: 'owner', projectIds: 'all' });
const never = new AbortController().signal;

/** A team with a webhook for everything a run does, and a way to send what waits. */
const newSetting = async (more: Partial<Parameters<typeof createWebhook>[1]> = {}) => {
	const team = await newTeam();
	const { project } = await newProject(team.scope);
	const events = ['run.finished', 'run.failed', 'key.expiring'] as const;
	const { id: webhookId, secret } = await createWebhook(team.scope, {
		name: '',
		url: receiver.url,
		events: [...events],
		projectIds: null,
		...more
	});
	const log = async () => (await listDeliveries(team.scope, { webhookId })).rows;
	/** As the worker would, when the time has come: it takes the job, and does it. */
	const send = async (id?: string) => {
		const deliveryId = id ?? (await log())[0]!.id;
		await owner`delete from pgboss.job where name = 'delivery.send' and singleton_key = ${deliveryId}`;
		await owner`update webhook_deliveries set next_at = now() where id = ${deliveryId} and state = 'waiting'`;
		await owner`update webhook_endpoints set rests_until = null where id = ${webhookId}`;
		await deliver(system(team.teamId), deliveryId, never);
		return (await log()).find((row) => row.id === deliveryId)!;
	};
	const happen = (happening: Partial<Happening> = {}, scope: Scope = team.scope) =>
		scope.tx((tx) =>
			record(tx, scope, {
				event: 'run.finished',
				subject: project.id,
				projectId: project.id,
				details: { version: 3 },
				...happening
			} as Happening)
		);
	const shown = () => getWebhook(team.scope, { webhookId });
	return { ...team, project, webhookId, secret, log, send, happen, shown };
};

/** When the job of a delivery is due, in seconds from now; undefined: it has none that waits. */
const dueIn = async (id: string): Promise<number | undefined> => {
	const [job] = await owner`
		select extract(epoch from start_after - now())::float8 as seconds from pgboss.job
		where name = 'delivery.send' and singleton_key = ${id} and state = 'created'`;
	return job?.seconds;
};

describe('what is sent', () => {
	test('is signed as the official verifier wants it, and says what has happened', async () => {
		const { happen, send, secret, teamId, project, slug } = await newSetting();
		await happen();
		expect(await send()).toMatchObject({
			state: 'delivered',
			nextAt: null,
			attempts: [{ status: 204, problem: null }]
		});
		const [got] = receiver.received;
		const { type, data } = verified(secret, got!);
		expect(type).toBe('run.finished');
		expect(data).toEqual({
			id: project.id,
			version: 3,
			team: { id: teamId, slug, name: `Team ${slug}` },
			project: { id: project.id, slug: 'support', name: 'Support' }
		});
		expect(got!.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'aitelier-webhooks/1' });
		expect(got!.headers['webhook-signature']).toMatch(/^v1,[A-Za-z0-9+/]{43}=$/);
	});

	test('is refused by the verifier when a byte of it, or the secret, is another', async () => {
		const { happen, send, secret } = await newSetting();
		await happen();
		await send();
		const got = receiver.received[0]!;
		expect(() => verified(secret, { ...got, body: got.body.replace('3', '4') })).toThrow('No matching signature');
		expect(() => verified(`whsec_${Buffer.alloc(32).toString('base64')}`, got)).toThrow('No matching signature');
		const old = { ...got.headers, 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 600) };
		expect(() => verified(secret, { ...got, headers: old })).toThrow('too old');
	});

	test('never holds a text of an example, nor a secret', async () => {
		const { scope, log, secret } = await newSetting({ events: ['examples.imported'] });
		const text = 'The parcel is under the green bench';
		const line = JSON.stringify({
			messages: [
				{ role: 'user', content: `${text}?` },
				{ role: 'assistant', content: text }
			]
		});
		const lines = [
			{ number: 1, text: line },
			{ number: 2, text: `not json: ${text}` }
		];
		await importExamples(await inProject(scope, 'support'), { fileName: 'talks.jsonl', lines });
		const [{ body, event } = { body: '', event: '' }] = await log();
		expect(event).toBe('examples.imported');
		expect(JSON.parse(body).data).toMatchObject({ fileName: 'talks.jsonl', added: 1, refused: 1 });
		expect(body).not.toContain('parcel');
		expect(body).not.toContain(secret);
	});
});

describe('what is made of an event', () => {
	test('is made with it, or not at all', async () => {
		const { scope, happen, log } = await newSetting();
		await scope
			.tx(async (tx) => {
				const happening = { event: 'run.failed', subject: 'x', details: { version: 1, status: 'failed' } } as const;
				await record(tx, scope, happening);
				throw new Error('Never mind.');
			})
			.catch(() => {});
		expect(await log()).toEqual([]);
		await happen();
		const [row] = await log();
		expect(row).toMatchObject({ event: 'run.finished', state: 'waiting', attempts: [] });
		expect(await dueIn(row!.id)).toBeLessThanOrEqual(0);
	});

	test('is made by whoever brings it about, also where they may not see webhooks', async () => {
		const { as, happen, log, project } = await newSetting();
		await happen({}, await as('rater'));
		await happen({}, await as('trainer', [project.id]));
		expect(await log()).toHaveLength(2);
	});

	test('is nothing for one that does not want it, is paused, or belongs to another team', async () => {
		const here = await newSetting({ events: ['run.failed'] });
		const there = await newSetting();
		await here.happen();
		await pauseWebhook(here.scope, { webhookId: here.webhookId });
		await here.happen({ event: 'run.failed', details: { version: 3, status: 'failed' } });
		expect([await here.log(), await there.log()]).toEqual([[], []]);
	});

	test('is nothing outside the projects it is limited to, and of the team only where it is not limited', async () => {
		const here = await newSetting();
		const { project: other } = await newProject(here.scope, { slug: 'other' });
		const limited = await createWebhook(here.scope, {
			name: '',
			url: receiver.url,
			events: ['run.finished', 'key.expiring'],
			projectIds: [other.id]
		});
		const limitedLog = async () =>
			(await listDeliveries(here.scope, { webhookId: limited.id })).rows.map(({ event, body }) => [
				event,
				JSON.parse(body).data.project?.slug
			]);
		await here.happen();
		expect(await limitedLog()).toEqual([]);
		const details = { name: 'Nightly', hint: 'ait_sk_…8dQ1', expiresAt: new Date().toISOString() };
		await here.happen({ event: 'key.expiring', projectId: undefined, details });
		await here.happen({ projectId: other.id });
		expect(await limitedLog()).toEqual([['run.finished', 'other']]);
		expect((await here.log()).map(({ event }) => event)).toEqual(['run.finished', 'key.expiring', 'run.finished']);
		expect(JSON.parse((await here.log())[1]!.body).data).toMatchObject({ project: null, ...details });
	});
});

describe('what does not arrive', () => {
	test('is tried again after 500, under the same id, at a new time, until it does', async () => {
		const { happen, send, secret, shown } = await newSetting();
		await happen();
		receiver.answers(500, {}, 'Something broke');
		const failed = await send();
		expect(failed).toMatchObject({ state: 'waiting', attempts: [{ status: 500, answer: 'Something broke' }] });
		expect(failed.attempts[0]!.problem).toMatch(/500/);
		expect(await dueIn(failed.id)).toBeGreaterThan(3);
		expect(await dueIn(failed.id)).toBeLessThan(6);
		expect((await shown()).failingSince).toBeInstanceOf(Date);
		vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] });
		try {
			expect(await send()).toMatchObject({ state: 'delivered', attempts: [{ status: 500 }, { status: 204 }] });
			const [first, second] = receiver.received;
			expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
			expect(second!.body).toBe(first!.body);
			const apart = Number(second!.headers['webhook-timestamp']) - Number(first!.headers['webhook-timestamp']);
			expect(apart).toBeGreaterThanOrEqual(60);
			verified(secret, second!);
		} finally {
			vi.useRealTimers();
		}
		expect(await shown()).toMatchObject({ failingSince: null, deliveredAt: expect.any(Date) });
	});

	test('is given up after the tenth try, and stays in the log', async () => {
		const { happen, send, log } = await newSetting();
		await happen();
		for (let tries = 1; tries <= 10; tries++) receiver.answers(503);
		for (let tries = 1; tries < 10; tries++) expect((await send()).state).toBe('waiting');
		expect(await send()).toMatchObject({ state: 'failed', nextAt: null });
		expect((await log())[0]!.attempts).toHaveLength(10);
		await send();
		expect(receiver.received).toHaveLength(10);
	});

	test('waits as long as Retry-After says, and so does all else for that server', async () => {
		const { happen, send, log, teamId } = await newSetting();
		await happen();
		await happen();
		const [second, first] = await log();
		receiver.answers(429, { 'retry-after': '120' });
		const row = await send(first!.id);
		expect(await dueIn(row.id)).toBeGreaterThan(115);
		expect(await dueIn(row.id)).toBeLessThan(125);
		await owner`delete from pgboss.job where singleton_key = ${second!.id}`;
		await deliver(system(teamId), second!.id, never);
		expect(receiver.received).toHaveLength(1);
		expect((await log())[0]).toMatchObject({ state: 'waiting', attempts: [] });
		expect(await dueIn(second!.id)).toBeGreaterThan(115);
	});

	test('a redirect is a failure, and nobody follows it', async () => {
		const { happen, send } = await newSetting();
		await happen();
		receiver.answers(307, { location: `http://127.0.0.1:${receiver.port}/elsewhere` });
		const row = await send();
		expect(row).toMatchObject({ state: 'waiting', attempts: [{ status: 307 }] });
		expect(row.attempts[0]!.problem).toMatch(/do not follow/);
		expect(receiver.received.map(({ path }) => path)).toEqual(['/hook']);
	});

	test('a server that is away is a sentence in the log', async () => {
		const { happen, send } = await newSetting();
		await happen();
		await receiver.stop();
		const row = await send();
		expect(row).toMatchObject({
			state: 'waiting',
			attempts: [{ status: null, problem: expect.stringMatching(/does not take/) }]
		});
		receiver = await startReceiver();
	});

	test('of an answer only the beginning is kept, as text', async () => {
		const { happen, send } = await newSetting();
		await happen();
		receiver.answers(
			500,
			{ 'content-type': 'text/html' },
			`\u0000\u001b[2J\u202e<script>alert(1)</script>${'x'.repeat(1_000_000)}`
		);
		const { answer } = (await send()).attempts[0]!;
		expect(answer).toMatch(/^\ufffd\ufffd\[2J\ufffd<script>/);
		expect(answer.length).toBeLessThanOrEqual(1024);
	});

	test('an answer that breaks off after its head counts by its status', async () => {
		const { happen, send } = await newSetting();
		await happen();
		receiver.does((response) => {
			response.writeHead(200, { 'content-length': '100' });
			response.write('half', () => response.destroy());
		});
		expect(await send()).toMatchObject({ state: 'delivered', attempts: [{ status: 200 }] });
	});
});

describe('a webhook that nothing arrives at', () => {
	const tell = async (teamId: string, webhookId: string) => {
		const { run } = webhookJobs.find(({ name }) => name === 'webhook.mail')!;
		await run(system(teamId), { webhookId } as never, never);
	};

	test('is switched off when its server says 410, with a mail to the owners, once', async () => {
		const { happen, send, shown, owner: person, teamId, slug, webhookId, as } = await newSetting();
		await as('trainer');
		await happen();
		receiver.answers(410);
		expect(await send()).toMatchObject({ state: 'failed' });
		expect(await shown()).toMatchObject({ state: 'off', reason: 'gone' });
		await tell(teamId, webhookId);
		await tell(teamId, webhookId);
		const mails = (await listMails()).filter(({ link }) => link.includes(webhookId));
		expect(mails.map(({ to }) => to)).toEqual([person.email]);
		const [mail] = mails;
		expect(mail!.link).toBe(`${config().origin}/${slug}/settings/webhooks/${webhookId}`);
		expect(mail!.text).toContain('says that its address is gone');
		expect(mail!.text).not.toContain('/hook');
		await happen();
		expect(receiver.received).toHaveLength(1);
	});

	test('is switched off after five days, and not before; what has failed is told in the audit log as nobody’s deed', async () => {
		const { happen, send, shown, scope, webhookId, teamId } = await newSetting();
		await happen();
		const failingFor = (days: number) =>
			owner`update webhook_endpoints set failing_since = now() - ${`${days} days`}::interval where id = ${webhookId}`;
		for (let tries = 1; tries <= 5; tries++) {
			receiver.answers(500);
			await send();
			await failingFor(tries < 4 ? 6 : tries === 4 ? 5 : 0);
			expect((await shown()).state, `after ${tries}`).toBe(tries < 4 ? 'on' : 'off');
			if (tries === 4) break;
		}
		const [entry] =
			await owner`select person_id, details from audit_entries where team_id = ${teamId} and action = 'webhook.switched_off'`;
		expect(entry).toMatchObject({ person_id: null, details: { reason: 'failing' } });
		expect(await scope.tx((tx) => tx.$count(webhookEndpoints, eq(webhookEndpoints.state, 'off')))).toBe(1);
	});

	test('what waits when it is paused is dropped, and can be sent again from the log', async () => {
		const { happen, send, scope, webhookId } = await newSetting();
		await happen();
		await pauseWebhook(scope, { webhookId });
		const row = await send();
		expect(row).toMatchObject({ state: 'dropped', nextAt: null, attempts: [] });
		await expect(sendAgain(scope, { webhookId, deliveryId: row.id })).rejects.toMatchObject({ code: 'conflict' });
		expect(receiver.received).toEqual([]);
	});
});

test('what waits when it is limited to other projects is dropped, and what is of these is sent', async () => {
	const { happen, send, scope, webhookId, log } = await newSetting();
	const { project: other } = await newProject(scope, { slug: 'other' });
	await happen();
	await happen({ projectId: other.id });
	await updateWebhook(scope, { webhookId, projectIds: [other.id] });
	const [ofOther, ofFirst] = await log();
	expect(await send(ofFirst!.id)).toMatchObject({ state: 'dropped', attempts: [] });
	expect(await send(ofOther!.id)).toMatchObject({ state: 'delivered' });
	expect(receiver.received).toHaveLength(1);
});

describe('by hand', () => {
	test('a test is sent, whatever the webhook wants', async () => {
		const { scope, webhookId, send, secret } = await newSetting();
		const { deliveryId } = await sendTest(scope, { webhookId });
		expect(await send(deliveryId)).toMatchObject({ event: 'webhook.test', state: 'delivered' });
		expect(verified(secret, receiver.received[0]!)).toMatchObject({ type: 'webhook.test', data: { id: webhookId } });
	});

	test('what has arrived is sent again with the same id and bytes', async () => {
		const { scope, webhookId, happen, send } = await newSetting();
		await happen();
		const { id: deliveryId } = await send();
		await sendAgain(scope, { webhookId, deliveryId });
		expect(await dueIn(deliveryId)).toBeLessThanOrEqual(0);
		expect(await send(deliveryId)).toMatchObject({ state: 'delivered', attempts: [{ status: 204 }, { status: 204 }] });
		const [first, second] = receiver.received;
		expect([second!.headers['webhook-id'], second!.body]).toEqual([first!.headers['webhook-id'], first!.body]);
	});

	test('what would be tried in five hours is sent at once, and gets all its tries anew', async () => {
		const { scope, webhookId, happen, send } = await newSetting();
		await happen();
		for (let tries = 1; tries <= 6; tries++) receiver.answers(500);
		for (let tries = 1; tries < 5; tries++) await send();
		const row = await send();
		expect(await dueIn(row.id)).toBeGreaterThan(3_600);
		await sendAgain(scope, { webhookId, deliveryId: row.id });
		expect(await dueIn(row.id)).toBeLessThanOrEqual(0);
		await send();
		expect(receiver.received).toHaveLength(6);
		expect(await dueIn(row.id)).toBeLessThan(6);
	});
});

describe('a rolled secret', () => {
	test('signs beside the old one for the overlap, and alone after it', async () => {
		const { scope, webhookId, happen, send, secret: old } = await newSetting();
		const { secret } = await rollSecret(scope, { webhookId, overlapHours: 24 });
		await happen();
		await send();
		const both = receiver.received[0]!;
		expect(String(both.headers['webhook-signature']).split(' ')).toHaveLength(2);
		for (const each of [old, secret]) expect(verified(each, both).type).toBe('run.finished');
		await owner`update webhook_endpoints set old_secret_until = now() where id = ${webhookId}`;
		await happen();
		await send();
		expect(verified(secret, receiver.received[1]!).type).toBe('run.finished');
		expect(() => verified(old, receiver.received[1]!)).toThrow('No matching signature');
	});

	test('signs alone at once where the old one has leaked', async () => {
		const { scope, webhookId, happen, send, secret: old, shown } = await newSetting();
		const { secret } = await rollSecret(scope, { webhookId, overlapHours: 0 });
		expect((await shown()).oldSecretUntil).toBeNull();
		await happen();
		await send();
		expect(verified(secret, receiver.received[0]!).type).toBe('run.finished');
		expect(() => verified(old, receiver.received[0]!)).toThrow();
	});
});

describe('jobs', () => {
	test('two at once send once', async () => {
		const { happen, log, teamId } = await newSetting();
		await happen();
		const [{ id } = { id: '' }] = await log();
		await Promise.all([1, 2, 3].map(() => deliver(system(teamId), id, never)));
		expect(receiver.received).toHaveLength(1);
		expect((await log())[0]).toMatchObject({ state: 'delivered', attempts: [{ status: 204 }] });
	});

	test('one whose process stops while it waits for the answer is not lost', async () => {
		const { happen, log, send, teamId } = await newSetting();
		await happen();
		const [{ id } = { id: '' }] = await log();
		const stopping = new AbortController();
		receiver.does(() => stopping.abort(new Error('This process stops.')));
		await expect(deliver(system(teamId), id, stopping.signal)).rejects.toThrow();
		expect((await log())[0]).toMatchObject({ state: 'waiting', attempts: [] });
		expect(await send()).toMatchObject({ state: 'delivered' });
		const [first, second] = receiver.received;
		expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
	});

	test('at most three of a team are on their way at once', async () => {
		const { happen, log, teamId } = await newSetting();
		for (let i = 0; i < 5; i++) await happen();
		const open: (() => void)[] = [];
		for (let i = 0; i < 3; i++) receiver.does((response) => open.push(() => response.writeHead(204).end()));
		const rows = await log();
		await owner`delete from pgboss.job where name = 'delivery.send'`;
		let back = 0;
		const sent = rows.map(({ id }) => deliver(system(teamId), id, never).then(() => back++));
		await receiver.until(3);
		await vi.waitFor(() => expect(back).toBe(2)); // found no place
		for (const answer of open) answer();
		await Promise.all(sent);
		expect(receiver.received).toHaveLength(3);
		const waiting = (await log()).filter(({ state }) => state === 'waiting');
		expect(waiting).toHaveLength(2);
		for (const { id } of waiting) expect(await dueIn(id)).toBeGreaterThan(0);
	});

	test('what has lost its job gets it back from the janitor', async () => {
		const { happen, log, scope } = await newSetting();
		await happen();
		const [{ id } = { id: '' }] = await log();
		await owner`delete from pgboss.job where singleton_key = ${id}`;
		await sweepAll();
		expect(await dueIn(id)).toBeUndefined();
		await owner`update webhook_deliveries set next_at = now() - interval '2 minutes' where id = ${id}`;
		await sweepAll();
		expect(await dueIn(id)).toBeLessThanOrEqual(0);
		expect(await scope.tx((tx) => tx.$count(webhookDeliveries))).toBe(1);
	});
});
