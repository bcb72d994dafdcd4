import { afterAll, expect, test } from 'vitest';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { listEvaluations } from '../../../src/lib/server/evaluations/queries.ts';
import { recentEvaluations } from '../../../src/lib/server/evaluations/rows.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { evaluations } from '../../../src/lib/server/platform/db/schema.ts';
import { newBallot, newContest, voteAs } from '../../support/data/evaluation.ts';
import { newProject } from '../../support/data/team.ts';
import { rewriteHistory } from '../../support/database/raw.ts';

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

const recentOf = async ({ scope, inside }: Awaited<ReturnType<typeof many>>, limit: number) => {
	const { newest, comparisons, open } = await scope.tx((tx) => recentEvaluations(tx, inside, limit));
	const rows = await scope.tx((tx) => tx.select().from(evaluations));
	const numberOf = new Map(rows.map(({ id, number }) => [id, number]));
	return {
		newest: numbers(newest),
		comparisons: numbers(comparisons),
		open: open.map((id) => numberOf.get(id)!)
	};
};

test('beside the recent ones older comparisons are counted until one waits for whoever asks', async () => {
	const contest = await many(9, (number) => (number === 2 || number > 7 ? 'voting' : 'failed'));
	expect(await recentOf(contest, 3)).toEqual({ newest: [9, 8, 7], comparisons: [9, 8, 7], open: [9, 8, 7, 2] });
	expect(await recentOf(contest, 20)).toEqual({ newest: from(9, 1), comparisons: from(9, 1), open: from(9, 1) });
	const old = await many(30, (number) => (number <= 20 ? 'voting' : 'failed'));
	expect(await recentOf(old, 3)).toEqual({
		...{ newest: [30, 29, 28], comparisons: [30, 29, 28, 20] },
		open: [30, 29, 28, ...from(20, 1)]
	});
});

test('scorings in front of a comparison do not hide it, and are no step themselves', async () => {
	const contest = await many(12, (number) => (number === 1 ? 'voting' : 'failed'));
	await rewriteHistory(
		'evaluations',
		(sql) => sql`
			update evaluations set kind = 'scoring', sendable_from = 8, status = 'voting'
			where project_id = ${contest.project.id} and number > 4`
	);
	expect(await recentOf(contest, 5)).toEqual({
		...{ newest: from(12, 8), comparisons: [4, 1] },
		open: [...from(12, 8), 1]
	});
	const { project } = contest.inside;
	await newProject(contest.scope, { slug: 'beside' });
	const beside = await inProject(contest.scope, 'beside');
	expect(beside.project.id).not.toBe(project.id);
	expect(await recentOf({ ...contest, inside: beside }, 5)).toEqual({ newest: [], comparisons: [], open: [] });
});
