import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import type { Scores } from '../../../src/lib/contract/scoring.ts';
import { flawOf } from '../../../src/lib/core/evaluations/answers.ts';
import { type ProjectScope, inProject } from '../../../src/lib/server/access/scope.ts';
import { castVote, revealResults, scoreAnswer } from '../../../src/lib/server/evaluations/commands.ts';
import {
	exportScores,
	getEvaluation,
	getResults,
	getScores,
	getSetUp,
	listEvaluations,
	nextAnswers,
	nextPairs
} from '../../../src/lib/server/evaluations/queries.ts';
import { countUncounted } from '../../../src/lib/server/evaluations/jobs.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { activities, evaluations } from '../../../src/lib/server/platform/db/schema.ts';
import { newBallot, newScoring } from '../../support/data/evaluation.ts';
import { raw } from '../../support/database/raw.ts';

afterAll(() => closePools());

const scoreAll = async (who: ProjectScope, evaluationId: string, decide: (position: number) => number | 'skip') => {
	for (;;) {
		const { list } = await nextAnswers(who, { evaluationId, after: -1 });
		if (list.length === 0) return;
		for (const { ballotId, answer } of list) {
			const score = decide(Number(/\d+/.exec(answer)![0]));
			await scoreAnswer(who, { evaluationId, ballotId, score, clientId: randomUUID() });
		}
	}
};
const scoresOf = async (who: ProjectScope, evaluationId: string, show: 'all' | 'below' = 'all'): Promise<Scores> => {
	const found = await getScores(who, { evaluationId, show, page: 1 });
	if (!('scores' in found)) throw new Error('still locked');
	return found.scores;
};

test('one person: average, bars, what could be sent with its interval, and the answers beside the expected ones', async () => {
	const { voter, id, scope } = await newScoring(8);
	const [first] = (await nextAnswers(voter, { evaluationId: id, after: -1 })).list;
	expect(first!.expected).toContain('The answer to Question');
	await scoreAll(voter, id, (at) => at + 2);
	await expect(getScores(voter, { evaluationId: id, show: 'all', page: 1 })).resolves.toHaveProperty('locked');
	await revealResults(voter, { evaluationId: id });
	const scores = await scoresOf(voter, id);
	expect(scores).toMatchObject({
		version: 'v1',
		plan: { prompts: 8, votes: 1, sendableFrom: 8 },
		summary: { count: 8, average: 5.5, histogram: [0, 1, 1, 1, 1, 1, 1, 1, 1, 0], sendable: 2, sendableRate: 0.25 },
		...{ skipped: 0, open: 0, broken: 0, leaked: 0 },
		people: [{ summary: { count: 8, average: 5.5 } }]
	});
	expect((await scoresOf(voter, id, 'below')).rows.list.map(({ score }) => score)).toEqual([2, 3, 4, 5, 6, 7]);
	const [listed] = (await listEvaluations(voter)).rows;
	expect(listed).toMatchObject({ kind: 'scoring', score: null, scored: { average: 5.5, sendable: 2, version: 'v1' } });
	const events = await scope.tx((tx) => tx.select({ event: activities.event }).from(activities));
	expect(events.map(({ event }) => event)).toEqual(expect.arrayContaining(['evaluation.voted', 'evaluation.scored']));
});

test('answers that were cut off or say nothing are counted, and texts that say something are not read for it', async () => {
	const said: [string, string | null, boolean][] = [
		['Apple', 'stop', true],
		['你好', 'stop', true],
		['👍', 'stop', true],
		['<think>Hm.</think>Apple', 'stop', true],
		['Hm.\n</think>\nApple', 'stop', true],
		['Apple', null, false],
		['Apple', 'length', false],
		['', 'stop', false],
		[' \u00a0\n', 'stop', false],
		['<think>Hm.</think> ', 'stop', false],
		['<THINKING>Hm.', 'stop', false],
		['Hm.\n</Think>\n', 'stop', false]
	];
	for (const [text, finishReason, isComplete] of said)
		expect([text, flawOf({ text, finishReason }) === null]).toEqual([text, isComplete]);
	const write = (at: number) => ({ text: said[at]![0], finishReason: said[at]![1] });
	const { voter, id } = await newScoring(said.length, { write });
	const { list } = await nextAnswers(voter, { evaluationId: id, after: -1 });
	for (let all = list; all.length > 0; all = (await nextAnswers(voter, { evaluationId: id, after: -1 })).list)
		for (const { ballotId } of all)
			await scoreAnswer(voter, { evaluationId: id, ballotId, score: 5, clientId: randomUUID() });
	await revealResults(voter, { evaluationId: id });
	const scores = await scoresOf(voter, id);
	expect(scores.broken).toBe(said.filter(([, , isComplete]) => !isComplete).length);
	expect(scores.rows.list.map(({ answer }) => answer.complete).sort()).toEqual(
		said.map(([, , isComplete]) => isComplete).sort()
	);
});

test('two scores an answer: the mean of the first two counts, a third changes nothing but its own person’s numbers', async () => {
	const { voter, as, slug, id } = await newScoring(3, { votes: 2 });
	const people = [voter, await inProject(await as('rater'), slug), await inProject(await as('trainer'), slug)];
	for (const [at, person] of people.entries()) await scoreAll(person, id, () => [7, 8, 1][at]!);
	await revealResults(voter, { evaluationId: id });
	const { summary, people: each } = await scoresOf(voter, id);
	expect(summary).toMatchObject({ count: 3, average: 7.5, sendable: 0, histogram: [0, 0, 0, 0, 0, 0, 3, 0, 0, 0] });
	expect(each.map(({ summary }) => summary.average).sort()).toEqual([1, 7, 8]);
});

test('what everybody skips is in no number; the reveal ends it, by the database too', async () => {
	const { voter, id } = await newScoring(3);
	await scoreAll(voter, id, (at) => (at === 0 ? 'skip' : 9));
	const { list } = await nextAnswers(voter, { evaluationId: id, after: -1, again: true });
	await revealResults(voter, { evaluationId: id });
	expect(await scoresOf(voter, id)).toMatchObject({ summary: { count: 2, average: 9 }, skipped: 1, open: 0 });
	const late = { evaluationId: id, ballotId: list[0]!.ballotId, score: 9, clientId: randomUUID() };
	await expect(scoreAnswer(voter, late)).rejects.toMatchObject({ code: 'conflict', field: 'evaluationId' });
});

test('what was said elsewhere meanwhile is told as a score, and sent twice counts once', async () => {
	const { voter, id } = await newScoring(1);
	const { ballotId } = (await nextAnswers(voter, { evaluationId: id, after: -1 })).list[0]!;
	const sent = { evaluationId: id, ballotId, score: 9, saw: null, clientId: randomUUID() };
	await scoreAnswer(voter, sent);
	expect(await scoreAnswer(voter, sent)).toEqual({ judged: 1, skipped: 0, total: 1 });
	const other = { ...sent, score: 3, clientId: randomUUID() };
	await expect(scoreAnswer(voter, other)).rejects.toMatchObject({ code: 'changed', now: 9 });
});

test('it is no comparison: no pairs, no votes, no results, and no try in the ledger', async () => {
	const { voter, id, run, exampleIds } = await newScoring(14);
	const { ballotId } = (await nextAnswers(voter, { evaluationId: id, after: -1 })).list[0]!;
	const conflict = { code: 'conflict' };
	await expect(nextPairs(voter, { evaluationId: id, after: -1 })).rejects.toMatchObject(conflict);
	const vote = { evaluationId: id, ballotId, choice: 'first' as const, clientId: randomUUID() };
	await expect(castVote(voter, vote)).rejects.toMatchObject(conflict);
	await scoreAll(voter, id, () => 9);
	await revealResults(voter, { evaluationId: id });
	await expect(getResults(voter, { evaluationId: id, show: 'all', page: 1 })).rejects.toMatchObject(conflict);
	expect((await getSetUp(voter)).tried).toEqual([]);
	expect(exampleIds).toHaveLength(14);
	expect(await getEvaluation(voter, { evaluationId: id })).toMatchObject({
		kind: 'scoring',
		answers: { a: 14, b: 0 },
		contenders: { a: { label: `v${run.version}` }, b: null }
	});
});

test('a rater’s answers are the same whatever others gave, and do not name the model', async () => {
	const { voter, as, slug, id } = await newScoring(2);
	const rater = await inProject(await as('rater'), slug);
	const seen = async () =>
		JSON.stringify([
			(await nextAnswers(rater, { evaluationId: id, after: -1 })).list,
			await getScores(rater, { evaluationId: id, show: 'all', page: 1 }).then((found) => ('locked' in found ? 0 : 1))
		]);
	const { ballotId } = (await nextAnswers(voter, { evaluationId: id, after: -1 })).list[0]!;
	const score = (score: number, saw: number | null) =>
		scoreAnswer(voter, { evaluationId: id, ballotId, score, saw, clientId: randomUUID() });
	await score(2, null);
	const before = await seen();
	await score(9, 2);
	expect(await seen()).toBe(before);
	expect((await getEvaluation(rater, { evaluationId: id })).title).toMatch(/^Scoring \d+$/);
});

test('the file holds every score', async () => {
	const { voter, id } = await newScoring(2);
	await scoreAll(voter, id, (at) => 5 + at);
	await revealResults(voter, { evaluationId: id });
	const text = async (format: 'json' | 'csv') => {
		const { pieces } = await exportScores(voter, { evaluationId: id, format });
		return (await Array.fromAsync(pieces)).join('');
	};
	const whole = JSON.parse(await text('json'));
	expect(whole.answers.map(({ scores }: { scores: { score: number }[] }) => scores[0]!.score)).toEqual([5, 6]);
	expect((await text('csv')).split('\r\n')[0]).toBe('answer,example,score,scores,prompt,expected,said,complete');
});

test('the database itself takes scores in scorings and choices in comparisons only', async () => {
	const scoring = await newScoring(1);
	const { list } = await nextAnswers(scoring.voter, { evaluationId: scoring.id, after: -1 });
	const comparison = await newBallot(1);
	const voter = await inProject(comparison.scope, comparison.slug);
	const { pairs } = await nextPairs(voter, { evaluationId: comparison.id, after: -1 });
	const cast = (who: ProjectScope, ballotId: string, choice: 'first' | '7' | 'skip') =>
		raw(
			who,
			(sql) => sql`insert into votes (project_id, evaluation_id, pairing_id, person_id, ballot_id, choice, client_id)
				select project_id, evaluation_id, pairing_id, person_id, id, ${choice}, gen_random_uuid() from ballots where id = ${ballotId}`
		);
	for (const [who, ballotId, own, other] of [
		[scoring.voter, list[0]!.ballotId, '7', 'first'],
		[voter, pairs[0]!.ballotId, 'first', '7']
	] as const) {
		await expect(cast(who, ballotId, other)).rejects.toMatchObject({ code: 'AI046' });
		await cast(who, ballotId, 'skip');
		await cast(who, ballotId, own);
	}
});

test('the sweep counts no scoring as a comparison', async () => {
	const { voter, id, scope } = await newScoring(2);
	await scoreAll(voter, id, () => 8);
	await revealResults(voter, { evaluationId: id });
	await countUncounted(scope);
	const [row] = await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, id)));
	expect(row).toMatchObject({ result: null, scored: { count: 2 } });
});
