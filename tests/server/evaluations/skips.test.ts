import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import type { Mark } from '../../../src/lib/core/evaluations/ballots.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { getContinuation } from '../../../src/lib/server/evaluations/continuing.ts';
import {
	exportResults,
	getEvaluation,
	getResults,
	listEvaluations,
	nextPairs
} from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations, members, pairings, ballots } from '../../../src/lib/server/platform/db/schema.ts';
import { newBallot } from '../../support/data/evaluation.ts';
import { newScript } from '../../support/app/script.ts';

afterAll(() => closePools());

const script = new URL('../../../examples/verdict/recompute.mjs', import.meta.url).href;
type Recomputed = { compared: (file: object) => { name: string; same: boolean }[] };

type Place = { slug: string; id: string };

/** This person's next pair with one of these prompts; others are passed by as long as there are any. */
const say = async (who: Scope, { slug, id }: Place, marks: Record<number, Mark | null>) => {
	const voter = await inProject(who, slug);
	for (;;) {
		const { pairs } = await nextPairs(voter, { evaluationId: id, after: -1 });
		const own = await who.tx((tx) =>
			tx
				.select({ id: ballots.id, place: pairings.position })
				.from(ballots)
				.innerJoin(pairings, eq(pairings.id, ballots.pairingId))
				.where(eq(ballots.personId, who.voterId!))
		);
		const placeOf = ({ ballotId }: { ballotId: string }) => own.find((ballot) => ballot.id === ballotId)!.place;
		const next = pairs.find((pair) => marks[placeOf(pair)] != null);
		if (!next) return;
		const choice = marks[placeOf(next)]!;
		await castVote(voter, { evaluationId: id, ballotId: next.ballotId, choice, clientId: randomUUID() });
	}
};

const all = (planned: number, mark: (place: number) => Mark) =>
	Object.fromEntries(Array.from({ length: planned }, (_, place) => [place, mark(place)]));

const progress = async (who: Scope, { slug, id }: Place) => {
	const shown = await getEvaluation(await inProject(who, slug), { evaluationId: id });
	const [listed] = (await listEvaluations(await inProject(who, slug), {})).rows;
	const { judged, skipped, mine, skips } = shown;
	// a page and a list say the same
	expect(listed).toMatchObject({ judged, skipped, mine, skips });
	return { judged, skipped, mine, skips };
};

const results = async (who: Scope, { slug, id }: Place) => {
	const found = await getResults(await inProject(who, slug), { evaluationId: id, show: 'all', page: 1 });
	if (!('results' in found)) throw new Error('still locked');
	return found.results;
};

const exported = async (who: Scope, { slug, id }: Place) => {
	const file = await exportResults(await inProject(who, slug), { evaluationId: id, format: 'json' });
	return JSON.parse((await Array.fromAsync(file.pieces)).join(''));
};

test('what everybody skips leaves the plan complete, is in no number, and is named; an export gives the same', async () => {
	const { scope, as, slug, id } = await newBallot(20);
	const rater = await as('rater');
	const place = { slug, id };
	// by the pairing's place: 17 wins of the model that stands wherever, and three that nobody wants
	await say(
		scope,
		place,
		all(20, (at) => (at < 3 ? 'skip' : 'tie'))
	);
	expect(await progress(scope, place)).toEqual({ judged: 17, skipped: 0, mine: 17, skips: 3 });
	const queue = await nextPairs(await inProject(rater, slug), { evaluationId: id, after: -1 });
	expect(queue).toMatchObject({ state: 'open', complete: false, skipped: 0 });
	await say(
		rater,
		place,
		all(3, () => 'skip')
	);
	expect(await progress(rater, place)).toEqual({ judged: 17, skipped: 3, mine: 0, skips: 3 });
	expect(await nextPairs(await inProject(rater, slug), { evaluationId: id, after: -1 })).toMatchObject({
		complete: true
	});
	await revealResults(await inProject(scope, slug), { evaluationId: id });
	const shown = await results(scope, place);
	expect(shown.counts).toEqual({ wins: 0, losses: 0, ties: 17, bothBad: 0, skipped: 3, planned: 20 });
	expect(shown.verdict.p).toBe(1); // the exact test of the planned end, not 1/E
	const check = (name: string) => shown.checks.find((one) => one.name === name);
	expect(check('skipped')).toMatchObject({
		state: 'warn',
		sentence: expect.stringContaining('3 prompts were skipped by all who could judge them')
	});
	expect(check('plan')).toMatchObject({ state: 'ok' });
	expect(check('missing')).toBe(undefined);
	expect(shown.skipped.map(({ voted, skipped, left }) => [voted, skipped, left])).toEqual(new Array(3).fill([0, 2, 0]));
	const file = await exported(scope, place);
	const { compared } = (await import(script)) as Recomputed;
	expect(compared(file).filter(({ same }) => !same)).toEqual([]);
	// another number of them would be told
	expect(compared({ ...file, skipped: [] }).some(({ same }) => !same)).toBe(true);
	// they are not asked again
	expect(await getContinuation(await inProject(scope, slug), { evaluationId: id })).toMatchObject({ hidden: 0 });
});

test('a skip is taken back, or becomes a vote, until the reveal', async () => {
	const { scope, slug, id } = await newBallot(2);
	const voter = await inProject(scope, slug);
	const { pairs } = await nextPairs(voter, { evaluationId: id, after: -1 });
	const cast = (at: number, choice: Mark | null, saw: Mark | null) =>
		castVote(voter, { evaluationId: id, ballotId: pairs[at]!.ballotId, choice, saw, clientId: randomUUID() });
	expect(await cast(0, 'skip', null)).toEqual({ judged: 0, skipped: 1, total: 2 });
	expect(await cast(0, null, 'skip')).toEqual({ judged: 0, skipped: 0, total: 2 });
	await cast(0, 'skip', null);
	await expect(cast(0, 'first', null)).rejects.toMatchObject({ code: 'changed', now: 'skip' });
	await cast(1, 'skip', null);
	expect(await nextPairs(voter, { evaluationId: id, after: -1 })).toMatchObject({
		state: 'done',
		skipped: 2,
		pairs: []
	});
	const again = await nextPairs(voter, { evaluationId: id, after: -1, again: true });
	expect(again.pairs.map(({ ballotId }) => ballotId)).toEqual(pairs.map(({ ballotId }) => ballotId));
	// nothing but skips is nothing to reveal
	await expect(revealResults(voter, { evaluationId: id })).rejects.toMatchObject({ code: 'conflict' });
	expect(await cast(0, 'first', 'skip')).toEqual({ judged: 1, skipped: 1, total: 2 });
	expect(await progress(scope, { slug, id })).toEqual({ judged: 1, skipped: 1, mine: 1, skips: 1 });
	await revealResults(voter, { evaluationId: id });
	for (const choice of ['skip', null] as const)
		await expect(cast(1, choice, 'skip')).rejects.toMatchObject({ code: 'conflict', field: 'evaluationId' });
});

test('who comes, leaves, or votes by script after the reveal changes nothing that is known', async () => {
	const { scope, as, slug, id } = await newBallot(4);
	const rater = await as('rater');
	await say(
		await newScript(scope, 'rater'),
		{ slug, id },
		all(4, () => 'skip')
	);
	expect(await progress(scope, { slug, id })).toMatchObject({ judged: 0, skipped: 0 });
	await say(
		scope,
		{ slug, id },
		all(4, (at) => (at === 0 ? 'skip' : 'first'))
	);
	await say(rater, { slug, id }, { 0: 'skip' });
	await revealResults(await inProject(scope, slug), { evaluationId: id });
	const before = await results(scope, { slug, id });
	expect(before.counts).toMatchObject({ skipped: 1 });
	await as('rater');
	await scope.tx((tx) => tx.delete(members).where(eq(members.personId, rater.userId!)));
	expect(await results(scope, { slug, id })).toEqual(before);
	await expect(
		scope.tx((tx) => tx.update(evaluations).set({ electorate: null }).where(eq(evaluations.id, id)))
	).rejects.toThrow();
});

test('with two votes a prompt, a skip that leaves too few people puts it out; somebody who comes brings it back', async () => {
	const { scope, as, slug, id } = await newBallot(3, undefined, { votes: 2 });
	const [rater] = await scope.tx((tx) => tx.select().from(members).where(eq(members.role, 'rater')));
	expect(rater).toBeDefined();
	await say(
		scope,
		{ slug, id },
		all(3, (at) => (at === 0 ? 'skip' : 'first'))
	);
	expect(await progress(scope, { slug, id })).toMatchObject({ judged: 0, skipped: 1 });
	await as('rater');
	expect(await progress(scope, { slug, id })).toMatchObject({ judged: 0, skipped: 0 });
});

test('who skipped first and votes late has no place among those who count', async () => {
	const { scope, as, slug, id } = await newBallot(1);
	const rater = await as('rater');
	const mine = { slug, id };
	await say(scope, mine, { 0: 'skip' });
	await say(rater, mine, { 0: 'both_bad' });
	const voter = await inProject(scope, slug);
	const { pairs } = await nextPairs(voter, { evaluationId: id, after: -1, again: true });
	await castVote(voter, { evaluationId: id, ballotId: pairs[0]!.ballotId, choice: 'first', clientId: randomUUID() });
	await revealResults(voter, { evaluationId: id });
	expect((await results(scope, mine)).counts).toMatchObject({ bothBad: 1 });
});
