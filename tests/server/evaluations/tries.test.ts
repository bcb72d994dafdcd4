import { afterAll, expect, test } from 'vitest';
import { eq } from 'drizzle-orm';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations } from '../../../src/lib/server/platform/db/schema.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { createEvaluation, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { getEvaluation, getResults, getSetUp } from '../../../src/lib/server/evaluations/queries.ts';
import { addReadyRun, answerAll, newBallot, newContest, voteAs, wish } from '../../support/data/evaluation.ts';

afterAll(() => closePools());

const attemptOf = async (scope: Scope, id: string) =>
	(await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, id))))[0]!.attempt;

const again = async (scope: Scope, slug: string, runId: string, pairs: number, against?: string) => {
	const { id } = await createEvaluation(await inProject(scope, slug), wish(runId, pairs, against ? { against } : {}));
	await answerAll(scope, id);
	return id;
};
const results = async (scope: Scope, slug: string, evaluationId: string) => {
	const found = await getResults(await inProject(scope, slug), { evaluationId, show: 'all', page: 1 });
	if ('locked' in found) throw new Error('still locked');
	return found.results;
};

test('a comparison that nobody looked at with fewer than twelve prompts complete was no try; with twelve it was', async () => {
	const { scope, slug, id, run } = await newBallot(24);
	await voteAs(scope, slug, id, () => 'a', 11);
	const second = await again(scope, slug, run.id, 24);
	expect(await attemptOf(scope, second)).toBe(1);
	await voteAs(scope, slug, id, () => 'a', 1);
	const third = await again(scope, slug, run.id, 24);
	expect(await attemptOf(scope, third)).toBe(2);
	// it was fixed when it was made
	expect(await attemptOf(scope, second)).toBe(1);
	expect(await getEvaluation(await inProject(scope, slug), { evaluationId: third })).toMatchObject({ attempt: 2 });
});

test('the second comparison needs p below .0125, and says what the first one gave', async () => {
	const { scope, slug, id, run } = await newBallot(24);
	let cast = 0;
	await voteAs(scope, slug, id, () => (cast++ % 2 ? 'a' : 'b'));
	await revealResults(await inProject(scope, slug), { evaluationId: id });
	const second = await again(scope, slug, run.id, 24);
	const base = `${run.connectionId}:${run.baseModel}`;
	expect((await getSetUp(await inProject(scope, slug))).tried).toEqual([{ two: [run.id, base], times: 1 }]);
	let losses = 0;
	await voteAs(scope, slug, second, () => (losses++ < 6 ? 'b' : 'a'));
	await revealResults(await inProject(scope, slug), { evaluationId: second });
	const found = await results(scope, slug, second);
	expect(found.plan).toMatchObject({ attempt: 2, bar: { p: 0.0125, evidence: 80 } });
	expect(found.verdict).toMatchObject({ kind: 'promising' });
	expect(found.verdict.p).toBeCloseTo(0.0227, 4);
	expect(found.checks.find(({ name }) => name === 'tries')).toMatchObject({
		state: 'warn',
		sentence: '2nd comparison of v1 with base; the 1st gave no verdict: the bar is 4 times as high (p below 0.0125).'
	});
});

test('which of two runs is judged does not matter; another opponent is another comparison', async () => {
	const { scope, slug, project, connection, run } = await newContest(14);
	const other = await addReadyRun(scope, { projectId: project.id, connectionId: connection.id, version: 2 });
	const first = await again(scope, slug, other.id, 14, run.id);
	await voteAs(scope, slug, first, () => 'b');
	await revealResults(await inProject(scope, slug), { evaluationId: first });
	expect(await attemptOf(scope, await again(scope, slug, run.id, 14, other.id))).toBe(2);
	expect(await attemptOf(scope, await again(scope, slug, run.id, 14))).toBe(1);
	expect(await attemptOf(scope, await again(scope, slug, other.id, 14))).toBe(1);
});

test('no plan asks for more votes than there are people', async () => {
	const { scope, as, slug, run } = await newContest(4);
	const inside = await inProject(scope, slug);
	await expect(createEvaluation(inside, wish(run.id, 4, { votes: 2 }))).rejects.toMatchObject({
		code: 'invalid',
		field: 'votes',
		message: expect.stringMatching(/^Only one person may vote/)
	});
	await as('rater', [inside.project.id]);
	expect((await getSetUp(inside)).voters).toBe(2);
	await createEvaluation(inside, wish(run.id, 4, { votes: 2 }));
});
