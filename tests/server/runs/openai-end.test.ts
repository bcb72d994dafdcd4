import { and, eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { presets } from '../../../src/lib/core/runs/recipe.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { createConnection, testConnection } from '../../../src/lib/server/connections/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { projects, runExamples } from '../../../src/lib/server/platform/db/schema.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { getPreflight } from '../../../src/lib/server/runs/queries.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { addReadyRun } from '../../support/data/evaluation.ts';
import { newRun, newWorkshop } from '../../support/data/training.ts';

// The days on which OpenAI's training ends, for whoever is connected there. OpenAI is played: nothing leaves this machine.

const baseModel = 'gpt-4.1-mini-2025-04-14';
const asked: string[] = [];

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 40 });
	const real = globalThis.fetch;
	vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
		const { href, host, pathname } = new URL(input instanceof Request ? input.url : input);
		if (host !== 'api.openai.com') return real(input, init);
		asked.push(`${init?.method ?? 'GET'} ${pathname}`);
		const known: Record<string, unknown[]> = {
			'/v1/models': [{ id: baseModel, object: 'model' }],
			'/v1/fine_tuning/jobs': [{ id: 'ftjob-1', object: 'fine_tuning.job' }]
		};
		const data = known[pathname];
		if (!data) throw new Error(`Nobody plays ${href}`);
		return Response.json({ object: 'list', data, has_more: false });
	});
});
afterEach(() => void vi.useRealTimers());
afterAll(async () => {
	vi.restoreAllMocks();
	await closePools();
	await sandbox.stop();
});

const on = (moment: string) => vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(moment) });

/** A project that trains at OpenAI, and a connection beside it that does not end. */
const atOpenai = async () => {
	const workshop = await newWorkshop(sandbox.url);
	const { id, check } = await createConnection(workshop.scope, {
		provider: 'openai',
		name: '',
		baseUrl: '',
		key: 'sk-a'
	});
	await workshop.scope.tx((tx) =>
		tx.update(projects).set({ connectionId: id, baseModel, nextRun: 2 }).where(eq(projects.id, workshop.project.id))
	);
	const inside = await inProject(workshop.scope, workshop.slug);
	const finding = async (name: string) => (await getPreflight(inside)).findings.find(({ id: each }) => each === name)!;
	return { ...workshop, openai: id, check, inside, finding };
};
const orders = () => asked.filter((each) => each.startsWith('POST'));

test('before the dates the warning stands, at the connection and on the checklist, and the price with its day', async () => {
	on('2026-12-01T10:00:00Z');
	const { inside, check, finding } = await atOpenai();
	expect(check).toMatchObject({
		ok: true,
		training: 'open',
		note: expect.stringMatching(/6 January 2027.*14 January 2027/)
	});
	const { isClear, cost } = await getPreflight(inside);
	expect(isClear).toBe(true);
	expect(cost.cents).toBeGreaterThan(0);
	expect(cost.basis).toMatch(/at \$5\.00 per million \(last known price, from before 2026-08-14/);
	expect(await finding('model')).toMatchObject({
		level: 'warn',
		sentence: expect.stringMatching(/offers it until 2027-01-14/)
	});
});

test('in the last thirty days of the models nothing is ordered', async () => {
	on('2026-12-16T10:00:00Z');
	const { inside, finding } = await atOpenai();
	expect(await finding('model')).toMatchObject({
		level: 'block',
		fix: 'move',
		sentence: expect.stringMatching(/switches it off on 14 January 2027/)
	});
	await expect(startRun(inside, newRun())).rejects.toMatchObject({ code: 'conflict' });
	expect(orders()).toEqual([]);
});

test.each(['2027-01-06T00:00:00Z', '2027-01-14T00:00:00Z', '2027-03-01T00:00:00Z'])(
	'from %s on no order is possible, and what was trained there is trained elsewhere with the same locked set',
	async (moment) => {
		on(moment);
		const { scope, inside, openai, connection, project, rows, finding } = await atOpenai();
		expect(await testConnection(scope, { connectionId: openai })).toMatchObject({
			ok: true,
			training: 'closed',
			note: expect.stringMatching(/no new training orders since 6 January 2027/)
		});
		expect(await finding('key')).toMatchObject({ level: 'block', sentence: expect.stringMatching(/Move to another/) });
		await expect(startRun(inside, newRun())).rejects.toMatchObject({
			code: 'conflict',
			message: expect.stringMatching(/no new training orders/)
		});
		expect(orders()).toEqual([]);

		const old = await addReadyRun(scope, {
			projectId: project.id,
			connectionId: openai,
			baseModel,
			recipe: { ...presets.sft.balanced, rateMultiplier: 1 }
		});
		const there = { connectionId: connection.id, baseModel: 'sandbox-small' };
		const moved = await getPreflight(inside, { from: old.id, ...there });
		expect(moved).toMatchObject({
			isClear: true,
			recipe: { learningRate: presets.sft.balanced.learningRate },
			elsewhere: { sentence: expect.stringMatching(/at OpenAI; .*the same locked validation set/) }
		});
		const run = await startRun(inside, newRun({ ...moved.recipe, ...there }));
		const measured = await scope.tx((tx) =>
			tx
				.select({ id: runExamples.exampleId })
				.from(runExamples)
				.where(and(eq(runExamples.runId, run.id), eq(runExamples.kind, 'validation')))
		);
		const locked = rows.filter(({ split }) => split === 'validation').map(({ id }) => id);
		expect(measured.map(({ id }) => id).sort()).toEqual(locked.sort());
	}
);
