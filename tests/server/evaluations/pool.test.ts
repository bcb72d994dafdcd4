import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { createEvaluation, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { continueEvaluation, getContinuation } from '../../../src/lib/server/evaluations/continuing.ts';
import { generateOutputs } from '../../../src/lib/server/evaluations/generate.ts';
import {
	exportResults,
	getEvaluation,
	getResults,
	getSetUp,
	nextPairs
} from '../../../src/lib/server/evaluations/queries.ts';
import { sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { pairings, runExamples } from '../../../src/lib/server/platform/db/schema.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { addPrompts, deletePrompts } from '../../../src/lib/server/prompts/commands.ts';
import { getPrompt } from '../../../src/lib/server/prompts/queries.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import {
	addExamples,
	addReadyRun,
	answerAll,
	newContest,
	newLiveContest,
	voteAs,
	wish
} from '../../support/data/evaluation.ts';
import { rewriteHistory } from '../../support/database/raw.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

/** Each with a word of its own, long enough that no two nearly ask the same. */
const numbered = (count: number, from = 1) =>
	Array.from(
		{ length: count },
		(_, at) => `What is in box ${from + at}, marked ${sha256(`${from + at}`).toString('hex')}?`
	);
const resultsOf = async (scope: Scope, slug: string, evaluationId: string) => {
	const found = await getResults(await inProject(scope, slug), { evaluationId, show: 'all', page: 1 });
	if ('locked' in found) throw new Error('still locked');
	return found.results;
};
const fromPool = { promptsFrom: 'pool' } as const;

/** A project without validation examples, with so many prompts in its pool and a run. */
const newPoolContest = async (count: number) => {
	const contest = await newContest(0);
	const scope = { ...contest.scope, userId: contest.owner.id };
	const inside = await inProject(scope, contest.slug);
	const { added } = await addPrompts(inside, { prompts: numbered(count) });
	return { ...contest, scope, inside, ids: added.map(({ id }) => id) };
};

test('end to end: asked, judged, revealed, exported; the results say where the prompts came from', async () => {
	const { scope, inside, slug, run, as, ids } = await newPoolContest(24);
	expect(await getSetUp(inside)).toMatchObject({ validation: 0, pool: { usable: 24, leftOut: 0 } });
	const { id } = await createEvaluation(inside, wish(run.id, 24, fromPool));
	expect(await getEvaluation(inside, { evaluationId: id })).toMatchObject({ promptsFrom: 'pool', planned: 24 });
	const rows = await scope.tx((tx) => tx.select().from(pairings).where(eq(pairings.evaluationId, id)));
	expect(rows.every((row) => row.exampleId === null && row.promptId !== null && row.reference === null)).toBe(true);
	expect(rows[0]!.prompt.at(-1)).toMatchObject({ role: 'user', content: expect.stringMatching(/^What is in box/) });
	await answerAll(scope, id);
	await voteAs(scope, slug, id, () => 'a');
	// what is deleted meanwhile stays what was asked
	await deletePrompts(inside, { ids: [ids[0]!] });
	await revealResults(inside, { evaluationId: id });
	const results = await resultsOf(scope, slug, id);
	expect(results).toMatchObject({
		plan: { promptsFrom: 'pool', prompts: 24 },
		verdict: { kind: 'ship-it' },
		rows: { count: 24 }
	});
	expect(results.rows.list.every(({ reference }) => reference === null)).toBe(true);
	expect(results.rows.list.map(({ number }) => number).every((number) => number >= 1 && number <= 24)).toBe(true);
	const states = Object.fromEntries(results.checks.map(({ name, state }) => [name, state]));
	expect(states).toMatchObject({ leak: 'ok', 'near-duplicates': 'ok' });
	expect(results.checks.find(({ name }) => name === 'voters')?.sentence).not.toMatch(/expected answer/);
	// the same for a rater, who may not see the pool
	const { next: _next, ...forRater } = await resultsOf(await as('rater'), slug, id);
	const { next: _own, ...forOwner } = results;
	expect(forRater).toEqual(forOwner);
	expect(await getPrompt(inside, { promptId: ids[1]! })).toMatchObject({ comparisons: [1] });

	const text = async (format: 'json' | 'csv') =>
		(await Array.fromAsync((await exportResults(inside, { evaluationId: id, format })).pieces)).join('');
	const file = JSON.parse(await text('json'));
	expect(file.plan.promptsFrom).toBe('pool');
	expect(file.comparisons[0]).toMatchObject({ example: null, pool_prompt: expect.any(Number), reference: null });
	expect((await text('csv')).split('\r\n')[0]).toMatch(/^comparison,example,.*,pool_prompt(,|$)/);
});

test('with the sandbox: both models answer prompts that have no expected answer', async () => {
	const { scope, slug, run } = await newLiveContest(sandbox.url, 2);
	const inside = await inProject(scope, slug);
	await addPrompts(inside, { prompts: numbered(3) });
	const { id } = await createEvaluation(inside, wish(run.id, 3, { ...fromPool, against: 'base' })).catch(
		async (problem) => {
			// the comparison of validation examples of the same two is being prepared
			expect(problem.code).toBe('conflict');
			const other = await addReadyRun(scope, {
				projectId: inside.project.id,
				connectionId: run.connectionId,
				baseModel: run.baseModel,
				model: run.model,
				version: 2
			});
			return createEvaluation(inside, wish(other.id, 3, fromPool));
		}
	);
	await generateOutputs(inside, id, new AbortController().signal);
	const { state, pairs, total } = await nextPairs(
		{ ...inside, userId: inside.userId, voterId: inside.userId },
		{ evaluationId: id, after: -1 }
	);
	expect({ state, total }).toEqual({ state: 'open', total: 3 });
	expect(pairs.every(({ first, second }) => first !== '' && second !== '')).toBe(true);
	expect(JSON.stringify(pairs)).not.toMatch(/reference|promptId|pool/);
});

describe('what a contender has learnt is left out', () => {
	const parcel = 'Could you please tell me where my parcel is? I ordered it two weeks ago from your shop.';
	const parcelToo = `Hello! ${parcel}`;

	test('at set-up, by name in the pool, and for whoever asks for more', async () => {
		const { inside, scope, run, project } = await newPoolContest(5);
		await addPrompts(inside, { prompts: [parcelToo] });
		await addExamples(scope, project.id, [parcel], { split: 'train' });
		expect((await getSetUp(inside)).pool).toEqual({ usable: 5, leftOut: 1 });
		await expect(createEvaluation(inside, wish(run.id, 6, fromPool))).rejects.toMatchObject({
			code: 'invalid',
			message: 'Only 5 prompts of the pool can be compared fairly.',
			field: 'pairs'
		});
		const { id } = await createEvaluation(inside, wish(run.id, 5, fromPool));
		expect(await getEvaluation(inside, { evaluationId: id })).toMatchObject({ leaked: 0, planned: 5 });
	});

	test('a verdict stands on it: what a contender learnt all the same blocks it', async () => {
		const { inside, scope, slug, run, project } = await newPoolContest(11);
		await addPrompts(inside, { prompts: [parcelToo] });
		const { id } = await createEvaluation(inside, wish(run.id, 12, fromPool));
		await answerAll(scope, id);
		await voteAs(scope, slug, id, () => 'a');
		const [learnt] = await addExamples(scope, project.id, [parcel], { split: 'train' });
		// as nothing here would let it happen: it was in the training data before
		await scope.tx((tx) =>
			tx.insert(runExamples).values({ projectId: project.id, runId: run.id, exampleId: learnt!, kind: 'train' })
		);
		await rewriteHistory('examples', (sql) => sql`update examples set trained = true where id = ${learnt!}`);
		await getSetUp(inside); // compares
		expect(await getEvaluation(inside, { evaluationId: id })).toMatchObject({ leaked: 1 });
		await revealResults(inside, { evaluationId: id });
		const { verdict } = await resultsOf(scope, slug, id);
		expect(verdict.kind).toBe('blocked');
		expect(verdict.checks.find(({ name }) => name === 'leak')).toMatchObject({ state: 'block' });
	});
});

test('it goes on with prompts of the pool that nobody has seen, and a second one is a second try', async () => {
	const { inside, scope, slug, run } = await newPoolContest(14);
	const { id } = await createEvaluation(inside, wish(run.id, 10, fromPool));
	await answerAll(scope, id);
	let cast = 0;
	await voteAs(scope, slug, id, () => (cast++ % 3 ? 'a' : 'b'), 8);
	await revealResults(inside, { evaluationId: id });
	expect(await getContinuation(inside, { evaluationId: id })).toEqual({ reason: null, hidden: 2, unseen: 4 });
	await addPrompts(inside, { prompts: numbered(2, 100) });
	expect(await getContinuation(inside, { evaluationId: id })).toMatchObject({ unseen: 6 });
	const next = await continueEvaluation(inside, { evaluationId: id, prompts: 6 });
	await answerAll(scope, next.id);
	await voteAs(scope, slug, next.id, () => 'a');
	await revealResults(inside, { evaluationId: next.id });
	const results = await resultsOf(scope, slug, next.id);
	expect(results).toMatchObject({
		plan: { promptsFrom: 'pool', continued: true, prompts: 16, attempt: 1 },
		verdict: { judged: 16 }
	});
	expect(new Set(results.rows.list.map(({ number }) => number)).size).toBe(16);
	// the ledger does not ask where the prompts were from
	await addExamples(scope, inside.project.id, ['Is this validation?'], { split: 'validation' });
	expect((await getSetUp(inside)).tried).toMatchObject([{ times: 1 }]);
	const again = await createEvaluation(inside, wish(run.id, 1));
	expect(await getEvaluation(inside, { evaluationId: again.id })).toMatchObject({
		promptsFrom: 'validation',
		attempt: 2
	});
});

test('nearly the same question is asked once', async () => {
	const { scope, owner, slug, run } = await newContest(0);
	const inside = await inProject({ ...scope, userId: owner.id }, slug);
	const long = 'I would like to return the shoes that I bought last month. How long does a refund take?';
	await addPrompts(inside, { prompts: [long, `Dear shop, ${long}`, 'Do you ship?'] });
	expect((await getSetUp(inside)).pool).toEqual({ usable: 2, leftOut: 0 });
	await expect(createEvaluation(inside, wish(run.id, 3, fromPool))).rejects.toMatchObject({ code: 'invalid' });
});

test('what nearly asks the same as a prompt that was asked and then deleted is not asked in the continuation', async () => {
	const { scope, inside, slug, run } = await newPoolContest(1);
	const parcel = 'Could you please tell me where my parcel is? I ordered it two weeks ago from your shop.';
	const { added } = await addPrompts(inside, { prompts: [parcel, `Hello. ${parcel}`] });
	const { id } = await createEvaluation(inside, wish(run.id, 2, fromPool));
	await answerAll(scope, id);
	await voteAs(scope, slug, id, (at) => (at === 0 ? 'a' : 'b'));
	await revealResults(inside, { evaluationId: id });
	await deletePrompts(inside, { ids: [added[0]!.id] });
	expect(await getContinuation(inside, { evaluationId: id })).toMatchObject({ unseen: 0 });
	await addPrompts(inside, { prompts: ['Which colours do you have of the long winter coat?'] });
	await getSetUp(inside); // compares what is new
	expect(await getContinuation(inside, { evaluationId: id })).toMatchObject({ unseen: 1 });
});
