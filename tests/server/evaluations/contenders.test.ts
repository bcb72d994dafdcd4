import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { monthOf } from '../../../src/lib/core/budget/month.ts';
import { removeConnection } from '../../../src/lib/server/connections/commands.ts';
import {
	castVote,
	createEvaluation,
	createScoring,
	retryGeneration,
	revealResults
} from '../../../src/lib/server/evaluations/commands.ts';
import { continueEvaluation } from '../../../src/lib/server/evaluations/continuing.ts';
import { generateOutputs } from '../../../src/lib/server/evaluations/generate.ts';
import {
	exportResults,
	getEvaluation,
	getResults,
	getSetUp,
	getTrend,
	nextPairs
} from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import {
	answerCosts,
	ballots,
	budgets,
	connections,
	evaluations,
	outputs,
	runFiles
} from '../../../src/lib/server/platform/db/schema.ts';
import { configureProviders } from '../../../src/lib/server/providers/configure.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import {
	addExamples,
	addOwnServer,
	addReadyRun,
	answerAll,
	conversation,
	newContest,
	voteAs,
	wish
} from '../../support/data/evaluation.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
let url: string;
beforeAll(async () => {
	configureProviders({ allowLocal: true });
	sandbox = await startSandbox({ port: 0, speed: 40 });
	url = `${sandbox.url}/openai/v1`;
});
afterAll(async () => {
	await sandbox.stop();
	await closePools();
});

const never = new AbortController().signal;
const quick = { firstWaitMs: 20, longestWaitMs: 100, giveUpAfterMs: 60_000 };

/** A project with a run whose model, like its base, answers at a server of the team's own. */
const contest = async (validation: number) => {
	const made = await newContest(validation);
	const own = await addOwnServer(made.scope, url);
	const run = await addReadyRun(made.scope, {
		projectId: made.project.id,
		connectionId: own.id,
		version: 2,
		model: 'sandbox-slow'
	});
	return { ...made, own, run, inside: await inProject(made.scope, made.slug) };
};
const { runId: _, ...plan } = wish('', 1);
const rowOf = async (scope: Scope, id: string) =>
	(await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, id))))[0]!;
const failNext = async (key: string, fault: string, times: number) => {
	const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
	await fetch(`${sandbox.url}/faults`, {
		method: 'POST',
		headers,
		body: JSON.stringify({ fault, times, path: '/chat' })
	});
};
const resultsOf = async (inside: Awaited<ReturnType<typeof inProject>>, evaluationId: string) => {
	const found = await getResults(inside, { evaluationId, show: 'all', page: 1 });
	if ('locked' in found) throw new Error('still locked');
	return found.results;
};
/** Judges what is open, by who wrote it. */
const judge = async (
	inside: Awaited<ReturnType<typeof inProject>>,
	evaluationId: string,
	winners: Iterable<string>
) => {
	const winner = Iterator.from(winners);
	for (;;) {
		const { pairs } = await nextPairs(inside, { evaluationId, after: -1 });
		if (pairs.length === 0) return;
		for (const { ballotId } of pairs) {
			const [ballot] = await inside.tx((tx) => tx.select().from(ballots).where(eq(ballots.id, ballotId)));
			const isFirst = (winner.next().value === 'a') !== ballot!.swapped;
			const choice = isFirst ? ('first' as const) : ('second' as const);
			await castVote(inside, { evaluationId, ballotId, choice, clientId: randomUUID() });
		}
	}
};
const refusal = (work: Promise<unknown>) =>
	work.then(
		() => 'nothing',
		({ code, field, message }: { code: string; field?: string; message: string }) => ({ code, field, message })
	);

test('a run against any model of a connection: both answer, people judge blind, and the verdict names both', async () => {
	const { scope, as, slug, inside, own, run } = await contest(14);
	const { id } = await createEvaluation(inside, {
		...plan,
		runId: run.id,
		against: { connectionId: own.id, model: 'sandbox-large' },
		pairs: 14
	});
	expect(await rowOf(scope, id)).toMatchObject({ name: 'v2 against sandbox-large', againstModel: 'sandbox-large' });
	await generateOutputs(scope, id, never, quick);
	expect(await getEvaluation(inside, { evaluationId: id })).toMatchObject({
		status: 'voting',
		answers: { a: 14, b: 14 },
		contenders: { a: { label: 'v2', serving: null }, b: { label: 'sandbox-large', serving: null } }
	});
	const rater = await as('rater');
	const seen = await getEvaluation(await inProject(rater, slug), { evaluationId: id });
	expect(JSON.stringify(seen)).not.toContain('sandbox-large');

	await judge(inside, id, 'a'.repeat(14));
	await revealResults(inside, { evaluationId: id });
	const results = await resultsOf(inside, id);
	expect(results).toMatchObject({
		contenders: { a: 'v2', b: 'sandbox-large' },
		verdict: { kind: 'ship-it' },
		next: { runId: run.id, version: 2, connectionId: null }
	});
	expect(results.checks.find(({ name }) => name === 'leak')).toMatchObject({
		state: 'untested',
		sentence: expect.stringContaining('What sandbox-large learnt from is not known here')
	});
	expect(results.checks.find(({ name }) => name === 'tries')?.sentence).toBe(
		'First comparison of v2 with sandbox-large.'
	);
	// the trend is of versions against their base
	expect(await getTrend(inside, {})).toEqual([]);
	let file = '';
	for await (const piece of (await exportResults(inside, { evaluationId: id, format: 'json' })).pieces) file += piece;
	expect(JSON.parse(file)).toMatchObject({ contenders: { a: 'v2', b: 'sandbox-large' } });
});

test('two models without any run are compared, also further; a rater is not told where one answers', async () => {
	const { scope, as, slug, inside, own } = await contest(20);
	const { id } = await createEvaluation(inside, {
		...plan,
		contender: { connectionId: own.id, model: 'sandbox-large' },
		against: { connectionId: own.id, model: 'sandbox-small' },
		pairs: 10
	});
	await generateOutputs(scope, id, never, quick);
	await judge(inside, id, 'aabaababab');
	await revealResults(inside, { evaluationId: id });
	expect(await resultsOf(inside, id)).toMatchObject({
		contenders: { a: 'sandbox-large', b: 'sandbox-small' },
		next: { runId: null, version: null, connectionId: own.id, model: 'sandbox-large' }
	});
	const ofRater = await resultsOf(await inProject(await as('rater'), slug), id);
	expect(ofRater.next).toMatchObject({ runId: null, connectionId: null, model: null });
	expect(ofRater.contenders).toEqual({ a: 'sandbox-large', b: 'sandbox-small' });

	const next = await continueEvaluation(inside, { evaluationId: id, prompts: 5 });
	await generateOutputs(scope, next.id, never, quick);
	expect(await getEvaluation(inside, { evaluationId: next.id })).toMatchObject({
		status: 'voting',
		contenders: { a: { label: 'sandbox-large' }, b: { label: 'sandbox-small' } }
	});
	await judge(inside, next.id, 'aabab');
	await revealResults(inside, { evaluationId: next.id });
	// the script of examples/verdict knows nothing of runs: every number comes out again, of both
	const { compared } = await import(new URL('../../../examples/verdict/recompute.mjs', import.meta.url).href);
	for (const evaluationId of [id, next.id]) {
		let file = '';
		for await (const piece of (await exportResults(inside, { evaluationId, format: 'json' })).pieces) file += piece;
		const rows: { name: string; same: boolean }[] = compared(JSON.parse(file));
		expect(rows.length).toBeGreaterThan(15);
		expect(rows.filter(({ same }) => !same)).toEqual([]);
		expect(rows.map(({ name }) => name)).toContain('checks.voters');
	}
});

test('what another project compares is another try, and its runs are no contenders here', async () => {
	const { scope, inside, own, run } = await contest(12);
	const { project, connection } = await newProject(scope, { slug: 'second' });
	await addExamples(scope, project.id, ['First?', 'Second?'], { split: 'validation' });
	const there = await inProject(scope, 'second');
	const two = {
		...plan,
		contender: { connectionId: own.id, model: 'sandbox-large' },
		against: { connectionId: own.id, model: 'sandbox-small' }
	};
	const { id } = await createEvaluation(inside, { ...two, pairs: 12 });
	// beside one that is being prepared in the other project
	await createEvaluation(there, { ...two, pairs: 1 });
	await generateOutputs(scope, id, never, quick);
	await judge(inside, id, 'aabaababab');
	await revealResults(inside, { evaluationId: id });
	expect((await getSetUp(inside, {})).tried).toMatchObject([{ times: 1 }]);
	expect((await getSetUp(there, {})).tried).toEqual([]);
	const third = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id });
	await createEvaluation(there, { ...two, contender: { connectionId: own.id, model: 'sandbox-slow' }, pairs: 1 });
	const rows = await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.projectId, project.id)));
	// the model of a run of the first project is a model like any other
	expect(rows.map(({ attempt, runId }) => [attempt, runId])).toEqual([
		[1, null],
		[1, null]
	]);
	for (const runId of [run.id, third.id]) {
		const asked = createEvaluation(runId === run.id ? there : inside, { ...plan, runId, pairs: 1 });
		await expect(asked).rejects.toMatchObject({ code: 'not_found' });
	}
});

test('bases of runs compete too, and are called so', async () => {
	const { scope, inside, own, run, project } = await contest(3);
	const other = await addReadyRun(scope, {
		projectId: project.id,
		connectionId: own.id,
		version: 3,
		baseModel: 'sandbox-large',
		model: 'sandbox-retires'
	});
	const { id } = await createEvaluation(inside, {
		...plan,
		contender: { baseOf: other.id },
		against: { baseOf: run.id },
		pairs: 3
	});
	expect(await rowOf(scope, id)).toMatchObject({
		name: 'base of v3 against base of v2',
		runId: null,
		baseOf: other.id,
		baseModel: 'sandbox-large',
		againstBaseOf: run.id
	});
	await generateOutputs(scope, id, never, quick);
	expect(await scope.tx((tx) => tx.$count(outputs))).toBe(6);
	// the base of a run beside that run is its base
	const usual = await createEvaluation(inside, { ...plan, runId: run.id, against: { baseOf: run.id }, pairs: 2 });
	expect(await rowOf(scope, usual.id)).toMatchObject({ name: 'v2 against base', againstConnectionId: null });
});

test('the same model under another name is the same: tries are counted, what was learnt is left out, with itself it is refused', async () => {
	const { scope, slug, inside, own, run, project } = await contest(14);
	const create = (input: Partial<Parameters<typeof createEvaluation>[1]>) =>
		createEvaluation(inside, { ...plan, against: 'base', pairs: 12, ...input });
	const base = { connectionId: own.id, model: 'sandbox-small' };
	const first = await create({ runId: run.id });
	await answerAll(scope, first.id);
	await voteAs(scope, slug, first.id, () => 'a', 12);
	const second = await create({ runId: run.id, against: base });
	expect(await rowOf(scope, second.id)).toMatchObject({ attempt: 2, name: 'v2 against base', againstModel: null });
	await answerAll(scope, second.id);
	await voteAs(scope, slug, second.id, () => 'a', 12);
	const third = await create({ contender: base, against: run.id });
	expect(await rowOf(scope, third.id)).toMatchObject({ attempt: 3, baseOf: run.id, name: 'base of v2 against v2' });
	expect((await getSetUp(inside)).tried).toEqual([{ two: [run.id, `${own.id}:sandbox-small`], times: 2 }]);

	const body = `${JSON.stringify({ messages: conversation('Question 2?') })}\n`;
	const sent = { projectId: project.id, kind: 'train' as const, body, sha256: '', byteCount: body.length };
	await scope.tx((tx) => tx.insert(runFiles).values({ ...sent, runId: run.id }));
	const byName = { connectionId: own.id, model: 'sandbox-slow' };
	const other = { connectionId: own.id, model: 'sandbox-large' };
	await expect(create({ contender: byName, against: other, pairs: 14 })).rejects.toThrow('Only 13');
	const fourth = await create({ contender: byName, against: other });
	expect(await rowOf(scope, fourth.id)).toMatchObject({ runId: run.id, label: null });

	for (const [contender, against] of [
		[other, other],
		[base, { baseOf: run.id }],
		[byName, run.id]
	] as const)
		await expect(create({ contender, against })).rejects.toMatchObject({ code: 'invalid', field: 'against' });
	await expect(create({ contender: other, against: { ...other, model: 'sandbox-small' } })).resolves.toMatchObject({
		number: 5
	});
	await expect(create({ contender: other, against: { ...other, model: 'sandbox-small' } })).rejects.toThrow(
		'Comparison 5 of these two is being prepared'
	);
});

test('owners and trainers choose a model, raters and strangers do not; a connection of another team is as unknown as none', async () => {
	const { scope, as, slug, inside, own, run } = await contest(3);
	const stranger = await newTeam();
	const theirs = await addOwnServer(stranger.scope, url);
	const asked = (connectionId: string) => ({
		...plan,
		runId: run.id,
		against: { connectionId, model: 'sandbox-large' },
		pairs: 2
	});
	const nobodys = '00000000-0000-4000-8000-000000000000';
	const unknown = await refusal(createEvaluation(inside, asked(nobodys)));
	expect(unknown).toMatchObject({ code: 'not_found', message: 'There is no such connection.' });
	expect(await refusal(createEvaluation(inside, asked(theirs.id)))).toEqual(unknown);
	const swapped = {
		...plan,
		contender: { connectionId: theirs.id, model: 'sandbox-large' },
		against: run.id,
		pairs: 2
	};
	expect(await refusal(createEvaluation(inside, swapped))).toEqual(unknown);
	// and the database itself knows no such pair
	await expect(
		scope.tx((tx) =>
			tx.insert(evaluations).values({
				...{ projectId: inside.project.id, number: 9, name: 'x', runId: run.id, connectionId: own.id, baseModel: 'x' },
				...{ againstConnectionId: theirs.id, againstModel: 'x', againstLabel: 'x' },
				...{ systemPrompt: '', planned: 1, temperature: 0, maxTokens: 16, seed: 1, status: 'generating' }
			})
		)
	).rejects.toMatchObject({ cause: { code: '23503' } });
	await expect(createEvaluation({ ...stranger.scope, project: inside.project }, asked(own.id))).rejects.toMatchObject({
		code: 'not_found'
	});
	await expect(createEvaluation(await inProject(await as('rater'), slug), asked(own.id))).rejects.toThrow(/rater/);
	expect(await scope.tx((tx) => tx.$count(evaluations))).toBe(0);
	expect((await createEvaluation(await inProject(await as('trainer'), slug), asked(own.id))).number).toBe(1);
});

test('a model is asked before anything begins: what does not answer is refused in words, and nothing is made', async () => {
	const { scope, inside, own, run, connection } = await contest(3);
	const against = (connectionId: string, model: string) =>
		refusal(createEvaluation(inside, { ...plan, runId: run.id, against: { connectionId, model }, pairs: 2 }));
	expect(await against(own.id, 'nobody-knows-it')).toMatchObject({
		code: 'conflict',
		field: 'against',
		message: expect.stringMatching(
			/^“nobody-knows-it” of On this machine does not answer now\. .*Nothing was started\.$/
		)
	});
	const away = await addOwnServer(scope, 'http://127.0.0.1:9/v1', { name: 'Away' });
	expect(await against(away.id, 'x')).toMatchObject({ code: 'conflict', message: expect.stringContaining('of Away') });
	const refused = await addOwnServer(scope, url, { name: 'Refused', key: 'refused-key' });
	expect(await against(refused.id, 'sandbox-small')).toMatchObject({ code: 'conflict' });
	const [marked] = await scope.tx((tx) => tx.select().from(connections).where(eq(connections.id, refused.id)));
	expect(marked!.status).toBe('refused');
	expect((await getSetUp(inside)).connections.find(({ id }) => id === refused.id)!.problem).toMatch(/key/);
	// one that would have to be deployed
	await scope.tx((tx) => tx.update(connections).set({ baseUrl: sandbox.url }).where(eq(connections.id, connection.id)));
	expect(await against(connection.id, 'sandbox-not-serverless')).toMatchObject({
		code: 'conflict',
		message: expect.stringContaining('does not answer without being deployed')
	});
	// a budget that is spent pays for no question
	const { id: projectId } = inside.project;
	await scope.tx(async (tx) => {
		await tx.insert(budgets).values({ projectId, cents: 100 });
		await tx.insert(answerCosts).values({ projectId, month: monthOf(new Date()), purpose: 'generating', cents: 100 });
	});
	expect(await against(own.id, 'sandbox-large')).toMatchObject({ code: 'over_budget' });
	expect(await scope.tx((tx) => tx.$count(evaluations))).toBe(0);
});

test('a model that is busy is not refused; one that dies meanwhile is said, can be tried again, and keeps its connection', async () => {
	const { scope, inside, own, run } = await contest(6);
	await failNext(own.key, '429', 1);
	const { id } = await createEvaluation(inside, {
		...plan,
		runId: run.id,
		against: { connectionId: own.id, model: 'sandbox-large' },
		pairs: 6
	});
	// it is asked first: a run's model would be deployed for nothing
	await failNext(own.key, '404', 1000);
	await generateOutputs(scope, id, never, quick);
	const failed = await rowOf(scope, id);
	expect(failed).toMatchObject({
		status: 'failed',
		problem: expect.stringMatching(/does not answer now\..*Nothing was started\.$/)
	});
	expect(await scope.tx((tx) => tx.$count(outputs))).toBe(0);
	await expect(removeConnection(scope, { connectionId: own.id })).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringContaining('evaluations')
	});
	expect((await getEvaluation(inside, { evaluationId: id })).problem).toBe(failed.problem);
	await retryGeneration(inside, { evaluationId: id });
	expect((await rowOf(scope, id)).status).toBe('generating');
});

test('voters read no name of a model that competes', async () => {
	const { scope, as, slug, inside, own } = await contest(2);
	const { id } = await createEvaluation(inside, {
		...plan,
		contender: { connectionId: own.id, model: 'sandbox-large' },
		against: { connectionId: own.id, model: 'sandbox-thinks' },
		pairs: 2
	});
	await answerAll(
		scope,
		id,
		(letter) => `I am ${letter === 'a' ? 'sandbox-large' : 'Sandbox Thinks'}, at your service.`
	);
	const { pairs } = await nextPairs(await inProject(await as('rater'), slug), { evaluationId: id, after: -1 });
	expect(pairs).toHaveLength(2);
	for (const { first, second } of pairs)
		expect([first, second]).toEqual(Array(2).fill('I am [name hidden], at your service.'));
});

test('any model can be scored', async () => {
	const { scope, inside, own } = await contest(3);
	const scoring = { pairs: 3, votes: 1, temperature: 0, maxTokens: 64, thinking: false };
	const contender = { connectionId: own.id, model: 'sandbox-large' };
	const { id } = await createScoring(inside, { ...scoring, contender });
	await expect(createScoring(inside, { ...scoring, contender })).rejects.toThrow('Scoring 1 of this model');
	await generateOutputs(scope, id, never, quick);
	expect(await getEvaluation(inside, { evaluationId: id })).toMatchObject({
		kind: 'scoring',
		title: 'Scores of sandbox-large',
		status: 'voting',
		answers: { a: 3, b: 0 },
		contenders: { a: { label: 'sandbox-large' }, b: null }
	});
});
