import { afterAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { listEvaluations } from '../../../src/lib/server/evaluations/queries.ts';
import { recentEvaluations } from '../../../src/lib/server/evaluations/rows.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations } from '../../../src/lib/server/platform/db/schema.ts';
import { newBallot, newContest, voteAs } from '../../support/data/evaluation.ts';

afterAll(() => closePools());

const many = async (count: number, status = (_number: number): 'voting' | 'failed' => 'voting') => {
	const contest = await newContest(1);
	const { project, run, connection } = contest;
	await contest.scope.tx((tx) =>
		tx.insert(evaluations).values(
			Array.from({ length: count }, (_, i) => ({
				projectId: project.id,
				number: i + 1,
				name: `Number ${i + 1}`,
				runId: run.id,
				connectionId: connection.id,
				baseModel: 'sandbox-small',
				systemPrompt: '',
				planned: 12,
				temperature: 0,
				maxTokens: 512,
				seed: 1,
				status: status(i + 1)
			}))
		)
	);
	return { ...contest, inside: await inProject(contest.scope, contest.slug) };
};
const numbers = (rows: { number: number }[]) => rows.map(({ number }) => number);
const from = (first: number, last: number) => Array.from({ length: first - last + 1 }, (_, i) => first - i);

test('fifty on a page, the newest first, and every page leads to those beside it', async () => {
	const { inside } = await many(120);
	const first = await listEvaluations(inside);
	expect([numbers(first.rows), first.older, first.newer]).toEqual([from(120, 71), 71, null]);
	const second = await listEvaluations(inside, { before: first.older! });
	expect([numbers(second.rows), second.older, second.newer]).toEqual([from(70, 21), 21, 70]);
	const third = await listEvaluations(inside, { before: second.older! });
	expect([numbers(third.rows), third.older, third.newer]).toEqual([from(20, 1), null, 20]);
	const back = await listEvaluations(inside, { after: third.newer! });
	expect([numbers(back.rows), back.older, back.newer]).toEqual([from(70, 21), 21, 70]);
	// the way up ends at the first page, and that one is full
	expect(await listEvaluations(inside, { after: back.newer! })).toEqual(first);
	expect(await listEvaluations(inside, { after: 100 })).toEqual(first);
	expect(await listEvaluations(inside, { before: 1 })).toEqual({ rows: [], older: null, newer: 0 });
});

test('each says how far it is: by everybody, and by this person', async () => {
	const { scope, as, slug, id } = await newBallot(6);
	const rater = await as('rater');
	await voteAs(scope, slug, id, () => 'a', 4);
	await voteAs(rater, slug, id, () => 'b', 6);
	const row = async (person: typeof scope) => (await listEvaluations(await inProject(person, slug))).rows[0];
	expect(await row(scope)).toMatchObject({ answers: 12, judged: 6, mine: 4, score: null });
	expect(await row(rater)).toMatchObject({ answers: 12, judged: 6, mine: 6, title: 'Comparison 1' });
	expect(await row(await as('trainer'))).toMatchObject({ judged: 6, mine: 0 });
});

test('the recent ones come with older ones that still wait for votes', async () => {
	const { scope, inside } = await many(9, (number) => (number === 2 || number > 7 ? 'voting' : 'failed'));
	const recent = (limit: number) => scope.tx((tx) => recentEvaluations(tx, inside, limit));
	expect(numbers(await recent(3))).toEqual([9, 8, 7, 2]);
	expect(numbers(await recent(20))).toEqual(from(9, 1));
});
