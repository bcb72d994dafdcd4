import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { Results } from '../../../src/lib/contract/evaluation-results.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { addRemark, castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { exportResults, getResults, nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { remarks } from '../../../src/lib/server/platform/db/schema.ts';
import { newBallot } from '../../support/evaluation.ts';

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
	await remark(two);
	await castVote(voter, { ...act(two), choice: null });
	await expect(remark(two)).rejects.toMatchObject(refused);
	await castVote(voter, { ...act(three), choice: 'first' });
	await revealResults(voter, { evaluationId: id });
	const { scores, rows } = await resultsOf(voter, id);
	expect(scores).toBeNull();
	expect(rows.list).toHaveLength(1);
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
