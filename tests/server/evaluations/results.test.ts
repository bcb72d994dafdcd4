import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, evaluations, runExamples, votes } from '../../../src/lib/server/platform/db/schema.ts';
import { exportResults } from '../../../src/lib/server/evaluations/export.ts';
import { listEvaluations } from '../../../src/lib/server/evaluations/list.ts';
import { getPrompts, getResults, revealResults, type Results } from '../../../src/lib/server/evaluations/results.ts';
import { openBooth } from '../../../src/lib/server/evaluations/ballots.ts';
import { castVote } from '../../../src/lib/server/evaluations/vote.ts';
import { stopQueue } from '../../../src/lib/server/jobs/queue.ts';
import type { Scope } from '../../../src/lib/server/access/scope.ts';
import { addExamples, newBallot, voteAs } from '../../support/evaluation.ts';
import { rewriteHistory } from '../../support/raw.ts';
import { newTeam } from '../../support/team.ts';

afterAll(async () => {
	await stopQueue();
	await closePools();
});

const revealed = async (scope: Scope, slug: string, id: string): Promise<Results> => {
	await revealResults(scope, slug, id);
	const found = await getResults(scope, slug, id);
	if ('locked' in found) throw new Error('still locked');
	return found.results;
};
const check = (results: Results, name: string) => results.checks.find((one) => one.name === name);

test('before the reveal there is progress and nothing else, for every role', async () => {
	const { scope, as, slug, id } = await newBallot(4);
	await voteAs(await as('rater'), slug, id, () => 'a', 3);
	for (const [role, mayReveal] of [
		['owner', true],
		['trainer', true],
		['rater', false]
	] as const) {
		const person = role === 'owner' ? scope : await as(role);
		const found = await getResults(person, slug, id);
		const title = role === 'rater' ? 'Comparison 1' : 'v1 against base';
		expect(found).toEqual({ locked: { number: 1, title, judged: 3, planned: 4, status: 'voting', mayReveal } });
		expect((await listEvaluations(person, slug))[0]).toMatchObject({ judged: 3, score: null });
		await expect(exportResults(person, slug, id, 'csv')).rejects.toMatchObject({ code: 'conflict' });
		await expect(getPrompts(person, slug, id, [])).rejects.toMatchObject({ code: 'forbidden' });
	}
});

test('18 of 24 ships; the reveal shows who wrote what, to raters as well', async () => {
	const { scope, as, slug, id, run } = await newBallot(24);
	const rater = await as('rater');
	// three losses on each side, so that chance raises no position flag
	const losses = { true: 3, false: 3 };
	const said = new Map<number, 'a' | 'b'>();
	await voteAs(rater, slug, id, (position, isFirst) => {
		const outcome = losses[`${isFirst}`]-- > 0 ? 'b' : 'a';
		said.set(position, outcome);
		return outcome;
	});
	const results = await revealed(scope, slug, id);
	expect(results.verdict).toMatchObject({ kind: 'ship-it', decisive: 24, fragility: 1 });
	expect(results.verdict.sentence).toBe('Won 18 of 24 decisive (55–88 %). A coin would do this 2 in 100 times.');
	expect(results.contenders).toEqual({ a: 'v1', b: 'base' });
	expect(results.counts).toEqual({ wins: 18, losses: 6, ties: 0, bothBad: 0, planned: 24 });
	expect(results.judged.map((row) => row.outcome)).toEqual(Array.from({ length: 24 }, (_, i) => said.get(i)));
	for (const row of results.judged)
		expect([row.a.text, row.b.text]).toEqual([`Apple ${row.position}`, `Beech ${row.position}`]);
	expect(results.checks.map((one) => one.name)).toEqual(
		expect.arrayContaining(['leak', 'both bad', 'position', 'progress', 'fragility', 'length', 'agreement', 'names'])
	);
	expect(check(results, 'reveal')).toBeUndefined();
	expect(await getResults(rater, slug, id)).toEqual({ results });
	const [listed] = await listEvaluations(rater, slug);
	expect(listed).toMatchObject({
		title: 'v1 against base',
		score: { kind: 'ship-it', wins: 18, losses: 6, runId: run.id, version: 'v1', against: 'base' }
	});
	const prompts = await getPrompts(rater, slug, id, [results.judged[0]!.pairingId]);
	expect(Object.values(prompts)[0]).toMatchObject({ reference: expect.stringMatching(/^The answer to/) });
});

test('an early reveal is said to be early; the vote goes on and counts', async () => {
	const { scope, slug, id } = await newBallot(40);
	await voteAs(scope, slug, id, (position) => (position % 3 ? 'a' : 'b'), 9);
	const early = await revealed(scope, slug, id);
	expect(['ship-it', 'dont-ship']).not.toContain(early.verdict.kind);
	expect(early.judged).toHaveLength(9);
	expect(check(early, 'reveal')).toMatchObject({
		state: 'warn',
		sentence: expect.stringContaining('Revealed at 9 of 40')
	});
	// voting goes on, and counts
	await voteAs(scope, slug, id, () => 'a', 20);
	const later = await revealed(scope, slug, id);
	expect(later.verdict).toMatchObject({ kind: 'ship-it', judged: 29 });
	expect(later.verdict.evidence).toBeGreaterThan(20);
	expect(check(later, 'reveal')!.sentence).toContain('Revealed at 9 of 40');
});

test('a lead before the planned end waits for it', async () => {
	const { scope, slug, id } = await newBallot(30);
	// counted by vote, not by place: which 24 of the 30 come first is drawn
	let cast = 0;
	await voteAs(scope, slug, id, () => (cast++ % 4 < 3 ? 'a' : 'b'), 24);
	const results = await revealed(scope, slug, id);
	expect(results.verdict.evidence).toBeLessThan(20);
	expect(['promising', 'need-more-data']).toContain(results.verdict.kind);
});

test('several voters are one outcome for each pair: the majority, and a tie when they are split', async () => {
	const { scope, as, slug, id } = await newBallot(4);
	const three = [scope, await as('rater'), await as('trainer')];
	const said = [
		['a', 'a', 'both_bad', 'b'],
		['a', 'b', 'both_bad', 'a'],
		['b', 'tie', 'a', 'tie']
	] as const;
	for (const [i, person] of three.entries()) await voteAs(person, slug, id, (position) => said[i]![position]!);
	const results = await revealed(scope, slug, id);
	expect(results.judged.map((row) => [row.outcome, row.said])).toEqual([
		['a', { a: 2, b: 1, tie: 0, both_bad: 0 }],
		['tie', { a: 1, b: 1, tie: 1, both_bad: 0 }],
		['both_bad', { a: 1, b: 0, tie: 0, both_bad: 2 }],
		['tie', { a: 1, b: 1, tie: 1, both_bad: 0 }]
	]);
	expect(results.counts).toMatchObject({ wins: 1, losses: 0, ties: 2, bothBad: 1 });
	expect(results.verdict.judged).toBe(4);
});

test('agreement is measured from twenty pairs with two voters on', async () => {
	const { scope, as, slug, id } = await newBallot(20);
	for (const person of [scope, await as('rater')])
		await voteAs(person, slug, id, (position) => (position % 2 ? 'a' : 'b'));
	expect(check(await revealed(scope, slug, id), 'agreement')).toMatchObject({
		state: 'ok',
		sentence: expect.stringContaining('reliable: α = 1.00')
	});
});

test('whoever nearly always takes the first answer raises the flag, and nothing ships', async () => {
	const { scope, slug, id } = await newBallot(40);
	for (let booth = await openBooth(scope, slug, id); booth.state === 'open'; booth = await openBooth(scope, slug, id)) {
		for (const { ballotId, first, position } of booth.pairs) {
			// the run's answer whenever it stands first, and half of the times when it does not
			const choice = first.startsWith('Apple') || position % 2 ? ('first' as const) : ('second' as const);
			await castVote(scope, slug, { evaluationId: id, ballotId, choice, clientId: randomUUID() });
		}
	}
	const results = await revealed(scope, slug, id);
	expect(check(results, 'position')!.state).toBe('warn');
	expect(results.verdict.kind).not.toBe('ship-it');
});

test('a pair whose prompt a contender has trained on blocks the verdict, whatever the votes', async () => {
	const { scope, slug, id, run, project } = await newBallot(24);
	await voteAs(scope, slug, id, () => 'a');
	const [learnt] = await addExamples(scope, project.id, ['Innocent?'], { split: 'train', from: 100 });
	await scope.tx((tx) =>
		tx.insert(runExamples).values({ projectId: project.id, runId: run.id, exampleId: learnt!, kind: 'train' })
	);
	await rewriteHistory(
		'examples',
		(sql) => sql`
			update examples set split = null, prompt_hash = (
				select prompt_hash from examples where project_id = ${project.id} and number = 1
			) where id = ${learnt!}`
	);
	const results = await revealed(scope, slug, id);
	expect(results.verdict).toMatchObject({ kind: 'blocked', sentence: 'Not a fair test: 1 item was in training.' });
	expect((await listEvaluations(scope, slug))[0]!.score).toMatchObject({ kind: 'blocked' });
});

test('answers that name a model and answers that were cut are flagged', async () => {
	const { scope, slug, id } = await newBallot(3, (letter, position) => {
		if (letter === 'a') return position === 2 ? 'Apple 2…' : `Apple ${position}`;
		return position === 1 ? 'Beech 1: I am Qwen.' : `Beech ${position}`;
	});
	await voteAs(scope, slug, id, () => 'a');
	const results = await revealed(scope, slug, id);
	expect(results.judged[1]!.b).toEqual({ named: 'qwen', text: 'Beech 1: I am Qwen.', complete: true });
	expect(results.judged.map((row) => [row.a.complete, row.b.complete])).toEqual([
		[true, true],
		[true, true],
		[false, true]
	]);
	expect(check(results, 'names')).toMatchObject({
		state: 'warn',
		sentence: expect.stringMatching(/^1 pair has an answer/)
	});
	expect(check(results, 'complete')).toMatchObject({
		state: 'warn',
		sentence: expect.stringMatching(/^1 pair has an answer/)
	});
});

test('once everything is judged and revealed the vote is closed', async () => {
	const { scope, as, slug, id } = await newBallot(3);
	const rater = await as('rater');
	await openBooth(rater, slug, id);
	await voteAs(scope, slug, id, () => 'a');
	expect((await openBooth(rater, slug, id)).state).toBe('open');
	const { pairs } = await openBooth(rater, slug, id);
	await revealResults(scope, slug, id);
	expect(await openBooth(rater, slug, id)).toMatchObject({ state: 'closed', pairs: [] });
	expect((await openBooth(scope, slug, id)).state).toBe('done');
	await expect(voteAs(rater, slug, id, () => 'b')).resolves.toBeUndefined();
	expect(await scope.tx((tx) => tx.$count(votes))).toBe(3);
	expect(pairs).toHaveLength(3);
});

test('the reveal happens once, is written down, and needs a vote and the right', async () => {
	const { scope, as, slug, id } = await newBallot(3);
	await expect(revealResults(scope, slug, id)).rejects.toMatchObject({ code: 'conflict' });
	await voteAs(scope, slug, id, () => 'a', 1);
	const rater = await as('rater');
	expect(() => revealResults(rater, slug, id)).toThrow(/rater/);
	await expect(revealResults({ ...rater, role: 'owner' }, slug, id)).rejects.toThrow();
	await expect(revealResults((await newTeam()).scope, slug, id)).rejects.toMatchObject({ code: 'not_found' });
	expect((await scope.tx((tx) => tx.select().from(evaluations)))[0]!.revealedAt).toBeNull();
	await revealResults(await as('trainer'), slug, id);
	const [first] = await scope.tx((tx) => tx.select().from(evaluations));
	await revealResults(scope, slug, id);
	const [second] = await scope.tx((tx) => tx.select().from(evaluations));
	expect(second!.revealedAt).toEqual(first!.revealedAt);
	const entries = await scope.tx((tx) =>
		tx.select().from(auditEntries).where(eq(auditEntries.action, 'evaluation.revealed'))
	);
	expect(entries.map((entry) => entry.details)).toEqual([{ name: 'v1 against base', judged: 1, planned: 3 }]);
});

test('a stranger sees no list and no results', async () => {
	const { slug, id } = await newBallot(3);
	const { scope: stranger } = await newTeam();
	const none = { code: 'not_found' };
	await expect(getResults(stranger, slug, id)).rejects.toMatchObject(none);
	await expect(getPrompts(stranger, slug, id, [])).rejects.toMatchObject(none);
	await expect(exportResults(stranger, slug, id, 'json')).rejects.toMatchObject(none);
	await expect(listEvaluations(stranger, slug)).rejects.toMatchObject(none);
});

test('the export says everything, and nothing that a spreadsheet runs', async () => {
	const { scope, slug, id } = await newBallot(3, (letter, position) =>
		letter === 'a' && position === 2 ? '=HYPERLINK("http://x", 2)' : `${letter === 'a' ? 'Apple' : 'Beech'} ${position}`
	);
	await voteAs(scope, slug, id, (position) => (position === 1 ? 'b' : 'a'));
	await revealResults(scope, slug, id);
	const csv = await exportResults(scope, slug, id, 'csv');
	expect(csv.type).toContain('text/csv');
	expect(csv.body.split('\r\n')[0]).toBe(
		'comparison,example,outcome,winner,votes_a,votes_b,votes_tie,votes_both_bad,prompt,answer_a,answer_b,reference,names_a_model'
	);
	expect(csv.body).not.toMatch(/(^|,)"?=/m);
	const json = JSON.parse((await exportResults(scope, slug, id, 'json')).body);
	expect(json).toMatchObject({
		evaluation: 'v1 against base',
		contenders: { a: 'v1', b: 'base' },
		counts: { planned: 3 }
	});
	expect(json.comparisons[0]).toMatchObject({
		comparison: 1,
		prompt: expect.arrayContaining([expect.objectContaining({ role: 'user' })])
	});
});
