import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import type { Results } from '../../../src/lib/contract/evaluation-results.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import {
	addRemark,
	castVote,
	createScoring,
	revealResults,
	scoreAnswer
} from '../../../src/lib/server/evaluations/commands.ts';
import { exportResults, getResults, nextAnswers, nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { activities, remarks } from '../../../src/lib/server/platform/db/schema.ts';
import { answerScoring, newBallot } from '../../support/data/evaluation.ts';
import { raw } from '../../support/database/raw.ts';
import { newProject } from '../../support/data/team.ts';

afterAll(() => closePools());

const resultsOf = async (who: ProjectScope, evaluationId: string): Promise<Results> => {
	const found = await getResults(who, { evaluationId, show: 'all', page: 1 });
	if (!('results' in found)) throw new Error('still locked');
	return found.results;
};

/** An evaluation of so many pairs, who votes in it, and their pairs: which of the two is the run’s. */
const begun = async (pairs: number) => {
	const ballot = await newBallot(pairs);
	const voter = await inProject(ballot.scope, ballot.slug);
	const queue = (await nextPairs(voter, { evaluationId: ballot.id, after: -1 })).pairs;
	const act = ({ ballotId }: { ballotId: string }) => ({ evaluationId: ballot.id, ballotId, clientId: randomUUID() });
	return { ...ballot, voter, queue, act };
};
type Begun = Awaited<ReturnType<typeof begun>>;
const isFirst = ({ first }: Begun['queue'][number]) => first.startsWith('Apple');
/** Scores as they stand on the screen. */
const scores = (pair: Begun['queue'][number], a: number | null, b: number | null) =>
	isFirst(pair) ? { first: a, second: b } : { first: b, second: a };

test('scores and notes stand beside their pairs, whoever stood first, and their means are told', async () => {
	const { voter, queue, act, id } = await begun(3);
	for (const pair of queue) await castVote(voter, { ...act(pair), choice: 'tie' });
	await addRemark(voter, { ...act(queue[0]!), ...scores(queue[0]!, 9, 4), note: 'B names no time.' });
	await addRemark(voter, { ...act(queue[1]!), ...scores(queue[1]!, 6, null), note: '' });
	// what is said last counts
	await addRemark(voter, { ...act(queue[2]!), ...scores(queue[2]!, 1, 1), note: 'a slip' });
	await addRemark(voter, { ...act(queue[2]!), ...scores(queue[2]!, 9, 8), note: '' });
	await revealResults(voter, { evaluationId: id });
	const { scores: means, rows } = await resultsOf(voter, id);
	expect(means).toEqual({ a: { mean: 8, count: 3 }, b: { mean: 6, count: 2 } });
	const said = new Map(rows.list.map(({ position, votes }) => [position, votes[0]!]));
	const at = (pair: Begun['queue'][number]) => said.get(Number(/\d+/.exec(pair.first)![0]))!;
	expect(queue.map((pair) => [at(pair).scores, at(pair).note])).toEqual([
		[{ a: 9, b: 4 }, 'B names no time.'],
		[{ a: 6, b: null }, null],
		[{ a: 9, b: 8 }, null]
	]);
	const file = await exportResults(voter, { evaluationId: id, format: 'csv' });
	const text = (await Array.fromAsync(file.pieces)).join('');
	expect(text).toContain('mean_score_a,mean_score_b,notes');
	expect(text).toContain(`${at(queue[0]!).voter}: B names no time.`);
});

test('without any there is no mean', async () => {
	const { voter, queue, act, id } = await begun(1);
	await castVote(voter, { ...act(queue[0]!), choice: 'first' });
	await addRemark(voter, { ...act(queue[0]!), first: null, second: null, note: 'Both are short.' });
	await revealResults(voter, { evaluationId: id });
	expect((await resultsOf(voter, id)).scores).toBeNull();
});

test('what is sent twice, also at once, counts once; its id belongs to one pair', async () => {
	const { voter, queue, act, scope } = await begun(2);
	for (const pair of queue) await castVote(voter, { ...act(pair), choice: 'first' });
	const remark = { ...act(queue[0]!), first: 7, second: 5, note: '' };
	await Promise.all([addRemark(voter, remark), addRemark(voter, remark), addRemark(voter, remark)]);
	expect(await scope.tx((tx) => tx.$count(remarks))).toBe(1);
	const other = { ...remark, ballotId: queue[1]!.ballotId };
	await expect(addRemark(voter, other)).rejects.toMatchObject({ code: 'conflict' });
});

test('it belongs to a vote: not before it, not to what was skipped, and no longer when it is taken back', async () => {
	const { voter, queue, act, id } = await begun(3);
	const [one, two, three] = queue as [Begun['queue'][0], Begun['queue'][0], Begun['queue'][0]];
	const remark = (pair: typeof one) => addRemark(voter, { ...act(pair), first: 7, second: 7, note: 'x' });
	const refused = { code: 'conflict', field: 'ballotId' };
	await expect(remark(one)).rejects.toMatchObject(refused);
	await castVote(voter, { ...act(one), choice: 'skip' });
	await expect(remark(one)).rejects.toMatchObject(refused);
	await castVote(voter, { ...act(two), choice: 'first' });
	await expect(remark(one)).rejects.toMatchObject(refused);
	await remark(two);
	await castVote(voter, { ...act(two), choice: null });
	await expect(remark(two)).rejects.toMatchObject(refused);
	await castVote(voter, { ...act(three), choice: 'first' });
	await revealResults(voter, { evaluationId: id });
	const { scores, rows } = await resultsOf(voter, id);
	expect(scores).toBeNull();
	expect(rows.list).toHaveLength(1);
});

test('what had arrived may be sent again, also while it is being written, and when its vote was taken back since', async () => {
	const { voter, queue, act, scope, id } = await begun(2);
	for (const pair of queue) await castVote(voter, { ...act(pair), choice: 'first' });
	await addRemark(voter, { ...act(queue[0]!), first: 7, second: 5, note: '' });
	const remark = { ...act(queue[1]!), first: 7, second: 5, note: 'x' };
	let again!: Promise<unknown>;
	await raw(voter, async (sql) => {
		const { ballotId, clientId } = remark;
		await sql`select from add_remark(${voter.project.id}, ${id}, ${ballotId}, 7, 5, 'x', ${clientId})`;
		again = addRemark(voter, remark).catch((problem) => problem);
		await Promise.race([again, sleep(200)]);
	});
	expect(await again).toEqual({ ballotId: remark.ballotId });
	await castVote(voter, { ...act(queue[1]!), choice: null });
	expect(await addRemark(voter, remark)).toEqual({ ballotId: remark.ballotId });
	expect(await scope.tx((tx) => tx.$count(remarks))).toBe(2);
});

test('it is of a pair of this comparison: not of another evaluation, of none, or of an answer that is scored', async () => {
	const { voter, queue, act, scope, run } = await begun(2);
	const asked = { runId: run.id, pairs: 2, votes: 1, temperature: 0, maxTokens: 512, thinking: false };
	const scoring = await createScoring(voter, asked);
	await answerScoring(scope, scoring.id);
	const { ballotId } = (await nextAnswers(voter, { evaluationId: scoring.id, after: -1 })).list[0]!;
	await castVote(voter, { ...act(queue[0]!), choice: 'first' });
	const answer = { evaluationId: scoring.id, ballotId, clientId: randomUUID() };
	await scoreAnswer(voter, { ...answer, score: 7 });
	const said = { first: 7, second: 7, note: '' };
	await expect(addRemark(voter, { ...answer, ...said })).rejects.toMatchObject({ code: 'conflict' });
	const elsewhere = addRemark(voter, { ...act(queue[0]!), ...said, ballotId });
	await expect(elsewhere).rejects.toMatchObject({ code: 'not_found' });
	const nowhere = addRemark(voter, { ...act(queue[0]!), ...said, evaluationId: randomUUID() });
	await expect(nowhere).rejects.toThrow('There is no such evaluation');
	await newProject(scope, { slug: 'two' });
	const inAnother = addRemark(await inProject(scope, 'two'), { ...act(queue[0]!), ...said });
	await expect(inAnother).rejects.toThrow('There is no such evaluation');
	await addRemark(voter, { ...act(queue[0]!), ...said });
	const told = await scope.tx((tx) => tx.select().from(activities));
	const [remarked] = told.filter(({ event }) => event === 'evaluation.remarked');
	expect(remarked ?? null).toMatchObject({ details: { number: 1 } });
});

test('after the reveal nothing is taken, by the database too; what had arrived may be sent again', async () => {
	const { voter, queue, act, scope, id } = await begun(2);
	for (const pair of queue) await castVote(voter, { ...act(pair), choice: 'first' });
	const sent = { ...act(queue[0]!), first: 7, second: 7, note: 'x' };
	await addRemark(voter, sent);
	await revealResults(voter, { evaluationId: id });
	await addRemark(voter, sent);
	const late = { ...sent, clientId: randomUUID() };
	await expect(addRemark(voter, late)).rejects.toMatchObject({ code: 'conflict', field: 'evaluationId' });
	const [one] = await scope.tx((tx) => tx.select().from(remarks));
	const { id: _, seq: _seq, createdAt: _at, ...row } = one!;
	const again = scope.tx((tx) => tx.insert(remarks).values({ ...row, clientId: randomUUID() }));
	await expect(again).rejects.toMatchObject({ cause: { code: 'AI030' } });
});

test('a note on somebody else’s ballot is refused, and nobody’s note is in what a voter gets before the reveal', async () => {
	const { voter, as, slug, queue, act, id } = await begun(3);
	await castVote(voter, { ...act(queue[0]!), choice: 'first' });
	const rater = await inProject(await as('rater'), slug);
	const stolen = { ...act(queue[0]!), first: 1, second: 1, note: 'x' };
	await expect(addRemark(rater, stolen)).rejects.toMatchObject({ code: 'not_found' });
	const seen = async () =>
		JSON.stringify([
			await nextPairs(rater, { evaluationId: id, after: -1 }),
			await getResults(rater, { evaluationId: id, show: 'all', page: 1 })
		]);
	const before = await seen();
	await addRemark(voter, { ...act(queue[0]!), first: 2, second: 9, note: 'Zanzibar' });
	expect(await seen()).toBe(before);
});

test('a note is kept without what no text of Postgres keeps', async () => {
	const { voter, queue, act, id } = await begun(1);
	await castVote(voter, { ...act(queue[0]!), choice: 'tie' });
	await addRemark(voter, { ...act(queue[0]!), first: null, second: null, note: 'pas\u0000ted \ud800' });
	await revealResults(voter, { evaluationId: id });
	expect((await resultsOf(voter, id)).rows.list[0]!.votes[0]!.note).toBe('pasted \ufffd');
});
