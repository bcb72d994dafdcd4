import { and, eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WantedFewShot } from '../../../src/lib/contract/contenders.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { createEvaluation, createScoring, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { continueEvaluation } from '../../../src/lib/server/evaluations/continuing.ts';
import { getFewShot } from '../../../src/lib/server/evaluations/few-shot.ts';
import { generateOutputs } from '../../../src/lib/server/evaluations/generate.ts';
import { exportResults, getResults, getSetUp } from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, examples, pairings } from '../../../src/lib/server/platform/db/schema.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { startEchoServer } from '../../support/servers/echo-server.ts';
import {
	addExamples,
	addOwnServer,
	addReadyRun,
	answerAll,
	newContest,
	voteAs,
	wish
} from '../../support/data/evaluation.ts';
import { raw } from '../../support/database/raw.ts';

let server: Awaited<ReturnType<typeof startEchoServer>>;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	server = await startEchoServer();
});
afterAll(async () => {
	await server.stop();
	await closePools();
});

const never = new AbortController().signal;
const quick = { firstWaitMs: 20, longestWaitMs: 100, giveUpAfterMs: 60_000 };

/** A run and its base at a server of the team's own, and `train` examples to show. */
const contest = async (validation: number, train = 6) => {
	const made = await newContest(validation);
	const { scope, project, slug } = made;
	const questions = Array.from({ length: train }, (_, at) => `How do I mend number ${at} of my own?`);
	const shown = await addExamples(scope, project.id, questions, { split: 'train', from: 500 });
	const own = await addOwnServer(scope, server.url);
	const of = { projectId: project.id, connectionId: own.id, version: 2, baseModel: 'zebra-7b', model: 'ant-1b' };
	const run = await addReadyRun(scope, of);
	const inside = await inProject(scope, slug);
	const against = (fewShot?: WantedFewShot) => ({ baseOf: run.id, ...(fewShot && { fewShot }) });
	return { ...made, own, run, shown, inside, against };
};
const rowOf = async (scope: Scope, id: string) =>
	(await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, id))))[0]!;
const refusal = (work: Promise<unknown>) =>
	work.then(
		() => 'nothing',
		({ code, field, message }: { code: string; field?: string; message: string }) => ({ code, field, message })
	);
const resultsOf = async (inside: Awaited<ReturnType<typeof inProject>>, evaluationId: string) => {
	const found = await getResults(inside, { evaluationId, show: 'all', page: 1 });
	if ('locked' in found) throw new Error('still locked');
	return found.results;
};

test('the base with examples in its prompt is asked with exactly what was shown, and the other side is not', async () => {
	const { scope, inside, run, against } = await contest(3);
	const seen = await getFewShot(inside, { examples: 3 });
	expect(seen).toMatchObject({ systemPrompt: 'Be kind.', problem: null });
	expect(await getFewShot(inside, { examples: 3 })).toEqual(seen);

	const fewShot = { examples: 3, systemPrompt: 'Be brief.', seen: seen.fingerprint };
	const { id } = await createEvaluation(inside, wish(run.id, 3, { against: against(fewShot) }));
	expect(await rowOf(scope, id)).toMatchObject({
		name: 'v2 against base with 3 examples in its prompt',
		againstLabel: 'base with 3 examples in its prompt',
		fewShot: null,
		againstFewShot: { systemPrompt: 'Be brief.', shots: seen.shots }
	});
	server.asked.length = 0;
	await generateOutputs(scope, id, never, quick);
	const turns = (model: string) =>
		server.asked.filter((one) => one.model === model).map(({ messages }) => messages.map(({ content }) => content));
	const shown = seen.shots.flatMap(({ messages }) => messages.map(({ content }) => content));
	expect(shown).toHaveLength(6);
	for (const said of turns('zebra-7b'))
		expect(said).toEqual(['Be brief.', ...shown, expect.stringContaining('Question')]);
	for (const said of turns('ant-1b')) expect(said).toEqual(['Be kind.', expect.stringContaining('Question')]);
	expect(turns('zebra-7b')).toHaveLength(3);
});

test('results, verdict and file name it plainly; it goes on with the same prompt', async () => {
	const { scope, slug, inside, run, against } = await contest(30);
	const { id } = await createEvaluation(inside, wish(run.id, 24, { against: against({ examples: 5 }) }));
	await answerAll(scope, id);
	await voteAs(scope, slug, id, (position) => (position < 20 ? 'a' : 'b'));
	await revealResults(inside, { evaluationId: id });
	const results = await resultsOf(inside, id);
	const label = 'base with 5 examples in its prompt';
	expect(results.contenders).toEqual({ a: 'v2', b: label });
	expect(results.verdict.sentence).toContain(`Better than ${label} in 20, worse in 4`);
	expect(results.prompts).toEqual({ a: null, b: { systemPrompt: 'Be kind.', shots: expect.any(Array) } });
	let file = '';
	for await (const piece of (await exportResults(inside, { evaluationId: id, format: 'json' })).pieces) file += piece;
	expect(JSON.parse(file).prompts.b.shots).toHaveLength(5);

	const other = await createEvaluation(inside, wish(run.id, 24, { against: against({ examples: 5 }) }));
	await answerAll(scope, other.id);
	await voteAs(scope, slug, other.id, (position) => (position < 13 ? 'a' : 'b'));
	await revealResults(inside, { evaluationId: other.id });
	const next = await continueEvaluation(inside, { evaluationId: other.id, prompts: 5 });
	expect((await rowOf(scope, next.id)).againstFewShot).toEqual((await rowOf(scope, other.id)).againstFewShot);
});

test('the ledger of tries knows it as an opponent of its own, whatever stands in its prompt', async () => {
	const { scope, slug, inside, own, run, against } = await contest(14, 8);
	const attempt = async (other: ReturnType<typeof against> | 'base') => {
		const { id } = await createEvaluation(inside, wish(run.id, 13, { against: other }));
		await answerAll(scope, id);
		await voteAs(scope, slug, id, () => 'tie');
		return (await rowOf(scope, id)).attempt;
	};
	expect(await attempt(against({ examples: 3 }))).toBe(1);
	expect(await attempt('base')).toBe(1);
	expect(await attempt(against({ examples: 5, systemPrompt: 'Be brief.' }))).toBe(2);
	expect(await attempt('base')).toBe(2);
	expect((await getSetUp(inside, {})).tried).toEqual(
		expect.arrayContaining([{ two: [run.id, `${own.id}:zebra-7b+prompt`], times: 2 }])
	);
	// two prompts of one model are two contenders; one is not compared with itself
	const twice = (a: WantedFewShot, b: WantedFewShot) => {
		const { runId: _, ...plan } = wish('', 3);
		return createEvaluation(inside, { ...plan, contender: against(a), against: against(b) });
	};
	expect(await refusal(twice({ examples: 3 }, { examples: 3 }))).toMatchObject({ code: 'invalid', field: 'against' });
	expect(await rowOf(scope, (await twice({ examples: 3 }, { examples: 5 })).id)).toMatchObject({
		name: 'base of v2 with 3 examples in its prompt against base of v2 with 5 examples in …'
	});
});

test('only what is in train, good enough and like nothing that is asked stands in a prompt', async () => {
	const { scope, project, inside, shown, exampleIds } = await contest(3, 5);
	const first = await getFewShot(inside, { examples: 5 });
	expect(first.shots.map(({ exampleId }) => exampleId).toSorted()).toEqual(shown.toSorted());
	// one asks nearly what a validation example asks, one has been deleted, one is rated too low
	const [twin, gone, low] = shown;
	const change = (id: string, values: Partial<typeof examples.$inferInsert>) =>
		scope.tx((tx) => tx.update(examples).set(values).where(eq(examples.id, id)));
	const family = Buffer.from('f'.repeat(64), 'hex');
	await change(twin!, { family });
	await change(exampleIds[0]!, { family });
	await change(gone!, { deletedAt: new Date() });
	await raw(
		scope,
		(sql) => sql`insert into ratings (project_id, example_id, person_id, score, client_id)
		values (${project.id}, ${low!}, ${scope.userId}, 3, ${crypto.randomUUID()})`
	);
	const left = await getFewShot(inside, { examples: 5 });
	expect(left.shots.map(({ exampleId }) => exampleId).toSorted()).toEqual(shown.slice(3).toSorted());
	expect(left.problem).toContain('Only 2 examples in train are rated 8 or better');
	const { runId: _, ...plan } = wish('', 1);
	const start = (fewShot: WantedFewShot) =>
		createEvaluation(inside, { ...plan, runId: project.id, against: { baseOf: project.id, fewShot } });
	expect(await refusal(start({ examples: 5 }))).toMatchObject({ code: 'not_found' });
});

test('other examples than were looked at begin nothing, and neither do too few or a prompt for a run', async () => {
	const { scope, inside, run, own, against } = await contest(3, 4);
	const start = (other: object) => refusal(createEvaluation(inside, wish(run.id, 3, { against: other })));
	expect(await start(against({ examples: 3, seen: '0'.repeat(32) }))).toMatchObject({
		code: 'conflict',
		field: 'against',
		message: expect.stringContaining('others by now')
	});
	expect(await start(against({ examples: 8 }))).toMatchObject({
		code: 'conflict',
		message: expect.stringContaining('Only 4 examples in train')
	});
	expect(await start({ connectionId: own.id, model: 'ant-1b', fewShot: { examples: 3 } })).toMatchObject({
		code: 'invalid',
		message: expect.stringContaining('a trained model competes as it is')
	});
	// the database says so too, and keeps what was sent
	const { id } = await createEvaluation(inside, wish(run.id, 3, { against: against({ examples: 3 }) }));
	const change = (text: string) => raw(scope, (sql) => sql.unsafe(`update evaluations set ${text} where id = '${id}'`));
	await expect(change(`against_few_shot = null`)).rejects.toMatchObject({ code: 'AI006' });
	await expect(change(`few_shot = against_few_shot`)).rejects.toThrow();
	expect(await scope.tx((tx) => tx.$count(evaluations))).toBe(1);
});

test('a prompt that comes to ask what an example shows is a leak, and is not asked when it goes on', async () => {
	const { scope, slug, inside, run, against } = await contest(16, 3);
	const { id } = await createEvaluation(inside, wish(run.id, 13, { against: against({ examples: 3 }) }));
	await answerAll(scope, id);
	await voteAs(scope, slug, id, () => 'tie');
	await revealResults(inside, { evaluationId: id });
	expect((await resultsOf(inside, id)).checks.find(({ name }) => name === 'leak')?.state).toBe('ok');
	const { shots } = (await rowOf(scope, id)).againstFewShot!;
	const family = Buffer.from('e'.repeat(64), 'hex');
	const [asked] = await scope.tx((tx) =>
		tx
			.select({ id: pairings.exampleId })
			.from(pairings)
			.where(and(eq(pairings.evaluationId, id), eq(pairings.position, 0)))
	);
	for (const one of [shots[0]!.exampleId, asked!.id!])
		await scope.tx((tx) => tx.update(examples).set({ family }).where(eq(examples.id, one)));
	expect((await resultsOf(inside, id)).checks.find(({ name }) => name === 'leak')?.state).toBe('block');
});

test('a model with a prompt of its own is scored too', async () => {
	const { scope, inside, own } = await contest(3, 4);
	const asked = { pairs: 3, votes: 1, temperature: 0, maxTokens: 64, thinking: false };
	const contender = { connectionId: own.id, model: 'zebra-7b', fewShot: { examples: 3 } };
	const { id } = await createScoring(inside, { contender, ...asked });
	expect(await rowOf(scope, id)).toMatchObject({
		name: 'Scores of zebra-7b with 3 examples in its prompt',
		fewShot: { shots: [{}, {}, {}] }
	});
});
