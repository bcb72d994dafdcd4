import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import type { Results } from '../../../src/lib/contract/evaluation-results.ts';
import type { Mark } from '../../../src/lib/core/evaluations/ballots.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { addRemark, castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { continueEvaluation } from '../../../src/lib/server/evaluations/continuing.ts';
import { getEvaluation, getResults, listEvaluations, nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { activities, ballots } from '../../../src/lib/server/platform/db/schema.ts';
import { answerAll, newBallot } from '../../support/data/evaluation.ts';
import { newScript } from '../../support/app/script.ts';

afterAll(() => closePools());

type Contest = Awaited<ReturnType<typeof newBallot>>;
type Paper = typeof ballots.$inferSelect;

const look = async (person: Scope, { slug, id }: Contest, { after = -1, again = false } = {}) =>
	nextPairs(await inProject(person, slug), { evaluationId: id, after, again });
const papersOf = (person: Scope, { scope, id }: Contest): Promise<Paper[]> =>
	scope.tx((tx) =>
		tx
			.select()
			.from(ballots)
			.where(and(eq(ballots.evaluationId, id), eq(ballots.personId, person.voterId!)))
			.orderBy(ballots.position)
	);
const cast = async (person: Scope, { slug, id }: Contest, ballotId: string, choice: Mark | null) =>
	castVote(await inProject(person, slug), { evaluationId: id, ballotId, choice, clientId: randomUUID() });

/** Judges the pairs at hand, as they come, and answers in which order that was. */
const judgeAll = async (person: Scope, contest: Contest, decide: (paper: Paper) => Mark, most = Infinity) => {
	const seen: Paper[] = [];
	while (seen.length < most) {
		const { pairs } = await look(person, contest);
		if (pairs.length === 0) break;
		const papers = new Map((await papersOf(person, contest)).map((paper) => [paper.id, paper]));
		for (const { ballotId } of pairs.slice(0, most - seen.length)) {
			const paper = papers.get(ballotId)!;
			await cast(person, contest, ballotId, decide(paper));
			seen.push(paper);
		}
	}
	return seen;
};
/** A is better, wherever it stands. */
const forA = ({ swapped }: Paper): Mark => (swapped ? 'second' : 'first');

const resultsOf = async (person: Scope, { slug, id }: Contest): Promise<Results> => {
	const inside = await inProject(person, slug);
	await revealResults(inside, { evaluationId: id });
	const found = await getResults(inside, { evaluationId: id, show: 'all', page: 1 });
	if (!('results' in found)) throw new Error('still locked');
	return found.results;
};

test('a tenth of the pairs of a person comes again, sides changed, ten others later, and is no vote', async () => {
	const contest = await newBallot(40);
	const { scope, slug, id } = contest;
	const seen = await judgeAll(scope, contest, forA);
	const again = seen.filter(({ repeat }) => repeat);
	expect([seen.length, again.length, new Set(again.map(({ pairingId }) => pairingId)).size]).toEqual([44, 4, 4]);
	for (const one of again) {
		const before = seen.findIndex(({ pairingId, repeat }) => pairingId === one.pairingId && !repeat);
		expect(one.swapped).toBe(!seen[before]!.swapped);
		const between = seen.slice(before + 1, seen.indexOf(one)).filter(({ repeat }) => !repeat);
		expect(between.length).toBeGreaterThanOrEqual(10);
	}
	// among the others sides are balanced as ever
	const once = (await papersOf(scope, contest)).filter(({ repeat }) => !repeat);
	for (let block = 0; block < 40; block += 4)
		expect(once.slice(block, block + 4).filter(({ swapped }) => swapped)).toHaveLength(2);
	expect((await papersOf(scope, contest)).map(({ position }) => position)).toEqual(
		Array.from({ length: 44 }, (_, at) => at)
	);

	expect(await look(scope, contest)).toMatchObject({
		state: 'done',
		judged: 44,
		total: 44,
		repeats: 4,
		complete: true
	});
	const inside = await inProject(scope, slug);
	expect(await getEvaluation(inside, { evaluationId: id })).toMatchObject({
		...{ judged: 40, planned: 40, mine: 40, skips: 0, skipped: 0 },
		voters: [{ judged: 40, skipped: 0 }]
	});
	expect((await listEvaluations(inside, {})).rows).toMatchObject([{ judged: 40, mine: 40, skips: 0 }]);
	// nor is it news to anybody
	expect(await scope.tx((tx) => tx.$count(activities, eq(activities.event, 'evaluation.voted')))).toBe(40);
});

test('fewer than 40 prompts are asked once, and a script is asked once of any number', async () => {
	const small = await newBallot(39);
	expect(await judgeAll(small.scope, small, forA)).toHaveLength(39);
	expect(await look(small.scope, small)).toMatchObject({ state: 'done', total: 39, repeats: 0 });
	const large = await newBallot(40);
	const script = await newScript(large.scope, 'rater');
	expect(await judgeAll(script, large, forA)).toHaveLength(40);
	expect(await look(script, large)).toMatchObject({ state: 'done', judged: 40, total: 40, repeats: 0 });
	const [paper] = await papersOf(script, large);
	expect(await cast(script, large, paper!.id, 'tie')).toEqual({ judged: 40, skipped: 0, total: 40 });
});

test('what somebody says the second time changes no number but how often they said the same', async () => {
	const [steady, other] = [await newBallot(40), await newBallot(40)];
	await judgeAll(steady.scope, steady, forA);
	// the first one whenever it comes again: with the sides changed that is now one model and now the other
	const seen = await judgeAll(other.scope, other, (paper) => (paper.repeat ? 'both_bad' : forA(paper)));
	const cameAgain = seen.filter(({ repeat }) => repeat);
	await addRemark(await inProject(other.scope, other.slug), {
		...{ evaluationId: other.id, ballotId: cameAgain[0]!.id, first: 1, second: 1, note: 'Again.' },
		clientId: randomUUID()
	});
	const [one, two] = [await resultsOf(steady.scope, steady), await resultsOf(other.scope, other)];
	expect(two.counts).toEqual(one.counts);
	expect({ ...two.verdict, checks: [] }).toEqual({ ...one.verdict, checks: [] });
	expect([two.scores, two.plan.repeats]).toEqual([null, 4]);
	const sentence = ({ checks }: Results) => checks.find(({ name }) => name === 'repeats')!.sentence;
	expect(sentence(one)).toMatch(/ chose the same answer in 4 of 4 repeats\.$/);
	expect(sentence(two)).toMatch(/ chose the same answer in 0 of 4 repeats\.$/);
	const inside = await inProject(other.scope, other.slug);
	const shown = await getResults(inside, { evaluationId: other.id, show: 'came-again', page: 1 });
	const list = 'results' in shown ? shown.results.rows.list : [];
	expect(list).toHaveLength(4);
	// what was noted of it is a note on the pair
	expect(list.map(({ votes }) => votes[0]!.note).toSorted()).toEqual(['Again.', null, null, null]);
	for (const { votes, said } of list) {
		expect(said).toEqual({ a: 1, b: 0, tie: 0, both_bad: 0 });
		expect(votes).toMatchObject([{ choice: expect.stringMatching(/first|second/), again: { choice: 'both_bad' } }]);
		expect(votes[0]!.again!.first).not.toBe(votes[0]!.first);
		expect(votes[0]!.again!.order).toBeGreaterThan(votes[0]!.order + 10);
	}
});

test('the first word counts in its place also when the second was given before somebody else voted', async () => {
	const contest = await newBallot(40, undefined, { votes: 2 });
	const ben = await contest.as('rater');
	await judgeAll(contest.scope, contest, (paper) => (paper.repeat ? 'both_bad' : forA(paper)));
	await judgeAll(ben, contest, forA);
	const results = await resultsOf(contest.scope, contest);
	expect(results.counts).toMatchObject({ wins: 40, bothBad: 0, planned: 40 });
	expect(results.checks.find(({ name }) => name === 'repeats')!.sentence).toMatch(/ 0 of 4 repeats.* 4 of 4 repeats/);
});

test('it is taken back, skipped and ended like any other, and a skip of it leaves no prompt out', async () => {
	const contest = await newBallot(40);
	const { scope, slug, id } = contest;
	await judgeAll(scope, contest, (paper) => (paper.repeat ? 'skip' : forA(paper)));
	expect(await look(scope, contest)).toMatchObject({ state: 'done', judged: 40, skipped: 4, total: 44 });
	expect(await getEvaluation(await inProject(scope, slug), { evaluationId: id })).toMatchObject({
		...{ judged: 40, skipped: 0, skips: 0 }
	});
	const { pairs } = await look(scope, contest, { again: true });
	expect(pairs).toHaveLength(4);
	expect(await cast(scope, contest, pairs[0]!.ballotId, 'tie')).toEqual({ judged: 41, skipped: 3, total: 44 });
	expect(await cast(scope, contest, pairs[0]!.ballotId, null)).toEqual({ judged: 40, skipped: 3, total: 44 });
	expect(await look(scope, contest)).toMatchObject({ state: 'open', pairs: [{ ballotId: pairs[0]!.ballotId }] });
	await revealResults(await inProject(scope, slug), { evaluationId: id });
	await expect(cast(scope, contest, pairs[0]!.ballotId, 'first')).rejects.toMatchObject({ code: 'conflict' });
	expect(await look(scope, contest)).toMatchObject({ state: 'closed', pairs: [] });
});

test('whoever skips nearly everything is done when nothing can come again', async () => {
	const contest = await newBallot(40);
	let seen = 0;
	await judgeAll(contest.scope, contest, (paper) => (paper.repeat || seen++ < 11 ? forA(paper) : 'skip'));
	const progress = await look(contest.scope, contest);
	expect(progress).toMatchObject({ state: 'done', judged: 12, skipped: 29, total: 41, repeats: 1 });
});

test('what was dealt to come again is no screen of a prompt that lacks votes', async () => {
	const contest = await newBallot(40, undefined, { votes: 2 });
	const ben = await contest.as('rater');
	await judgeAll(contest.scope, contest, forA, 20);
	const open = (await papersOf(contest.scope, contest)).filter(({ repeat }) => repeat);
	expect(open.length).toBeGreaterThan(0);
	await judgeAll(ben, contest, forA);
	expect(await look(contest.scope, contest)).toMatchObject({ state: 'open', complete: false });
	await judgeAll(contest.scope, contest, forA);
	expect(await look(contest.scope, contest)).toMatchObject({ state: 'done', complete: true, total: 44 });
});

test('what goes on has repeats of its own size, and tells of both', async () => {
	const contest = await newBallot(40, undefined, { spare: 12 });
	const { scope, slug, id } = contest;
	const first = await judgeAll(scope, contest, () => 'tie');
	const inside = await inProject(scope, slug);
	await revealResults(inside, { evaluationId: id });
	const next = { ...contest, id: (await continueEvaluation(inside, { evaluationId: id, prompts: 12 })).id };
	await answerAll(scope, next.id);
	expect([first.length, (await judgeAll(scope, next, forA)).length]).toEqual([44, 12]);
	const { checks, plan } = await resultsOf(scope, next);
	expect(plan).toMatchObject({ prompts: 52, repeats: 0 });
	expect(checks.find(({ name }) => name === 'repeats')!.sentence).toMatch(/ 4 of 4 repeats/);
});
