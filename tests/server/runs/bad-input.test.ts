import { afterAll, beforeAll, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { createConnection } from '../../../src/lib/server/connections/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { projects, runs } from '../../../src/lib/server/platform/db/schema.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { getPreflight } from '../../../src/lib/server/runs/queries.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { drive, jobsAt, newRun, newWorkshop, runRow, submit } from '../../support/data/training.ts';
import { startOddServer } from '../providers/odd-server.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let page: Awaited<ReturnType<typeof startOddServer>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 40 });
	page = await startOddServer(() => '<!doctype html><html><body>Sign in</body></html>');
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
	await page.stop();
});

test('a model that vanishes between the checklist and the order ends the run in words, and nothing is ordered', async () => {
	const { scope, slug, key } = await newWorkshop(sandbox.url);
	const run = await startRun(await inProject(scope, slug), newRun());
	await rewriteHistory('runs', (sql) => sql`update runs set base_model = 'sandbox-gone' where id = ${run.id}`);
	const { status, problem } = await drive(scope, run.id);
	expect({ status, problem }).toEqual({ status: 'failed', problem: expect.stringMatching(/^[A-Z].*\.$/) });
	expect(problem).toMatch(/model/i);
	expect(await jobsAt(sandbox.url, key)).toEqual([]);
	// whoever looks again does not order either
	await submit(scope, run.id);
	expect(await jobsAt(sandbox.url, key)).toEqual([]);
});

test('a model that has vanished when Start is pressed is refused with that sentence, and no run is made', async () => {
	const { scope, slug } = await newWorkshop(sandbox.url);
	const inside = await inProject(scope, slug);
	expect((await getPreflight(inside)).isClear).toBe(true);
	const gone = providers.sandbox.model;
	providers.sandbox.model = async () => null;
	try {
		await expect(startRun(inside, newRun())).rejects.toMatchObject({
			code: 'conflict',
			message: expect.stringMatching(/does not offer the chosen model/)
		});
	} finally {
		providers.sandbox.model = gone;
	}
	expect(await scope.tx((tx) => tx.$count(runs))).toBe(0);
});

test('an address that answers with a page is said to be no API, and nothing is started through it', async () => {
	const workshop = await newWorkshop(sandbox.url);
	const { id, check } = await createConnection(workshop.scope, {
		provider: 'own-server',
		name: 'A login page',
		baseUrl: page.url,
		key: 'some-key'
	});
	expect(check).toMatchObject({
		ok: false,
		reason: expect.stringMatching(/^The server has no list of models at this address/)
	});
	await workshop.scope.tx((tx) =>
		tx.update(projects).set({ connectionId: id }).where(eq(projects.id, workshop.project.id))
	);
	const inside = await inProject(workshop.scope, workshop.slug);
	const findings = (await getPreflight(inside)).findings.filter(({ level }) => level === 'block');
	expect(findings.map((finding) => finding.id)).toContain('key');
	await expect(startRun(inside, newRun())).rejects.toMatchObject({ code: 'conflict' });
	expect(await workshop.scope.tx((tx) => tx.$count(runs))).toBe(0);
});

test('two people who press Start at the same moment start one run, and the other reads why not', async () => {
	const { scope, as, slug, key } = await newWorkshop(sandbox.url);
	const both = [await inProject(scope, slug), await inProject(await as('trainer'), slug)];
	const pressed = await Promise.allSettled(both.map((inside) => startRun(inside, newRun())));
	expect(pressed.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	const refused = pressed.find((each) => each.status === 'rejected')!;
	expect(refused.reason).toMatchObject({
		code: 'conflict',
		message: expect.stringMatching(/is being sent to the provider/)
	});
	const [row] = await scope.tx((tx) => tx.select().from(runs));
	await drive(scope, row!.id);
	expect((await runRow(scope, row!.id)).status).toBe('ready');
	expect(await jobsAt(sandbox.url, key)).toHaveLength(1);
});
