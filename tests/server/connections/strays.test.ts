import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scope, inProject, scopeFor } from '../../../src/lib/server/access/scope.ts';
import { lookForStrays, stopStray, switchStrays } from '../../../src/lib/server/connections/commands.ts';
import { connectionJobs, lookForStraysAgain } from '../../../src/lib/server/connections/jobs.ts';
import { listConnections, listStrays } from '../../../src/lib/server/connections/queries.ts';
import { openAccess } from '../../../src/lib/server/connections/rows.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, connections, servings } from '../../../src/lib/server/platform/db/schema.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { startServing } from '../../../src/lib/server/servings/commands.ts';
import { followServing } from '../../../src/lib/server/servings/follow.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { owner } from '../../support/database/owner.ts';
import { newTeam } from '../../support/data/team.ts';
import { drive, endpointsAt, newRun, newWorkshop, orderFault } from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 100 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const never = new AbortController().signal;
const mark = 'ait-v1-lost';

/** A team with a trained run, one serving of it, and a deployment that no row knows of. */
const withStray = async () => {
	const shop = await newWorkshop(sandbox.url);
	const inside = await inProject(shop.scope, shop.slug);
	const run = await drive(shop.scope, (await startRun(inside, newRun())).id);
	const serving = await startServing(inside, { runId: run.id });
	await followServing(shop.scope, serving.id, never);
	const lose = async (lost: string) => {
		const access = await shop.scope.tx((tx) => openAccess(tx, shop.connection.id));
		return providers.sandbox.deploy(access, { modelObject: run.modelObject! }, lost);
	};
	await lose(mark);
	return { ...shop, serving, lose, there: { connectionId: shop.connection.id } };
};

const audited = async (scope: Scope) =>
	(await scope.tx((tx) => tx.select().from(auditEntries).orderBy(auditEntries.seq)))
		.filter(({ action }) => action.startsWith('connection.stray'))
		.map(({ action, personId, details }) => ({ action, personId, details }));

const jobsFor = (id: string) =>
	owner`select 1 from pgboss.job where name = 'connection.look' and singleton_key = ${id} and state < 'completed'`;

test('what runs under a name of ours and has no serving is found, told once, and stopped by a press', async () => {
	const { scope, key, there, serving, owner: person } = await withStray();
	expect(await endpointsAt(sandbox.url, key)).toHaveLength(2);
	const found = await lookForStrays(scope, there);
	expect(found).toMatchObject([{ mark, callAs: expect.stringMatching(/aitelier-ait-v1-lost$/) }]);
	// the second look finds the same, since the same moment, and tells nobody again
	expect(await lookForStrays(scope, there)).toEqual(found);
	expect(await listStrays(scope)).toMatchObject([{ ...there, mark, straysAt: expect.any(Date) }]);
	expect(await listConnections(scope)).toMatchObject([{ deploys: true, strays: found, stopsStrays: false }]);
	await stopStray(scope, { ...there, mark });
	await stopStray(scope, { ...there, mark });
	expect(await listStrays(scope)).toEqual([]);
	const name = 'Sandbox';
	expect(await audited(scope)).toEqual([
		{ action: 'connection.strays_found', personId: person.id, details: { name, count: 1 } },
		{ action: 'connection.stray_stopped', personId: person.id, details: { name, mark } }
	]);
	// what a serving is about is nobody's to stop here
	const [row] = await scope.tx((tx) => tx.select().from(servings).where(eq(servings.id, serving.id)));
	await stopStray(scope, { ...there, mark: row!.mark });
	expect(await endpointsAt(sandbox.url, key)).toHaveLength(1);
});

test('the janitor only says so, until an owner has them stopped; that is nobody’s deed, and audited', async () => {
	const { scope, key, there, lose } = await withStray();
	const bySystem = scopeFor({ teamId: scope.teamId, userId: null, role: 'owner', projectIds: 'all' });
	const sweep = async () => {
		await lookForStraysAgain(bySystem);
		await lookForStraysAgain(bySystem);
		expect(await jobsFor(there.connectionId)).toHaveLength(1);
		await owner`delete from pgboss.job where singleton_key = ${there.connectionId}`;
		await connectionJobs[0]!.run(bySystem, there as never, never);
	};
	const isOpen = async () =>
		(await plainPool()`select teams_with_open_work() as id`).some(({ id }) => id === scope.teamId);
	await sweep();
	expect(await endpointsAt(sandbox.url, key)).toHaveLength(2);
	expect(await listStrays(scope)).toHaveLength(1);
	// within the hour nobody asks the provider again
	await lookForStraysAgain(bySystem);
	expect(await jobsFor(there.connectionId)).toEqual([]);

	await switchStrays(scope, { ...there, stops: true });
	await switchStrays(scope, { ...there, stops: true });
	await lose('ait-v2-lost');
	await scope.tx((tx) => tx.update(connections).set({ straysAt: new Date(0) }));
	expect(await isOpen()).toBe(true);
	await sweep();
	expect(await endpointsAt(sandbox.url, key)).toHaveLength(1);
	const name = 'Sandbox';
	const system = { personId: null };
	expect(await audited(scope)).toEqual([
		{ action: 'connection.strays_found', ...system, details: { name, count: 1 } },
		{ action: 'connection.strays_switched', personId: scope.userId, details: { name, stops: true } },
		{ action: 'connection.strays_found', ...system, details: { name, count: 1 } },
		{ action: 'connection.stray_stopped', ...system, details: { name, mark } },
		{ action: 'connection.stray_stopped', ...system, details: { name, mark: 'ait-v2-lost' } }
	]);
	await lookForStrays(scope, there);
	expect(await listStrays(scope)).toEqual([]);
});

test('a provider that does not answer hides nothing that was found, and says so to whoever looks', async () => {
	const { scope, key, there } = await withStray();
	await lookForStrays(scope, there);
	await orderFault(sandbox.url, key, '503', '/whoami', 3);
	await expect(lookForStrays(scope, there)).rejects.toMatchObject({ code: 'conflict' });
	expect(await listStrays(scope)).toHaveLength(1);
	await orderFault(sandbox.url, key, '503', '/whoami', 3);
	await connectionJobs[0]!.run(scope, there as never, never);
	expect(await listStrays(scope)).toHaveLength(1);
});

test('a trainer reads of them and stops none; a rater and a stranger get nothing', async () => {
	const { scope, as, there } = await withStray();
	await lookForStrays(scope, there);
	const trainer = await as('trainer');
	expect(await listStrays(trainer)).toHaveLength(1);
	const rater = await as('rater');
	await expect(listStrays(rater)).rejects.toMatchObject({ code: 'forbidden' });
	for (const who of [trainer, rater]) {
		await expect(lookForStrays(who, there)).rejects.toMatchObject({ code: 'forbidden' });
		await expect(stopStray(who, { ...there, mark })).rejects.toMatchObject({ code: 'forbidden' });
		await expect(switchStrays(who, { ...there, stops: true })).rejects.toMatchObject({ code: 'forbidden' });
	}
	const { scope: stranger } = await newTeam();
	expect(await listStrays(stranger)).toEqual([]);
	await expect(lookForStrays(stranger, there)).rejects.toMatchObject({ code: 'not_found' });
	await expect(stopStray(stranger, { ...there, mark })).rejects.toMatchObject({ code: 'not_found' });
	await expect(switchStrays(stranger, { ...there, stops: true })).rejects.toMatchObject({ code: 'not_found' });
});
