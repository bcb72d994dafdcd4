import { afterAll, beforeAll, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { createConnection } from '../../../src/lib/server/connections/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { projects } from '../../../src/lib/server/platform/db/schema.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { downloadRunFile, getPreflight, getRun } from '../../../src/lib/server/runs/queries.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { newProject } from '../../support/data/team.ts';
import {
	addRows,
	drive,
	jobsAt,
	newRun,
	newWorkshop,
	orderFault,
	runRow,
	submit
} from '../../support/data/training.ts';

// What is too long for a model is known exactly only to the provider, once it has the file: before anything is ordered.

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

type Row = Parameters<typeof addRows>[2][number];

/** 20 examples and one more, number 500, in a run that waits to be sent. */
const started = async (more: Partial<Row> = {}, place: Parameters<typeof newWorkshop>[1] = {}) => {
	const workshop = await newWorkshop(sandbox.url, place);
	// another project says something else before each conversation
	const { project: other } = await newProject(workshop.scope, { slug: 'other' });
	await workshop.scope.tx((tx) =>
		tx.update(projects).set({ systemPrompt: 'Be loud.' }).where(eq(projects.id, other.id))
	);
	await addRows(workshop.scope, workshop.project.id, [{ question: 'And this one?', ...more }], 500);
	const inside = await inProject(workshop.scope, workshop.slug);
	const run = await startRun(inside, newRun());
	const shown = async () => {
		const { run: now, events } = await getRun(inside, { runId: run.id });
		return { ...now, log: events.map(({ kind, message }) => ({ kind, message })) };
	};
	return { ...workshop, inside, run, shown, jobs: () => jobsAt(sandbox.url, workshop.key) };
};
/** The sandbox counts a token for four characters, and has room for 32,768 of them. */
const tooLong = 'word '.repeat(28_000);

test('what the provider has counted stands at the run, with what fits', async () => {
	const { scope, run, shown } = await started();
	await submit(scope, run.id);
	const { counted, log, trainCount } = await shown();
	expect(trainCount).toBe(21);
	expect(counted).toEqual({
		rows: 21,
		tokens: expect.any(Number),
		longestTokens: expect.any(Number),
		contextTokens: 32_768
	});
	expect(counted!.tokens).toBeGreaterThan(counted!.longestTokens);
	expect(log.find(({ kind }) => kind === 'aitelier.counted')?.message).toBe(
		`Sandbox has counted the tokens: ${counted!.tokens} in the training file; the longest has ${counted!.longestTokens}, and 32,768 fit.`
	);
});

test('an example that is too long by the provider’s count is named, and nothing is ordered', async () => {
	// by our estimate it is short
	const { scope, run, inside, shown, jobs } = await started({ answer: tooLong });
	expect((await getPreflight(inside)).isClear).toBe(true);
	const { status, problem } = await drive(scope, run.id);
	expect(status).toBe('failed');
	expect(problem).toBe(
		'Example 500 has more tokens than the 32,768 that fit, as Sandbox counts. Its end, where the answer stands, would be cut off, so nothing was ordered. Shorten it, or leave it out of the split, and train again.'
	);
	expect((await shown()).counted).toMatchObject({ longestTokens: 32_768, contextTokens: 32_768 });
	expect(await jobs()).toEqual([]);
});

test('an example that was changed after it was sent is told by its place in the file', async () => {
	const { scope, run, project } = await started({ answer: tooLong });
	await scope.tx((tx) => tx.update(projects).set({ systemPrompt: 'Be brief.' }).where(eq(projects.id, project.id)));
	expect((await drive(scope, run.id)).problem).toMatch(/^Line 21 of the training file has more tokens/);
});

test('of many examples those that look too long stand first, and are counted', async () => {
	const { scope, run, inside, shown, jobs } = await started({ answer: tooLong, tokens: 28_000 }, { train: 130 });
	const { pieces } = await downloadRunFile(inside, { runId: run.id, kind: 'train' });
	const file = (await Array.fromAsync(pieces)).join('');
	const lines = file.trimEnd().split('\n');
	expect(lines).toHaveLength(131);
	expect(lines[0]).toContain('And this one?');
	// the others stay in their order
	expect(lines.slice(1, 3).map((line) => line.match(/thing number \d+/)?.[0])).toEqual([
		'thing number 0',
		'thing number 1'
	]);
	const { status, problem } = await drive(scope, run.id);
	expect({ status, problem }).toEqual({ status: 'failed', problem: expect.stringMatching(/^Example 500 has/) });
	const { counted, log } = await shown();
	expect(counted?.rows).toBe(100);
	expect(log.find(({ kind }) => kind === 'aitelier.counted')?.message).toMatch(/of 100 of 131 examples/);
	expect(await jobs()).toEqual([]);
});

test('where the count does not come our estimate stays, which is said once, and the order goes out', async () => {
	const { scope, run, shown, key, jobs } = await started();
	await orderFault(sandbox.url, key, '500', '/fine-tunes/preview', 3);
	// the order is refused for now, so that all of this happens twice
	await orderFault(sandbox.url, key, '429', '/fine-tunes', 1);
	await submit(scope, run.id).catch(() => {});
	await orderFault(sandbox.url, key, '500', '/fine-tunes/preview', 3);
	await drive(scope, run.id, ({ jobId }) => jobId !== null);
	const { counted, log } = await shown();
	expect(counted).toBeNull();
	expect(log.filter(({ kind }) => kind === 'aitelier.uncounted')).toEqual([
		{ kind: 'aitelier.uncounted', message: expect.stringMatching(/^Sandbox did not count .*our estimate: about \d/) }
	]);
	expect(await jobs()).toHaveLength(1);
});

test('a job that was cut off after the count does not ask for it again', async () => {
	const { scope, run, shown, key } = await started();
	await orderFault(sandbox.url, key, '429', '/fine-tunes/estimate-price', 3);
	await submit(scope, run.id).catch(() => {});
	await orderFault(sandbox.url, key, '429', '/fine-tunes/preview', 1);
	await drive(scope, run.id, ({ jobId }) => jobId !== null);
	const { log } = await shown();
	expect(log.filter(({ kind }) => /counted$/.test(kind))).toHaveLength(1);
	expect((await runRow(scope, run.id)).counted).toMatchObject({ rows: 21 });
});

test('a provider without a count says so in the log, and the checklist promises none', async () => {
	const workshop = await newWorkshop(sandbox.url);
	const { id } = await createConnection(workshop.scope, {
		provider: 'own-server',
		name: 'Ours',
		baseUrl: `${sandbox.url}/openai/v1`,
		key: `own-${workshop.project.id}`
	});
	const lengthOf = async () =>
		(await getPreflight(await inProject(workshop.scope, workshop.slug))).findings.find(({ id }) => id === 'length')!;
	expect((await lengthOf()).sentence).toMatch(/^By our estimate .*counts them exactly once it has the file, before/);
	await workshop.scope.tx((tx) =>
		tx.update(projects).set({ connectionId: id }).where(eq(projects.id, workshop.project.id))
	);
	expect((await lengthOf()).sentence).toMatch(/^By our estimate (?!.*exactly)/);
	const inside = await inProject(workshop.scope, workshop.slug);
	const run = await startRun(inside, newRun());
	await submit(workshop.scope, run.id);
	const { run: now, events } = await getRun(inside, { runId: run.id });
	expect(now.counted).toBeNull();
	expect(events.map(({ message }) => message)).toContainEqual(
		expect.stringMatching(/^Own training server did not count the tokens before the order/)
	);
});
