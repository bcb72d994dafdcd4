// What goes away while people vote: a prompt, a voter, a model. Nothing that was said is lost, and no number speaks of what is not there.
import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { continueEvaluation } from '../../../src/lib/server/evaluations/continuing.ts';
import { getEvaluation, getResults, nextPairs } from '../../../src/lib/server/evaluations/queries.ts';
import { deleteExamples } from '../../../src/lib/server/examples/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { members } from '../../../src/lib/server/platform/db/schema.ts';
import { newBallot, voteAs } from '../../support/data/evaluation.ts';
import { rewriteHistory } from '../../support/database/raw.ts';

afterAll(() => closePools());

const results = async (scope: Scope, slug: string, evaluationId: string) => {
	const inside = await inProject(scope, slug);
	await revealResults(inside, { evaluationId });
	const found = await getResults(inside, { evaluationId, show: 'all', page: 1 });
	if ('locked' in found) throw new Error('still locked');
	return found.results;
};

test('a prompt that is deleted is judged all the same: its answers are kept, and it counts under its number', async () => {
	const { scope, slug, id, exampleIds } = await newBallot(12);
	const inside = await inProject(scope, slug);
	await deleteExamples(inside, { ids: exampleIds.slice(0, 3) });
	expect(await getEvaluation(inside, { evaluationId: id })).toMatchObject({ planned: 12 });
	await voteAs(scope, slug, id, () => 'a');
	const { verdict, counts, rows } = await results(scope, slug, id);
	expect(verdict).toMatchObject({ kind: 'ship-it', judged: 12 });
	expect(counts).toMatchObject({ wins: 12, planned: 12 });
	expect(rows.list.map(({ number }) => number).toSorted((one, two) => one - two)).toEqual(
		Array.from({ length: 12 }, (_, at) => at + 1)
	);
});

test('a voter who leaves: what they said stands and bears their name, the rest is dealt to who is left', async () => {
	const { scope, as, slug, id } = await newBallot(8);
	const rater = await as('rater');
	await voteAs(rater, slug, id, () => 'a', 3);
	await scope.tx((tx) => tx.delete(members).where(eq(members.personId, rater.userId!)));
	expect(await getEvaluation(await inProject(scope, slug), { evaluationId: id })).toMatchObject({ judged: 3 });
	await voteAs(scope, slug, id, () => 'a', 5);
	const { verdict, checks } = await results(scope, slug, id);
	expect(verdict.judged).toBe(8);
	const voters = checks.find(({ name }) => name === 'voters')!.sentence;
	expect(voters).toContain('(3)');
	expect(voters).toContain('(5)');
});

test('a model that is gone is not needed for a vote; to go on it is, and that is said', async () => {
	const { scope, slug, id, run } = await newBallot(12, undefined, { spare: 6 });
	let cast = 0;
	await voteAs(scope, slug, id, () => (cast++ % 2 ? 'a' : 'b'), 6);
	await rewriteHistory('runs', (sql) => sql`update runs set status = 'failed', problem = 'Gone.' where id = ${run.id}`);
	const inside = await inProject(scope, slug);
	const { pairs } = await nextPairs(inside, { evaluationId: id, after: -1 });
	await castVote(inside, { evaluationId: id, ballotId: pairs[0]!.ballotId, choice: 'tie', clientId: randomUUID() });
	expect((await results(scope, slug, id)).verdict).toMatchObject({ kind: 'need-more-data', judged: 7 });
	await expect(continueEvaluation(inside, { evaluationId: id, prompts: 6 })).rejects.toMatchObject({ field: 'runId' });
});
