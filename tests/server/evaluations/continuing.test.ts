import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { ballots, evaluations, outputs, pairings, votes } from '../../../src/lib/server/platform/db/schema.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { continueEvaluation, getContinuation } from '../../../src/lib/server/evaluations/continuing.ts';
import { getEvaluation, getResults, getTrend, nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { answerAll, newBallot, voteAs } from '../../support/data/evaluation.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

const reveal = async (scope: Scope, slug: string, evaluationId: string) =>
	revealResults(await inProject(scope, slug), { evaluationId });
const results = async (scope: Scope, slug: string, evaluationId: string) => {
	const found = await getResults(await inProject(scope, slug), { evaluationId, show: 'all', page: 1 });
	if ('locked' in found) throw new Error('still locked');
	return found.results;
};
const goOn = async (scope: Scope, slug: string, evaluationId: string, prompts: number) => {
	const { id } = await continueEvaluation(await inProject(scope, slug), { evaluationId, prompts });
	await answerAll(scope, id, (letter, position) => `${letter === 'a' ? 'Apple' : 'Beech'} ${position}`);
	return id;
};

/** Ten of eighteen were judged, seven won; six prompts more are there. */
const inconclusive = async () => {
	const ballot = await newBallot(18, undefined, { spare: 6 });
	let cast = 0;
	await voteAs(ballot.scope, ballot.slug, ballot.id, () => (cast++ < 7 ? 'a' : 'b'), 10);
	await reveal(ballot.scope, ballot.slug, ballot.id);
	return ballot;
};

test('it goes on with what stayed hidden and with unseen prompts, and the result counts both', async () => {
	const { scope, slug, id } = await inconclusive();
	const inside = await inProject(scope, slug);
	expect(await getContinuation(inside, { evaluationId: id })).toEqual({ reason: null, hidden: 8, unseen: 6 });
	const next = await goOn(scope, slug, id, 6);
	expect(await getEvaluation(inside, { evaluationId: next })).toMatchObject({ planned: 14, continues: 1, judged: 0 });
	const rows = await scope.tx((tx) =>
		tx.select().from(pairings).where(eq(pairings.evaluationId, next)).orderBy(pairings.position)
	);
	const old = await scope.tx((tx) => tx.select().from(pairings).where(eq(pairings.evaluationId, id)));
	const judged = new Set((await scope.tx((tx) => tx.select().from(votes))).map(({ pairingId }) => pairingId));
	const hidden = old.filter((pairing) => !judged.has(pairing.id)).map(({ exampleId }) => exampleId);
	expect(new Set(rows.slice(0, 8).map(({ exampleId }) => exampleId))).toEqual(new Set(hidden));
	expect(rows.slice(8).filter(({ exampleId }) => old.some((pairing) => pairing.exampleId === exampleId))).toEqual([]);
	// what was answered is not asked again
	expect(await scope.tx((tx) => tx.$count(outputs, eq(outputs.evaluationId, next)))).toBe(28);

	await voteAs(scope, slug, next, () => 'a');
	await reveal(scope, slug, next);
	const found = await results(scope, slug, next);
	expect(found.counts).toMatchObject({ wins: 21, losses: 3, planned: 24 });
	expect(found.plan).toMatchObject({ continued: true, continues: 1, attempt: 1 });
	expect(found.verdict).toMatchObject({ kind: 'ship-it', judged: 24 });
	expect(found.verdict.p).toBeCloseTo(1 / found.verdict.evidence, 12);
	expect(found.checks.find(({ name }) => name === 'plan')).toMatchObject({
		state: 'warn',
		sentence: expect.stringMatching(/seen results before/)
	});
	expect(found.rows.count).toBe(24);
	expect(new Set(found.rows.list.map(({ position }) => position)).size).toBe(20);
	expect((await results(scope, slug, id)).next.continuedBy).toMatchObject({ id: next, number: 2 });
	expect(await getTrend(inside)).toMatchObject([{ version: 'v1', netPreference: 0.75 }]);
});

test('only evidence counts from then on: what an exact test would ship waits', async () => {
	const { scope, slug, id } = await newBallot(12, undefined, { spare: 12 });
	let cast = 0;
	await voteAs(scope, slug, id, () => (cast++ < 9 ? 'a' : 'b'));
	await reveal(scope, slug, id);
	const next = await goOn(scope, slug, id, 12);
	cast = 0;
	await voteAs(scope, slug, next, () => (cast++ < 9 ? 'a' : 'b'));
	await reveal(scope, slug, next);
	expect((await results(scope, slug, next)).verdict).toMatchObject({ kind: 'promising', decisive: 24, winRate: 0.75 });
});

test('what was shown stays closed: a vote, one taken back and one written by hand', async () => {
	const { scope, as, slug, id } = await inconclusive();
	const [given] = await scope.tx((tx) => tx.select().from(ballots).where(eq(ballots.evaluationId, id)));
	await goOn(scope, slug, id, 6);
	const voter = await inProject(scope, slug);
	for (const choice of ['first', null] as const)
		await expect(
			castVote(voter, { evaluationId: id, ballotId: given!.id, choice, clientId: randomUUID() })
		).rejects.toMatchObject({ code: 'conflict', field: 'evaluationId' });
	await expect(
		owner`
			insert into votes (team_id, project_id, evaluation_id, pairing_id, ballot_id, person_id, voter, choice, client_id)
			select team_id, project_id, evaluation_id, pairing_id, id, person_id, voter, 'first', gen_random_uuid()
			from ballots where id = ${given!.id}`
	).rejects.toMatchObject({ code: 'AI030' });
	expect(await nextPairs(await inProject(await as('rater'), slug), { evaluationId: id, after: -1 })).toMatchObject({
		state: 'closed',
		pairs: []
	});
});

test('it goes on once, by whoever may, and not after a verdict or while it is open', async () => {
	const { scope, as, slug, id } = await inconclusive();
	const rater = await inProject(await as('rater'), slug);
	await expect(continueEvaluation(rater, { evaluationId: id, prompts: 1 })).rejects.toThrow(/rater/);
	const inside = await inProject(scope, slug);
	await expect(continueEvaluation(inside, { evaluationId: id, prompts: 7 })).rejects.toMatchObject({
		field: 'prompts',
		message: 'Only 6 prompts are left that nobody has seen.'
	});
	const one = continueEvaluation(inside, { evaluationId: id, prompts: 2 });
	const two = continueEvaluation(inside, { evaluationId: id, prompts: 2 });
	const ends = await Promise.allSettled([one, two]);
	expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
	expect(await getContinuation(inside, { evaluationId: id })).toMatchObject({
		reason: 'It goes on as comparison 2 already.'
	});

	const shipped = await newBallot(12, undefined, { spare: 3 });
	const there = await inProject(shipped.scope, shipped.slug);
	await expect(continueEvaluation(there, { evaluationId: shipped.id, prompts: 1 })).rejects.toMatchObject({
		code: 'conflict',
		message: 'It is still open: go on voting instead.'
	});
	await voteAs(shipped.scope, shipped.slug, shipped.id, () => 'a');
	await reveal(shipped.scope, shipped.slug, shipped.id);
	await expect(continueEvaluation(there, { evaluationId: shipped.id, prompts: 1 })).rejects.toMatchObject({
		message: 'It has its verdict. Compare anew instead.'
	});
	expect(await shipped.scope.tx((tx) => tx.$count(evaluations))).toBe(1);
});
