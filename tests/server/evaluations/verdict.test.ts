import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { getEvaluation, getTrend, listEvaluations, nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { requeueCounts } from '../../../src/lib/server/evaluations/jobs.ts';
import { countVotes } from '../../../src/lib/server/evaluations/verdict.ts';
import { isQueued } from '../../../src/lib/server/jobs/is-queued.ts';
import { stopQueue } from '../../../src/lib/server/jobs/queue.ts';
import { closePools, plainPool } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, outbox } from '../../../src/lib/server/platform/db/schema.ts';
import { newBallot, voteAs } from '../../support/evaluation.ts';

afterAll(async () => {
	await stopQueue();
	await closePools();
});

const early = async () => {
	const ballot = await newBallot(30);
	await voteAs(ballot.scope, ballot.slug, ballot.id, () => 'a', 3);
	const inside = await inProject(ballot.scope, ballot.slug);
	await revealResults(inside, { evaluationId: ballot.id });
	const counted = async () => (await listEvaluations(inside)).rows[0]!;
	return { ...ballot, inside, counted };
};

test('a reveal keeps what came out, and a list reads it', async () => {
	const { inside, counted, run, id } = await early();
	expect(await counted()).toMatchObject({
		revealed: true,
		judged: 3,
		score: { kind: 'need-more-data', wins: 3, losses: 0, runId: run.id, version: 'v1', against: 'base', winRate: 1 }
	});
	expect(await getEvaluation(inside, { evaluationId: id })).toMatchObject({ verdict: { kind: 'need-more-data' } });
	expect(await getTrend(inside)).toMatchObject([{ runId: run.id, version: 'v1', rate: 1 }]);
});

test('a vote after the reveal has it counted again, by the system: a rater may not change an evaluation', async () => {
	const { scope, as, slug, id, counted } = await early();
	const rater = await as('rater');
	const waits = () => scope.tx((tx) => isQueued(tx, 'evaluation.count', id));
	expect(await waits()).toBe(false);
	await voteAs(rater, slug, id, () => 'a', 25);
	expect(await waits()).toBe(true);
	expect((await counted()).score).toMatchObject({ wins: 3 });
	await countVotes({ ...scope, userId: rater.userId }, id);
	const { score, judged } = await counted();
	expect(score).toMatchObject({ kind: 'ship-it', wins: judged });
	const topics = await scope.tx((tx) => tx.select().from(outbox).where(eq(outbox.event, 'evaluation.counted')));
	expect(topics.map(({ topic }) => topic.split(':')[0]).sort()).toEqual(['evaluation', 'project']);
});

test('a vote before the reveal wakes no count, and a count before it keeps nothing', async () => {
	const { scope, slug, id } = await newBallot(3);
	await voteAs(scope, slug, id, () => 'a', 2);
	expect(await scope.tx((tx) => isQueued(tx, 'evaluation.count', id))).toBe(false);
	await countVotes(scope, id);
	expect((await scope.tx((tx) => tx.select().from(evaluations)))[0]!.result).toBeNull();
});

test('a count that begins while a vote is being written has it', async () => {
	const { scope, as, slug, id, counted } = await early();
	const rater = await inProject(await as('rater'), slug);
	const [pair] = (await nextPairs(rater, { evaluationId: id, after: -1 })).pairs;
	let count: Promise<void> | undefined;
	const tx: typeof rater.tx = (work) =>
		rater.tx(async (inner) => {
			const result = await work(inner);
			// the vote is written, and not yet there for others
			count = countVotes(scope, id);
			await Promise.race([count, sleep(200)]);
			return result;
		});
	await castVote(
		{ ...rater, tx },
		{
			evaluationId: id,
			ballotId: pair!.ballotId,
			choice: 'both_bad',
			clientId: randomUUID()
		}
	);
	await count;
	expect((await counted()).score!.bothBad + (await counted()).score!.ties).toBe(1);
});

test('what was revealed before results were kept is counted by the sweep, once', async () => {
	const { scope, teamId, id, counted } = await early();
	await scope.tx((tx) => tx.update(evaluations).set({ result: null }).where(eq(evaluations.id, id)));
	expect(await counted()).toMatchObject({ revealed: true, score: null });
	const open = await plainPool()`select teams_with_open_work() as id`;
	expect(open.map((row) => row.id)).toContain(teamId);
	await requeueCounts(scope);
	await requeueCounts(scope);
	expect(await scope.tx((tx) => isQueued(tx, 'evaluation.count', id))).toBe(true);
	await countVotes(scope, id);
	expect((await counted()).score).toMatchObject({ wins: 3 });
	const later = await plainPool()`select teams_with_open_work() as id`;
	expect(later.map((row) => row.id)).not.toContain(teamId);
});
