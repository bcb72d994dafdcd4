import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { asc } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { outbox, votes } from '../../../src/lib/server/platform/db/schema.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { castVote, createScoring, scoreAnswer } from '../../../src/lib/server/evaluations/commands.ts';
import { getEvaluation, nextAnswers, nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { answerScoring, newBallot } from '../../support/data/evaluation.ts';
import { raw } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

test('a vote sent twice, also at once, counts once', async () => {
	const { scope, slug, id } = await newBallot(3);
	const voter = await inProject(scope, slug);
	const { pairs } = await nextPairs(voter, { evaluationId: id, after: -1 });
	const vote = { evaluationId: id, ballotId: pairs[0]!.ballotId, choice: 'first' as const, clientId: randomUUID() };
	const answers = await Promise.all([castVote(voter, vote), castVote(voter, vote), castVote(voter, vote)]);
	for (const answer of answers) expect(answer).toEqual({ judged: 1, skipped: 0, total: 3 });
	expect(await castVote(voter, vote)).toEqual({ judged: 1, skipped: 0, total: 3 });
	expect(await scope.tx((tx) => tx.$count(votes))).toBe(1);
});

/** Casts a vote that says what it saw, and commits it when `meanwhile` is over or waits for it. */
const whileWritten = async <T>(
	voter: ProjectScope,
	{ evaluationId, ballotId, clientId }: Record<'evaluationId' | 'ballotId' | 'clientId', string>,
	meanwhile: () => Promise<T>
) => {
	let act!: Promise<PromiseSettledResult<T>[]>;
	await raw(voter, async (sql) => {
		await sql`select from cast_vote(${voter.project.id}, ${evaluationId}, ${ballotId}, 'first', true, null, ${clientId})`;
		act = Promise.allSettled([meanwhile()]);
		await Promise.race([act, sleep(200)]);
	});
	return (await act)[0]!;
};

test('a vote that is sent again while it is being written waits for itself', async () => {
	const { scope, slug, id } = await newBallot(3);
	const voter = await inProject(scope, slug);
	const { pairs } = await nextPairs(voter, { evaluationId: id, after: -1 });
	const [other, vote] = pairs.map(({ ballotId }) => {
		return { evaluationId: id, ballotId, choice: 'first' as const, clientId: randomUUID() };
	});
	await castVote(voter, other!);
	const again = await whileWritten(voter, vote!, () => castVote(voter, vote!));
	expect(again).toMatchObject({ value: { judged: 2, skipped: 0, total: 3 } });
	expect(await scope.tx((tx) => tx.$count(votes))).toBe(2);
});

test('of two devices that saw the same, the one that is second is told', async () => {
	const { scope, slug, id } = await newBallot(1);
	const voter = await inProject(scope, slug);
	const { ballotId } = (await nextPairs(voter, { evaluationId: id, after: -1 })).pairs[0]!;
	const vote = { evaluationId: id, ballotId, choice: 'second' as const, saw: null, clientId: randomUUID() };
	const second = await whileWritten(voter, { ...vote, clientId: randomUUID() }, () => castVote(voter, vote));
	expect(second).toMatchObject({ reason: { code: 'changed', now: 'first' } });
});

test('the id of a vote belongs to one comparison', async () => {
	const { scope, slug, id } = await newBallot(3);
	const voter = await inProject(scope, slug);
	const { pairs } = await nextPairs(voter, { evaluationId: id, after: -1 });
	const vote = { evaluationId: id, ballotId: pairs[0]!.ballotId, choice: 'first' as const, clientId: randomUUID() };
	await castVote(voter, vote);
	await expect(castVote(voter, { ...vote, ballotId: pairs[1]!.ballotId })).rejects.toMatchObject({
		code: 'conflict'
	});
});

test('undo appends, the pair comes again, and nothing is ever overwritten', async () => {
	const { scope, slug, id } = await newBallot(2);
	const voter = await inProject(scope, slug);
	const { pairs } = await nextPairs(voter, { evaluationId: id, after: -1 });
	const [one, two] = pairs.map(({ ballotId }) => ({ evaluationId: id, ballotId }));
	await castVote(voter, { ...one!, choice: 'first', clientId: randomUUID() });
	await castVote(voter, { ...two!, choice: 'both_bad', clientId: randomUUID() });
	expect((await nextPairs(voter, { evaluationId: id, after: -1 })).state).toBe('done');
	const taken = { ...one!, choice: null, clientId: randomUUID() };
	expect(await castVote(voter, taken)).toEqual({ judged: 1, skipped: 0, total: 2 });
	expect(await castVote(voter, taken)).toEqual({ judged: 1, skipped: 0, total: 2 });
	const again = await nextPairs(voter, { evaluationId: id, after: -1 });
	expect(again).toMatchObject({ state: 'open', judged: 1, pairs: [{ ballotId: one!.ballotId }] });
	await castVote(voter, { ...one!, choice: 'second', clientId: randomUUID() });
	const all = await scope.tx((tx) => tx.select().from(votes).orderBy(asc(votes.seq)));
	expect(all.map((vote) => vote.choice)).toEqual(['first', 'both_bad', null, 'second']);
	expect((await nextPairs(voter, { evaluationId: id, after: -1 })).state).toBe('done');
});

test('a vote that saw another state than there is by now is not taken, and is told what stands', async () => {
	const { scope, slug, id } = await newBallot(3);
	const voter = await inProject(scope, slug);
	const { pairs } = await nextPairs(voter, { evaluationId: id, after: -1 });
	const vote = (choice: 'first' | 'second' | null, saw: 'first' | 'second' | null, clientId = randomUUID()) =>
		castVote(voter, { evaluationId: id, ballotId: pairs[0]!.ballotId, choice, saw, clientId });
	const both = await Promise.allSettled([vote('first', null), vote('second', null)]);
	expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	const stands = both[0].status === 'fulfilled' ? 'first' : 'second';
	await expect(vote(null, null)).rejects.toMatchObject({ code: 'changed', field: 'saw', now: stands });
	const again = randomUUID();
	expect(await vote(null, stands, again)).toEqual({ judged: 0, skipped: 0, total: 3 });
	expect(await vote(null, stands, again)).toEqual({ judged: 0, skipped: 0, total: 3 });
	expect(await scope.tx((tx) => tx.$count(votes))).toBe(2);
});

test('only the own ballot, only of this evaluation', async () => {
	const { scope, as, slug, id, run } = await newBallot(3);
	const voter = await inProject(scope, slug);
	const ballot = await newBallot(3);
	const other = await inProject(ballot.scope, ballot.slug);
	const rater = await inProject(await as('rater'), slug);
	const { pairs } = await nextPairs(voter, { evaluationId: id, after: -1 });
	await nextPairs(rater, { evaluationId: id, after: -1 });
	const vote = { evaluationId: id, ballotId: pairs[0]!.ballotId, choice: 'first' as const, clientId: randomUUID() };
	const none = { code: 'not_found' };
	await expect(castVote(rater, vote)).rejects.toMatchObject(none);
	await expect(castVote(rater, { ...vote, choice: null })).rejects.toMatchObject(none);
	await expect(castVote(other, vote)).rejects.toMatchObject(none);
	await expect(castVote(other, { ...vote, evaluationId: ballot.id })).rejects.toMatchObject(none);
	await expect(castVote({ ...(await newTeam()).scope, project: voter.project }, vote)).rejects.toMatchObject(none);
	await expect(castVote({ ...rater, userId: scope.userId }, vote)).rejects.toThrow();
	const { ballotId } = (await nextPairs(rater, { evaluationId: id, after: -1 })).pairs[0]!;
	await expect(castVote(voter, { ...vote, ballotId })).rejects.toMatchObject(none);
	const asked = { runId: run.id, pairs: 3, votes: 1, temperature: 0, maxTokens: 512, thinking: false };
	const scoring = await createScoring(voter, asked);
	await answerScoring(scope, scoring.id);
	const [answer] = (await nextAnswers(voter, { evaluationId: scoring.id, after: -1 })).list;
	await expect(castVote(voter, { ...vote, ballotId: answer!.ballotId })).rejects.toMatchObject(none);
	await expect(castVote(voter, { ...vote, evaluationId: randomUUID() })).rejects.toThrow('There is no such evaluation');
	await newProject(scope, { slug: 'two' });
	const elsewhere = castVote(await inProject(scope, 'two'), vote);
	await expect(elsewhere).rejects.toThrow('There is no such evaluation');
	expect(await scope.tx((tx) => tx.$count(votes))).toBe(0);
	// nor are they counted together
	const scored = { evaluationId: scoring.id, ballotId: answer!.ballotId, score: 7, clientId: randomUUID() };
	expect(await scoreAnswer(voter, scored)).toEqual({ judged: 1, skipped: 0, total: 3 });
	expect(await castVote(voter, vote)).toEqual({ judged: 1, skipped: 0, total: 3 });
	const theirs = { ...vote, ballotId, clientId: randomUUID() };
	expect(await castVote(rater, theirs)).toEqual({ judged: 1, skipped: 0, total: 3 });
});

test('progress tells who has judged how many, not what, and pages hear of every vote', async () => {
	const { scope, as, slug, id } = await newBallot(4);
	const voter = await inProject(scope, slug);
	const rater = await inProject(await as('rater'), slug);
	for (const [person, count] of [
		[voter, 1],
		[rater, 3]
	] as const) {
		const { pairs } = await nextPairs(person, { evaluationId: id, after: -1 });
		for (const { ballotId } of pairs.slice(0, count)) {
			await castVote(person, { evaluationId: id, ballotId, choice: 'first', clientId: randomUUID() });
		}
	}
	const shown = await getEvaluation(rater, { evaluationId: id });
	expect(shown).toMatchObject({
		title: 'Comparison 1',
		contenders: null,
		mine: 3,
		planned: 4,
		revealed: false,
		over: false
	});
	expect(shown.voters).toEqual([
		{ name: 'Rita', judged: 3, skipped: 0 },
		{ name: 'Ana', judged: 1, skipped: 0 }
	]);
	const payload = JSON.stringify(shown);
	for (const secret of ['sandbox', 'zebra', 'base', 'v1', 'first']) expect(payload).not.toContain(secret);
	expect(await getEvaluation(voter, { evaluationId: id })).toMatchObject({
		title: 'v1 against base',
		contenders: { a: { label: 'v1' }, b: { label: 'base' } }
	});
	const topics = await scope.tx((tx) => tx.select().from(outbox));
	expect(topics.filter((row) => row.topic === `evaluation:${id}`)).toHaveLength(4);
	const trainer = await inProject(await as('trainer'), slug);
	for (const [person, mayReveal] of [
		[voter, true],
		[trainer, true],
		[rater, false]
	] as const)
		expect((await getEvaluation(person, { evaluationId: id })).mayReveal).toBe(mayReveal);
	const stranger = { ...(await newTeam()).scope, project: voter.project };
	await expect(getEvaluation(stranger, { evaluationId: id })).rejects.toMatchObject({ code: 'not_found' });
});
