import { setTimeout as wait } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { connections, evaluations, outbox, outputs } from '../../../src/lib/server/platform/db/schema.ts';
import { generateOutputs } from '../../../src/lib/server/evaluations/generate.ts';
import { getEvaluation } from '../../../src/lib/server/evaluations/queries.ts';
import { retryGeneration } from '../../../src/lib/server/evaluations/commands.ts';
import { requeueGenerations } from '../../../src/lib/server/evaluations/jobs.ts';
import { isQueued } from '../../../src/lib/server/jobs/is-queued.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { providers } from '../../../src/lib/server/providers/registry.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { newContest, newLiveContest } from '../../support/data/evaluation.ts';
import { owner } from '../../support/database/owner.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { newTeam } from '../../support/data/team.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await sandbox.stop();
	await closePools();
});

const never = new AbortController().signal;
const quick = { firstWaitMs: 20, longestWaitMs: 100, giveUpAfterMs: 60_000 };
const outputsOf = (scope: Scope, id: string) =>
	scope.tx((tx) => tx.select().from(outputs).where(eq(outputs.evaluationId, id)));
const evaluationRow = async (scope: Scope, id: string) =>
	(await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, id))))[0]!;

/** Every question has one answer of each contender. */
const expectWhole = async (scope: Scope, id: string, pairs: number) => {
	const all = await outputsOf(scope, id);
	expect(all).toHaveLength(2 * pairs);
	expect(new Set(all.map((output) => output.pairingId + output.contender)).size).toBe(2 * pairs);
	expect((await evaluationRow(scope, id)).status).toBe('voting');
	return all;
};

test('both contenders answer everything, and the vote opens', async () => {
	const { scope, slug, evaluationId } = await newLiveContest(sandbox.url, 6);
	await generateOutputs(scope, evaluationId, never, quick);
	const all = await expectWhole(scope, evaluationId, 6);
	for (const output of all) {
		expect(output.text.length).toBeGreaterThan(0);
		expect(['stop', 'length']).toContain(output.finishReason);
		expect(output.completionTokens).toBeGreaterThan(0);
		expect(output.latencyMs).toBeGreaterThanOrEqual(0);
	}
	expect(await getEvaluation(await inProject(scope, slug), { evaluationId })).toMatchObject({
		status: 'voting',
		answers: { a: 6, b: 6 }
	});
	const topics = await scope.tx((tx) => tx.select().from(outbox));
	expect(topics.filter((row) => row.topic === `evaluation:${evaluationId}`).length).toBeGreaterThan(1);
	// a job that comes late finds nothing to do
	await generateOutputs(scope, evaluationId, never, quick);
	await expectWhole(scope, evaluationId, 6);
});

test('both are asked at the same time: neither is far ahead, and none begins before both can', async () => {
	const { scope, evaluationId } = await newLiveContest(sandbox.url, 14);
	const chat = providers['openai-compatible'].chat.bind(providers['openai-compatible']);
	const asked = { 'sandbox-large': 0, 'sandbox-small': 0 };
	let furthest = 0;
	let open = 0;
	const spy = vi.spyOn(providers['openai-compatible'], 'chat').mockImplementation(async (access, request, told) => {
		const model = request.model as keyof typeof asked;
		asked[model]++;
		furthest = Math.max(furthest, Math.abs(asked['sandbox-large'] - asked['sandbox-small']));
		expect(++open).toBeLessThanOrEqual(4);
		// one of them takes its time
		await wait(model === 'sandbox-small' ? 15 : 1);
		return chat(access, request, told).finally(() => open--);
	});
	await generateOutputs(scope, evaluationId, never, quick);
	spy.mockRestore();
	expect(asked).toEqual({ 'sandbox-large': 14, 'sandbox-small': 14 });
	expect(furthest).toBeLessThanOrEqual(6);
	await expectWhole(scope, evaluationId, 14);
});

test('interrupted at any moment it goes on where it was, and no answer is stored twice', async () => {
	const { scope, evaluationId } = await newLiveContest(sandbox.url, 12);
	const written = new Map<string, string>();
	let interruptions = 0;
	for (let at = 10; (await evaluationRow(scope, evaluationId)).status === 'generating'; at += 17) {
		const stop = new AbortController();
		const timer = setTimeout(() => stop.abort(), at);
		await generateOutputs(scope, evaluationId, stop.signal, quick).catch(() => interruptions++);
		clearTimeout(timer);
		for (const output of await outputsOf(scope, evaluationId)) {
			const place = output.pairingId + output.contender;
			// what is there stays as it is, and is never a part of an answer
			expect(written.get(place) ?? output.id).toBe(output.id);
			expect(output.finishReason).not.toBeNull();
			written.set(place, output.id);
		}
	}
	expect(interruptions).toBeGreaterThan(2);
	await expectWhole(scope, evaluationId, 12);
});

test('two at once write each answer once', async () => {
	const { scope, evaluationId } = await newLiveContest(sandbox.url, 10);
	await Promise.all([
		generateOutputs(scope, evaluationId, never, quick),
		generateOutputs(scope, evaluationId, never, quick),
		wait(30).then(() => generateOutputs(scope, evaluationId, never, quick))
	]);
	await expectWhole(scope, evaluationId, 10);
});

test('a provider that asks for a pause gets one, and everything is answered', async () => {
	const { scope, evaluationId, failNext } = await newLiveContest(sandbox.url, 8);
	await failNext('429-long', 9);
	await generateOutputs(scope, evaluationId, never, quick);
	await expectWhole(scope, evaluationId, 8);
});

test('a provider that is down for a moment is waited for', async () => {
	const { scope, evaluationId, failNext } = await newLiveContest(sandbox.url, 5);
	await failNext('503', 14);
	await generateOutputs(scope, evaluationId, never, quick);
	await expectWhole(scope, evaluationId, 5);
});

test('an answer that is cut once is asked for again; one that is always cut is kept as a part', async () => {
	const once = await newLiveContest(sandbox.url, 4);
	await once.failNext('cut', 3);
	await generateOutputs(once.scope, once.evaluationId, never, quick);
	const whole = await expectWhole(once.scope, once.evaluationId, 4);
	expect(whole.map((output) => output.finishReason)).not.toContain(null);

	const always = await newLiveContest(sandbox.url, 2, { tuned: 'sandbox-cuts-streams' });
	await generateOutputs(always.scope, always.evaluationId, never, quick);
	const parts = await expectWhole(always.scope, always.evaluationId, 2);
	for (const { contender, finishReason, text } of parts) {
		expect(finishReason === null).toBe(contender === 'a');
		expect(text.length).toBeGreaterThan(0);
	}
});

test('what waiting cannot mend fails with a sentence, keeps what is there, and can be retried', async () => {
	const { scope, as, slug, evaluationId, run } = await newLiveContest(sandbox.url, 4, { tuned: 'sandbox-gone' });
	await generateOutputs(scope, evaluationId, never, quick);
	const failed = await evaluationRow(scope, evaluationId);
	expect(failed.status).toBe('failed');
	expect(failed.problem).toMatch(/^[A-Z].*\.$/);
	const problem = await getEvaluation(await inProject(await as('rater'), slug), { evaluationId });
	expect(problem).toMatchObject({ status: 'failed', problem: null });
	// nothing happens until somebody wants it
	await generateOutputs(scope, evaluationId, never, quick);
	expect((await evaluationRow(scope, evaluationId)).status).toBe('failed');

	await rewriteHistory('runs', (sql) => sql`update runs set model = 'sandbox-large' where id = ${run.id}`);
	const stranger = await newTeam();
	const inside = await inProject(scope, slug);
	await expect(inProject(stranger.scope, slug)).rejects.toMatchObject({ code: 'not_found' });
	const { project } = inside;
	await expect(retryGeneration({ ...stranger.scope, project }, { evaluationId })).rejects.toMatchObject({
		code: 'not_found'
	});
	await expect(retryGeneration({ ...inside, role: 'rater' }, { evaluationId })).rejects.toThrow(/rater/);
	await retryGeneration(inside, { evaluationId });
	expect(await evaluationRow(scope, evaluationId)).toMatchObject({ status: 'generating', problem: null });
	await generateOutputs(scope, evaluationId, never, quick);
	await expectWhole(scope, evaluationId, 4);
	await retryGeneration(inside, { evaluationId });
	expect((await evaluationRow(scope, evaluationId)).status).toBe('voting');
});

test('a refused key is said, and marked at its connection', async () => {
	const { scope, evaluationId, connection } = await newLiveContest(sandbox.url, 2, { key: 'refused-key' });
	await generateOutputs(scope, evaluationId, never, quick);
	expect((await evaluationRow(scope, evaluationId)).problem).toContain('key');
	const [marked] = await scope.tx((tx) => tx.select().from(connections).where(eq(connections.id, connection.id)));
	expect(marked!.status).toBe('refused');
});

test('a provider that never comes back is given up after a while', async () => {
	const { scope, evaluationId, failNext } = await newLiveContest(sandbox.url, 2);
	await failNext('503', 1000);
	await generateOutputs(scope, evaluationId, never, { ...quick, giveUpAfterMs: 0 });
	expect(await evaluationRow(scope, evaluationId)).toMatchObject({
		status: 'failed',
		problem: expect.stringContaining('Try again')
	});
	expect(await outputsOf(scope, evaluationId)).toHaveLength(0);
});

test('a generation whose job was lost gets one again; a rater and a stranger start none', async () => {
	const { scope, as, evaluationId } = await newLiveContest(sandbox.url, 2);
	await owner`delete from pgboss.job`;
	await requeueGenerations(scope);
	await requeueGenerations(scope);
	expect(await scope.tx((tx) => isQueued(tx, 'evaluation.generate', evaluationId))).toBe(true);
	const rater = await as('rater');
	// a job asks nobody's role: what a rater may not read and write, the database refuses
	await generateOutputs(rater, evaluationId, never, quick).catch(() => {});
	expect((await evaluationRow(scope, evaluationId)).status).toBe('generating');
	expect(await outputsOf(scope, evaluationId)).toHaveLength(0);
	const stranger = await newContest(1);
	await generateOutputs(stranger.scope, evaluationId, never, quick);
	expect(await outputsOf(scope, evaluationId)).toHaveLength(0);
});
