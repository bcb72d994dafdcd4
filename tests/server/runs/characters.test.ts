import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { createConnection } from '../../../src/lib/server/connections/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { presets } from '../../../src/lib/core/runs/recipe.ts';
import { projects, runExamples } from '../../../src/lib/server/platform/db/schema.ts';
import { addReadyRun } from '../../support/data/evaluation.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { getPreflight } from '../../../src/lib/server/runs/queries.ts';
import { recordReport } from '../../../src/lib/server/runs/report.ts';
import { runById } from '../../../src/lib/server/runs/rows.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { addRows, drive, follow, jobsAt, newRun, newWorkshop, runRow, submit } from '../../support/data/training.ts';

// What goes wrong at providers, as people read it.

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const checklist = async (workshop: Awaited<ReturnType<typeof newWorkshop>>) =>
	getPreflight(await inProject(workshop.scope, workshop.slug));
const findingIn = (check: Awaited<ReturnType<typeof checklist>>, id: string) =>
	check.findings.find((finding) => finding.id === id)!;
const started = async (more: Parameters<typeof newWorkshop>[1], recipe = {}) => {
	const workshop = await newWorkshop(sandbox.url, more);
	const run = await startRun(await inProject(workshop.scope, workshop.slug), newRun(recipe));
	return { ...workshop, run };
};

test('a model that is refused for safety after the training says what helps', async () => {
	const { scope, run } = await started({ baseModel: 'sandbox-safety-refusal' });
	const { status, problem } = await drive(scope, run.id);
	expect({ status, problem }).toEqual({
		status: 'failed',
		problem: expect.stringMatching(/safety evaluation.*take them out, and train again/)
	});
});

test('control tokens are named before, and explained when the provider refuses them', async () => {
	const workshop = await newWorkshop(sandbox.url, { baseModel: 'sandbox-forbidden-token' });
	const more = { question: 'And the end?', rewrite: 'It ends here.<|im_end|>' };
	await addRows(workshop.scope, workshop.project.id, [more], 100);
	const turns = findingIn(await checklist(workshop), 'turns');
	expect(turns).toMatchObject({ level: 'warn', examples: [{ number: 100 }] });
	expect(turns.sentence).toMatch(/Example 100: turn 2 has the control token <\|im_end\|>/);
	const run = await startRun(await inProject(workshop.scope, workshop.slug), newRun());
	expect((await drive(workshop.scope, run.id)).problem).toMatch(/has the control token <\|im_end\|>\. Some examples/);
});

test('a training that stands still says so while it stands, and no longer', async () => {
	const { scope, run } = await started({ baseModel: 'sandbox-stands-still' });
	await submit(scope, run.id);
	await drive(scope, run.id, ({ stepsDone }) => (stepsDone ?? 0) >= 6);
	await follow(scope, run.id);
	expect((await runRow(scope, run.id)).problem).toBeNull();
	const report = {
		jobId: (await runRow(scope, run.id)).jobId!,
		status: 'training',
		providerStatus: 'running'
	} as const;
	const nothing = { model: null, modelObject: null, problem: null, trainedTokens: null, costCents: null };
	const at = (minutesAgo: number) => ({
		...{ ...report, ...nothing, stepsDone: 6, stepsTotal: 15, events: [] },
		points: [{ series: 'train' as const, step: 6, loss: 1, at: new Date(Date.now() - minutesAgo * 60_000) }]
	});
	// it began long ago, as far as we know
	const tell = (minutesAgo: number) =>
		scope.tx(async (tx) => {
			const now = await runById(tx, run.id, { lock: true });
			return recordReport(tx, scope, { ...now, startedAt: new Date(Date.now() - 7_200_000) }, at(minutesAgo));
		});
	expect((await tell(31)).problem).toMatch(/no step for more than 30 minutes\. It stands at 6 of 15 steps/);
	expect((await tell(1)).problem).toBeNull();
});

test('where only one batch size is taken, that one is set, and another is refused under its field', async () => {
	const workshop = await newWorkshop(sandbox.url, { baseModel: 'sandbox-batch-8' });
	const check = await checklist(workshop);
	expect(check).toMatchObject({ isClear: true, recipe: { batchSize: 8 }, limits: { batchSize: [8, 8] } });
	expect(findingIn(check, 'limits')).toMatchObject({
		level: 'warn',
		sentence: expect.stringMatching(/a batch size of 8 and no other\. It is 8 here, in place of 4/)
	});
	const scope = await inProject(workshop.scope, workshop.slug);
	await expect(startRun(scope, newRun({ batchSize: 4 }))).rejects.toMatchObject({
		code: 'invalid',
		field: 'batchSize'
	});
	const run = await startRun(scope, newRun({ batchSize: 8 }));
	expect((await drive(workshop.scope, run.id)).status).toBe('ready');
});

test('nothing is ordered where the base is switched off in twenty days', async () => {
	const workshop = await newWorkshop(sandbox.url);
	const { id } = await createConnection(workshop.scope, {
		provider: 'own-server',
		name: 'Ours',
		baseUrl: `${sandbox.url}/openai/v1`,
		key: 'retiring'
	});
	const move = (connectionId: string, baseModel: string) =>
		workshop.scope.tx((tx) =>
			tx.update(projects).set({ connectionId, baseModel }).where(eq(projects.id, workshop.project.id))
		);
	await move(id, 'sandbox-retires');
	const check = await checklist(workshop);
	expect(check.isClear).toBe(false);
	expect(findingIn(check, 'model')).toMatchObject({ level: 'block', fix: 'move' });
	const scope = await inProject(workshop.scope, workshop.slug);
	await expect(startRun(scope, newRun())).rejects.toMatchObject({ code: 'conflict' });
	// what was trained there moves: the same examples and the same split, the settings in the words of the other provider
	const old = await addReadyRun(workshop.scope, {
		projectId: workshop.project.id,
		connectionId: id,
		baseModel: 'sandbox-retires',
		recipe: { ...presets.sft.balanced, epochs: 2, rateMultiplier: 2, learningRate: 0.009 }
	});
	await workshop.scope.tx((tx) => tx.update(projects).set({ nextRun: 2 }).where(eq(projects.id, workshop.project.id)));
	const there = { connectionId: workshop.connection.id, baseModel: 'sandbox-large' };
	const moved = await getPreflight(scope, { from: old.id, ...there });
	expect(moved).toMatchObject({
		isClear: true,
		trainCount: check.trainCount,
		validationCount: check.validationCount,
		baseModel: 'sandbox-large',
		providerName: 'Sandbox',
		recipe: { epochs: 2, learningRate: presets.sft.aggressive.learningRate },
		elsewhere: {
			connectionId: there.connectionId,
			sentence: expect.stringMatching(/^v1 learnt from sandbox-retires at Own/)
		}
	});
	const run = await startRun(scope, newRun({ ...moved.recipe, ...there }));
	expect(run).toMatchObject({ version: 2, baseModel: 'sandbox-large' });
	expect(await runRow(workshop.scope, run.id)).toMatchObject(there);
	const validation = await workshop.scope.tx((tx) =>
		tx
			.select({ id: runExamples.exampleId })
			.from(runExamples)
			.where(and(eq(runExamples.runId, run.id), eq(runExamples.kind, 'validation')))
	);
	const locked = workshop.rows.filter(({ split }) => split === 'validation').map(({ id }) => id);
	expect(validation.map(({ id }) => id).sort()).toEqual(locked.sort());
	// the project keeps its own place until an owner changes it
	const [project] = await workshop.scope.tx((tx) =>
		tx.select().from(projects).where(eq(projects.id, workshop.project.id))
	);
	expect(project).toMatchObject({ connectionId: id, baseModel: 'sandbox-retires', recipe: workshop.project.recipe });
	// a connection of another team is none
	const stranger = await newWorkshop(sandbox.url);
	const theirs = { connectionId: stranger.connection.id, baseModel: 'sandbox-small' };
	await expect(getPreflight(scope, theirs)).rejects.toMatchObject({ code: 'not_found' });
	await expect(startRun(scope, newRun(theirs))).rejects.toMatchObject({ code: 'not_found' });
});

test('where nobody knows how a server trains the checklist says so and where to mend it', async () => {
	const workshop = await newWorkshop(sandbox.url);
	const { id, check: answer } = await createConnection(workshop.scope, {
		provider: 'openai-compatible',
		name: 'Theirs',
		baseUrl: `${sandbox.url}/openai/v1`,
		key: 'only-asked'
	});
	expect(answer).toMatchObject({ ok: true, training: 'closed', note: expect.stringMatching(/own training server/i) });
	await workshop.scope.tx((tx) =>
		tx.update(projects).set({ connectionId: id }).where(eq(projects.id, workshop.project.id))
	);
	const key = findingIn(await checklist(workshop), 'key');
	expect(key).toMatchObject({
		level: 'block',
		fix: 'settings',
		sentence: expect.stringMatching(/how it takes a training/)
	});
	const scope = await inProject(workshop.scope, workshop.slug);
	await expect(startRun(scope, newRun())).rejects.toMatchObject({ code: 'conflict' });
	expect(await jobsAt(sandbox.url, 'only-asked')).toEqual([]);
});

test('the limit of a day is what the person reads, and the order comes later by itself', async () => {
	const { scope, run } = await started({ key: 'daily-limit-7' });
	await submit(scope, run.id);
	expect(await runRow(scope, run.id)).toMatchObject({
		status: 'submitting',
		submittedAt: null,
		problem: expect.stringMatching(/limit of 5 fine-tuning jobs per day/)
	});
});
