import { randomUUID } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import type { Results } from '../../../src/lib/contract/evaluation-results.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import {
	exportResults,
	getEvaluation,
	getResults,
	listEvaluations,
	nextPairs
} from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { newBallot, voteAs } from '../../support/data/evaluation.ts';
import { newScript } from '../../support/app/script.ts';

afterAll(() => closePools());

const look = async (who: Scope, slug: string, evaluationId: string) =>
	nextPairs(await inProject(who, slug), { evaluationId, after: -1 });
const resultsOf = async (who: Scope, slug: string, evaluationId: string): Promise<Results> => {
	const found = await getResults(await inProject(who, slug), { evaluationId, show: 'all', page: 1 });
	if (!('results' in found)) throw new Error('still locked');
	return found.results;
};

test('what scripts vote is in no count, no check and no verdict, and is told apart from it', async () => {
	const [alone, joined] = [await newBallot(16), await newBallot(16)];
	const decide = (position: number) => (position % 8 === 0 ? 'b' : 'a');
	for (const { scope, slug, id } of [alone, joined]) await voteAs(scope, slug, id, decide);
	const { scope, slug, id } = joined;
	const [one, other] = [await newScript(scope, 'rater'), await newScript(scope, 'rater', { name: 'Other' })];
	await voteAs(one, slug, id, (position) => (['a', 'b', 'tie', 'both_bad'] as const)[position % 4]!);
	await voteAs(other, slug, id, () => 'b', 3);
	for (const contest of [alone, joined])
		await revealResults(await inProject(contest.scope, contest.slug), { evaluationId: contest.id });

	const [without, withScripts] = [await resultsOf(alone.scope, alone.slug, alone.id), await resultsOf(scope, slug, id)];
	expect(without.scriptVotes).toBe(null);
	expect(withScripts.scriptVotes).toMatchObject({ votes: 19, pairs: 16 });
	const { wins, losses, ties, bothBad } = withScripts.scriptVotes!;
	expect(wins + losses + ties + bothBad).toBe(16);
	expect(withScripts.counts).toEqual(without.counts);
	// where the answers stood is drawn, and how long a vote took is measured
	const steady = ({ checks }: Results) => checks.filter(({ name }) => !['position', 'pace'].includes(name));
	expect(steady(withScripts)).toEqual(steady(without));
	expect({ ...withScripts.verdict, checks: [] }).toEqual({ ...without.verdict, checks: [] });
	expect(withScripts.rows.list.map(({ said }) => said.a + said.b + said.tie + said.both_bad)).toEqual(
		Array.from({ length: 16 }, () => 1)
	);
	const file = await exportResults(await inProject(scope, slug), { evaluationId: id, format: 'json' });
	const text = (await Array.fromAsync(file.pieces)).join('');
	expect(JSON.parse(text).scriptVotes).toEqual(withScripts.scriptVotes);
});

test('scripts bring a vote no further, and end none', async () => {
	const { scope, slug, id } = await newBallot(4);
	const script = await newScript(scope, 'rater');
	await voteAs(script, slug, id, () => 'a');
	const place = await inProject(scope, slug);
	expect(await getEvaluation(place, { evaluationId: id })).toMatchObject({ judged: 0, mine: 0, voters: [] });
	expect(await getResults(place, { evaluationId: id, show: 'all', page: 1 })).toMatchObject({
		locked: { judged: 0, planned: 4 }
	});
	expect((await listEvaluations(place)).rows[0]).toMatchObject({ judged: 0, mine: 0 });
	await expect(revealResults(place, { evaluationId: id })).rejects.toMatchObject({ code: 'conflict' });
	// it knows itself how far it is
	const own = await inProject(script, slug);
	expect(await getEvaluation(own, { evaluationId: id })).toMatchObject({ judged: 0, mine: 4, contenders: null });
	expect((await listEvaluations(own)).rows[0]).toMatchObject({ judged: 0, mine: 4, title: 'Comparison 1' });
	expect(await look(script, slug, id)).toMatchObject({ state: 'done', judged: 4, total: 4 });
});

test('a script is a voter like any: blind, on ballots of its own, until the reveal', async () => {
	const { scope, as, slug, id } = await newBallot(3);
	const [script, other, rater] = [await newScript(scope, 'rater'), await newScript(scope), await as('rater')];
	const queue = await look(script, slug, id);
	expect(queue).toMatchObject({ state: 'open', judged: 0, total: 3 });
	for (const pair of queue.pairs)
		expect(Object.keys(pair).sort()).toEqual(['ballotId', 'first', 'position', 'prompt', 'second']);
	const drawn = await Promise.all([script, other, rater, script].map((who) => look(who, slug, id)));
	const idsOf = ({ pairs }: typeof queue) => pairs.map(({ ballotId }) => ballotId);
	expect(new Set(drawn.flatMap(idsOf)).size).toBe(9);
	expect(idsOf(drawn[3]!)).toEqual(idsOf(queue));

	const vote = async (who: Scope, ballotId: string) =>
		castVote(await inProject(who, slug), { evaluationId: id, ballotId, choice: 'first', clientId: randomUUID() });
	const [first] = idsOf(queue);
	for (const who of [other, rater, scope]) await expect(vote(who, first!)).rejects.toMatchObject({ code: 'not_found' });
	await expect(vote(script, idsOf(drawn[2]!)[0]!)).rejects.toMatchObject({ code: 'not_found' });
	expect(await vote(script, first!)).toEqual({ judged: 1, skipped: 0, total: 3 });
	await vote(rater, idsOf(drawn[2]!)[0]!);
	await revealResults(await inProject(scope, slug), { evaluationId: id });
	await expect(vote(script, idsOf(queue)[1]!)).rejects.toMatchObject({ code: 'conflict', field: 'evaluationId' });
	expect(await resultsOf(scope, slug, id)).toMatchObject({
		verdict: { judged: 1 },
		scriptVotes: { pairs: 1, votes: 1 }
	});
});
