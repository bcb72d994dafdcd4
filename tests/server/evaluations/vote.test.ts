import { randomUUID } from 'node:crypto';
import { asc } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { outbox, votes } from '../../../src/lib/server/platform/db/schema.ts';
import { openBooth } from '../../../src/lib/server/evaluations/ballots.ts';
import { getEvaluation } from '../../../src/lib/server/evaluations/progress.ts';
import { castVote, undoVote } from '../../../src/lib/server/evaluations/vote.ts';
import { stopQueue } from '../../../src/lib/server/jobs/queue.ts';
import { newBallot } from '../../support/evaluation.ts';
import { newTeam } from '../../support/team.ts';

afterAll(async () => {
	await stopQueue();
	await closePools();
});

test('a vote sent twice, also at once, counts once', async () => {
	const { scope, slug, id } = await newBallot(3);
	const { pairs } = await openBooth(scope, slug, id);
	const vote = { evaluationId: id, ballotId: pairs[0]!.ballotId, choice: 'first' as const, clientId: randomUUID() };
	const answers = await Promise.all([
		castVote(scope, slug, vote),
		castVote(scope, slug, vote),
		castVote(scope, slug, vote)
	]);
	for (const answer of answers) expect(answer).toEqual({ judged: 1, total: 3 });
	expect(await castVote(scope, slug, vote)).toEqual({ judged: 1, total: 3 });
	expect(await scope.tx((tx) => tx.$count(votes))).toBe(1);
});

test('the id of a vote belongs to one comparison', async () => {
	const { scope, slug, id } = await newBallot(3);
	const { pairs } = await openBooth(scope, slug, id);
	const vote = { evaluationId: id, ballotId: pairs[0]!.ballotId, choice: 'first' as const, clientId: randomUUID() };
	await castVote(scope, slug, vote);
	await expect(castVote(scope, slug, { ...vote, ballotId: pairs[1]!.ballotId })).rejects.toMatchObject({
		code: 'conflict'
	});
});

test('undo appends, the pair comes again, and nothing is ever overwritten', async () => {
	const { scope, slug, id } = await newBallot(2);
	const { pairs } = await openBooth(scope, slug, id);
	const [one, two] = pairs.map(({ ballotId }) => ({ evaluationId: id, ballotId }));
	await castVote(scope, slug, { ...one!, choice: 'first', clientId: randomUUID() });
	await castVote(scope, slug, { ...two!, choice: 'both_bad', clientId: randomUUID() });
	expect((await openBooth(scope, slug, id)).state).toBe('done');
	const taken = { ...one!, clientId: randomUUID() };
	expect(await undoVote(scope, slug, taken)).toEqual({ judged: 1, total: 2 });
	expect(await undoVote(scope, slug, taken)).toEqual({ judged: 1, total: 2 });
	const again = await openBooth(scope, slug, id);
	expect(again).toMatchObject({ state: 'open', judged: 1, pairs: [{ ballotId: one!.ballotId }] });
	await castVote(scope, slug, { ...one!, choice: 'second', clientId: randomUUID() });
	const all = await scope.tx((tx) => tx.select().from(votes).orderBy(asc(votes.seq)));
	expect(all.map((vote) => vote.choice)).toEqual(['first', 'both_bad', null, 'second']);
	expect((await openBooth(scope, slug, id)).state).toBe('done');
});

test('only the own ballot, only of this evaluation', async () => {
	const { scope, as, slug, id } = await newBallot(3);
	const other = await newBallot(3);
	const rater = await as('rater');
	const { pairs } = await openBooth(scope, slug, id);
	await openBooth(rater, slug, id);
	const vote = { evaluationId: id, ballotId: pairs[0]!.ballotId, choice: 'first' as const, clientId: randomUUID() };
	const none = { code: 'not_found' };
	await expect(castVote(rater, slug, vote)).rejects.toMatchObject(none);
	await expect(undoVote(rater, slug, vote)).rejects.toMatchObject(none);
	await expect(castVote(other.scope, slug, vote)).rejects.toMatchObject(none);
	await expect(castVote(other.scope, other.slug, { ...vote, evaluationId: other.id })).rejects.toMatchObject(none);
	await expect(castVote((await newTeam()).scope, slug, vote)).rejects.toMatchObject(none);
	await expect(castVote({ ...rater, userId: scope.userId }, slug, vote)).rejects.toThrow();
	const { ballotId } = (await openBooth(rater, slug, id)).pairs[0]!;
	await expect(castVote(scope, slug, { ...vote, ballotId })).rejects.toMatchObject(none);
	expect(await scope.tx((tx) => tx.$count(votes))).toBe(0);
});

test('progress tells who has judged how many, not what, and pages hear of every vote', async () => {
	const { scope, as, slug, id } = await newBallot(4);
	const rater = await as('rater');
	for (const [person, count] of [
		[scope, 1],
		[rater, 3]
	] as const) {
		const { pairs } = await openBooth(person, slug, id);
		for (const { ballotId } of pairs.slice(0, count)) {
			await castVote(person, slug, { evaluationId: id, ballotId, choice: 'first', clientId: randomUUID() });
		}
	}
	const shown = await getEvaluation(rater, slug, id);
	expect(shown).toMatchObject({
		title: 'Comparison 1',
		contenders: null,
		mine: 3,
		planned: 4,
		revealed: false,
		over: false
	});
	expect(shown.voters).toEqual([
		{ name: 'Rita', judged: 3 },
		{ name: 'Ana', judged: 1 }
	]);
	const payload = JSON.stringify(shown);
	for (const secret of ['sandbox', 'zebra', 'base', 'v1', 'first']) expect(payload).not.toContain(secret);
	expect(await getEvaluation(scope, slug, id)).toMatchObject({
		title: 'v1 against base',
		contenders: { a: { label: 'v1' }, b: { label: 'base' } }
	});
	const topics = await scope.tx((tx) => tx.select().from(outbox));
	expect(topics.filter((row) => row.topic === `evaluation:${id}`)).toHaveLength(4);
	await expect(getEvaluation((await newTeam()).scope, slug, id)).rejects.toMatchObject({ code: 'not_found' });
});
