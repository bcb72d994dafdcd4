import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import { afterAll, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, evaluations, runExamples, votes } from '../../../src/lib/server/platform/db/schema.ts';
import type { Results } from '../../../src/lib/contract/evaluation-results.ts';
import { castVote, revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import {
	exportResults,
	getResults,
	getTrend,
	listEvaluations,
	nextPairs
} from '../../../src/lib/server/evaluations/queries.ts';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { addExamples, newBallot, voteAs } from '../../support/data/evaluation.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
afterAll(async () => {
	await owner.end();
	await closePools();
});

const look = async (person: Scope, slug: string, evaluationId: string) =>
	nextPairs(await inProject(person, slug), { evaluationId, after: -1 });
const reveal = async (person: Scope, slug: string, evaluationId: string) =>
	revealResults(await inProject(person, slug), { evaluationId });
const results = async (
	person: Scope,
	slug: string,
	evaluationId: string,
	more: { show?: 'losses'; page?: number } = {}
) => getResults(await inProject(person, slug), { evaluationId, show: 'all', page: 1, ...more });
const list = async (person: Scope, slug: string) => (await listEvaluations(await inProject(person, slug))).rows;
const exported = async (person: Scope, slug: string, evaluationId: string, format: 'json' | 'csv') => {
	const file = await exportResults(await inProject(person, slug), { evaluationId, format });
	return { name: file.name, body: (await Array.fromAsync(file.pieces)).join('') };
};

/** The results and, read page by page, every judged pair. */
const revealed = async (scope: Scope, slug: string, id: string) => {
	await reveal(scope, slug, id);
	const pages: Results[] = [];
	do {
		const found = await results(scope, slug, id, { page: pages.length + 1 });
		if ('locked' in found) throw new Error('still locked');
		pages.push(found.results);
	} while (pages.length < pages[0]!.rows.pages);
	return { results: pages[0]!, judged: pages.flatMap(({ rows }) => rows.list) };
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
		const found = await results(person, slug, id);
		const title = role === 'rater' ? 'Comparison 1' : 'v1 against base';
		expect(found).toEqual({
			locked: { number: 1, title, judged: 3, skipped: 0, planned: 4, status: 'voting', threeWay: null, mayReveal }
		});
		expect((await list(person, slug))[0]).toMatchObject({ title, judged: 3, revealed: false, score: null });
		await expect(exported(person, slug, id, 'csv')).rejects.toMatchObject({ code: 'conflict' });
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
	const { results, judged } = await revealed(scope, slug, id);
	expect(results.verdict).toMatchObject({ kind: 'ship-it', decisive: 24, fragility: 1 });
	expect(results.verdict.sentence).toMatch(
		/^Better in 18, worse in 6, no difference in 0 of 24, in .*’s eyes: \+50 points \(10 to 76\)\. Equal models would do this once in 100 times\.$/
	);
	expect(results.verdict).toMatchObject({ netPreference: 0.5, winRate: 0.75 });
	expect(results.plan).toMatchObject({ prompts: 24, votes: 1, delta: 20, attempt: 1, continued: false });
	expect(results.contenders).toEqual({ a: 'v1', b: 'base' });
	expect(results.counts).toEqual({ wins: 18, losses: 6, ties: 0, bothBad: 0, skipped: 0, planned: 24 });
	expect(judged.map((row) => row.outcome)).toEqual(Array.from({ length: 24 }, (_, i) => said.get(i)));
	for (const row of judged)
		expect([row.a.text, row.b.text]).toEqual([`Apple ${row.position}`, `Beech ${row.position}`]);
	expect(results.checks.map((one) => one.name)).toEqual(
		expect.arrayContaining([
			'leak',
			'near-duplicates',
			'both bad',
			'complete',
			'plan',
			'tries',
			'fragility',
			'voters',
			'pace',
			'position',
			'length',
			'agreement',
			'thinking',
			'names'
		])
	);
	expect(check(results, 'missing')).toBeUndefined();
	expect(results.rows).toMatchObject({ show: 'all', page: 1, pages: 2, count: 24 });
	expect(results.rows.list).toHaveLength(20);
	let opened = 0;
	const inside = await inProject(rater, slug);
	const { look } = inside;
	inside.look = (work) => (opened++, look(work));
	expect(results.next).toMatchObject({ runId: run.id, version: 1, model: run.model, continuedBy: null });
	expect(await getResults(inside, { evaluationId: id, show: 'all', page: 1 })).toEqual({
		results: { ...results, next: { ...results.next, model: null } }
	});
	expect(opened).toBe(1);
	const [listed] = await list(rater, slug);
	expect(listed).toMatchObject({
		title: 'v1 against base',
		score: { kind: 'ship-it', wins: 18, losses: 6, runId: run.id, version: 'v1', against: 'base' }
	});
	expect(judged[0]).toMatchObject({ reference: expect.stringMatching(/^The answer to/) });
	const lost = await getResults(inside, { evaluationId: id, show: 'losses', page: 9 });
	expect('results' in lost && lost.results.rows).toMatchObject({ page: 1, pages: 1, count: 6 });
	expect('results' in lost && lost.results.rows.list.map((row) => row.position)).toEqual(
		judged.filter((row) => row.outcome === 'b').map((row) => row.position)
	);
});

test('an early reveal is said to be early, and ends the vote', async () => {
	const { scope, as, slug, id } = await newBallot(40);
	const rater = await as('rater');
	await look(rater, slug, id);
	await voteAs(scope, slug, id, (position) => (position % 3 ? 'a' : 'b'), 9);
	const { results: early, judged } = await revealed(scope, slug, id);
	expect(['ship-it', 'dont-ship']).not.toContain(early.verdict.kind);
	expect(judged).toHaveLength(9);
	expect(check(early, 'missing')).toMatchObject({
		state: 'warn',
		sentence: expect.stringMatching(/^31 prompts got no vote and are in no number: #/)
	});
	expect(check(early, 'plan')!.sentence).toMatch(/^9 of 40 planned prompts count/);
	for (const person of [scope, rater, await as('trainer')])
		expect(await look(person, slug, id)).toMatchObject({ state: 'closed', total: 44, pairs: [] });
	const { results: later } = await revealed(scope, slug, id);
	expect(later).toEqual(early);
});

test('a lead before the planned end waits for it', async () => {
	const { scope, slug, id } = await newBallot(30);
	// counted by vote, not by place: which 24 of the 30 come first is drawn
	let cast = 0;
	await voteAs(scope, slug, id, () => (cast++ % 4 < 3 ? 'a' : 'b'), 24);
	const { results } = await revealed(scope, slug, id);
	expect(results.verdict.evidence).toBeLessThan(20);
	expect(['promising', 'need-more-data']).toContain(results.verdict.kind);
});

test('several votes are one score for each prompt, by the first of them, whoever comes later', async () => {
	const { scope, as, slug, id } = await newBallot(4, undefined, { votes: 2 });
	const three = [scope, await as('rater'), await as('trainer')];
	const said = [
		['a', 'a', 'both_bad', 'b'],
		['a', 'b', 'both_bad', 'tie'],
		['b', 'a', 'a', 'a']
	] as const;
	for (const [i, person] of three.entries()) await voteAs(person, slug, id, (position) => said[i]![position]!);
	const { results, judged } = await revealed(scope, slug, id);
	expect(judged.map((row) => [row.outcome, row.score, row.said])).toEqual([
		['a', 1, { a: 2, b: 1, tie: 0, both_bad: 0 }],
		['tie', 0, { a: 2, b: 1, tie: 0, both_bad: 0 }],
		['both_bad', 0, { a: 1, b: 0, tie: 0, both_bad: 2 }],
		['b', -0.5, { a: 1, b: 1, tie: 1, both_bad: 0 }]
	]);
	expect(results.counts).toMatchObject({ wins: 1, losses: 1, ties: 1, bothBad: 1, planned: 4 });
	expect(results.verdict).toMatchObject({ judged: 4, netPreference: 0.125 });
	expect(judged[0]!.votes.map(({ choice, first }) => (choice === 'first' ? first : first === 'a' ? 'b' : 'a'))).toEqual(
		['a', 'a', 'b']
	);
});

test('a prompt with too few votes counts nowhere, and is named', async () => {
	const { scope, as, slug, id } = await newBallot(4, undefined, { votes: 2 });
	await voteAs(scope, slug, id, () => 'a');
	await voteAs(await as('rater'), slug, id, () => 'a', 3);
	const { results } = await revealed(scope, slug, id);
	expect(results.verdict).toMatchObject({ judged: 3, netPreference: 1 });
	expect(results.counts).toMatchObject({ wins: 3, planned: 4 });
	expect(check(results, 'missing')!.sentence).toMatch(/^1 prompt did not get 2 votes and is in no number: #\d\.$/);
	expect(results.rows.count).toBe(3);
});

test('whoever changes their mind keeps their place: the vote that came later stays later', async () => {
	const { scope, as, slug, id } = await newBallot(1);
	const voter = await inProject(scope, slug);
	const { pairs } = await look(scope, slug, id);
	const choose = (choice: 'first' | 'second' | null) =>
		castVote(voter, { evaluationId: id, ballotId: pairs[0]!.ballotId, choice, clientId: randomUUID() });
	const own = pairs[0]!.first.startsWith('Apple') ? 'first' : 'second';
	await choose(own === 'first' ? 'second' : 'first');
	await voteAs(await as('rater'), slug, id, () => 'b');
	await choose(null);
	await choose(own);
	const { results, judged } = await revealed(scope, slug, id);
	expect(judged[0]).toMatchObject({ outcome: 'a', said: { a: 1, b: 1 } });
	expect(results.verdict.netPreference).toBe(1);
});

test('agreement is measured from twenty pairs with two voters on', async () => {
	const { scope, as, slug, id } = await newBallot(20);
	for (const person of [scope, await as('rater')])
		await voteAs(person, slug, id, (position) => (position % 2 ? 'a' : 'b'));
	expect(check((await revealed(scope, slug, id)).results, 'agreement')).toMatchObject({
		state: 'ok',
		sentence: expect.stringMatching(/^Voters said the same in 100 % of 20 shared pairs: reliable, AC1 1\.00/)
	});
});

test('whoever nearly always takes the first answer is named, and it vetoes nothing', async () => {
	const { scope, slug, id } = await newBallot(40);
	const voter = await inProject(scope, slug);
	let others = 0;
	for (let queue = await look(scope, slug, id); queue.state === 'open'; queue = await look(scope, slug, id)) {
		for (const { ballotId, first } of queue.pairs) {
			// the run's answer whenever it stands first, and half of the times when it does not
			const choice = first.startsWith('Apple') || others++ % 2 ? ('first' as const) : ('second' as const);
			await castVote(voter, { evaluationId: id, ballotId, choice, clientId: randomUUID() });
		}
	}
	const { results } = await revealed(scope, slug, id);
	expect(check(results, 'position')!.state).toBe('warn');
	expect(results.verdict.kind).toBe('ship-it');
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
	const { results } = await revealed(scope, slug, id);
	expect(results.verdict).toMatchObject({
		kind: 'blocked',
		sentence: 'Not a fair test: 1 of its prompts was in training.'
	});
	expect((await list(scope, slug))[0]!.score).toMatchObject({ kind: 'blocked' });
});

test('answers that name a model and answers that were cut are flagged', async () => {
	const { scope, slug, id, teamId, project } = await newBallot(3, (letter, position) => {
		if (letter === 'a') return position === 2 ? 'Apple 2…' : `Apple ${position}`;
		return position === 1 ? 'Beech 1: I am Qwen.' : `Beech ${position}`;
	});
	// its words are no names in a project that is called so, and this one is not
	await newProject(scope, { slug: 'other' });
	await owner`update projects set name = 'Qwen' where team_id = ${teamId} and id <> ${project.id}`;
	await owner`update projects set description = 'of apples' where id = ${project.id}`;
	await voteAs(scope, slug, id, () => 'a');
	const { results, judged } = await revealed(scope, slug, id);
	expect(judged[1]!.b).toEqual({ named: 'qwen', length: 19, text: 'Beech 1: I am Qwen.', complete: true });
	expect(judged.map((row) => [row.a.complete, row.b.complete])).toEqual([
		[true, true],
		[true, true],
		[false, true]
	]);
	expect(check(results, 'names')).toMatchObject({
		state: 'warn',
		sentence: expect.stringMatching(/^1 pair has an answer/)
	});
	expect(check(results, 'complete')).toMatchObject({
		state: 'block',
		show: 'cut-off',
		sentence: expect.stringMatching(/^Cut off or empty: 1 of 3 answers of v1, 0 of base\./)
	});
});

test('answers at the limit, empty ones and such as only think are flagged, and lengths are of what was read', async () => {
	const thought = `<think>${'I am Qwen. '.repeat(50)}</think>`;
	const texts = [
		'Apple 0',
		'Apple 1 goes on and on until the longest length is',
		'',
		`${thought}`,
		`${thought}Apple 4`
	];
	const { scope, slug, id } = await newBallot(5, (letter, position) =>
		letter === 'a' ? texts[position]! : `Beech ${position} and more of it`
	);
	const voter = await inProject(scope, slug);
	await owner`update outputs set finish_reason = 'length' where evaluation_id = ${id} and text like '%longest length%'`;
	for (const { ballotId, first } of (await look(scope, slug, id)).pairs)
		await castVote(voter, {
			evaluationId: id,
			ballotId,
			choice: first.startsWith('Beech') ? 'second' : 'first',
			clientId: randomUUID()
		});
	const { results, judged } = await revealed(scope, slug, id);
	expect(judged.map(({ a }) => a.complete)).toEqual([true, false, false, false, true]);
	expect(judged.every(({ b }) => b.complete)).toBe(true);
	expect(check(results, 'complete')!.sentence).toMatch(/^Cut off or empty: 3 of 5 answers of v1, 0 of base\./);
	expect(results.verdict).toMatchObject({ kind: 'blocked' });
	expect(check(results, 'thinking')!.sentence).toMatch(/Thinking was left out of 2 answers of v1 and 0 of base/);
	expect(check(results, 'names')!.state).toBe('ok');
	expect(check(results, 'length')!.sentence).toMatch(/where it is shorter .* \(4\)/);
});

test('once everything is judged and revealed the vote is closed', async () => {
	const { scope, as, slug, id } = await newBallot(3);
	const rater = await as('rater');
	await look(rater, slug, id);
	await voteAs(scope, slug, id, () => 'a');
	expect((await look(rater, slug, id)).state).toBe('open');
	const { pairs } = await look(rater, slug, id);
	await reveal(scope, slug, id);
	expect(await look(rater, slug, id)).toMatchObject({ state: 'closed', pairs: [] });
	expect((await look(scope, slug, id)).state).toBe('done');
	await expect(voteAs(rater, slug, id, () => 'b')).resolves.toBeUndefined();
	expect(await scope.tx((tx) => tx.$count(votes))).toBe(3);
	expect(pairs).toHaveLength(3);
});

test('the reveal happens once, is written down, and needs a vote and the right', async () => {
	const { scope, as, slug, id } = await newBallot(3);
	await expect(reveal(scope, slug, id)).rejects.toMatchObject({ code: 'conflict' });
	await voteAs(scope, slug, id, () => 'a', 1);
	const rater = await as('rater');
	await expect(reveal(rater, slug, id)).rejects.toThrow(/rater/);
	await expect(reveal({ ...rater, role: 'owner' }, slug, id)).rejects.toThrow();
	await expect(reveal((await newTeam()).scope, slug, id)).rejects.toMatchObject({ code: 'not_found' });
	expect((await scope.tx((tx) => tx.select().from(evaluations)))[0]!.revealedAt).toBeNull();
	await reveal(await as('trainer'), slug, id);
	const [first] = await scope.tx((tx) => tx.select().from(evaluations));
	await reveal(scope, slug, id);
	const [second] = await scope.tx((tx) => tx.select().from(evaluations));
	expect(second!.revealedAt).toEqual(first!.revealedAt);
	const entries = await scope.tx((tx) =>
		tx.select().from(auditEntries).where(eq(auditEntries.action, 'evaluation.revealed'))
	);
	const counts = { wins: 1, losses: 0, ties: 0, bothBad: 0, winRate: 1, netPreference: 1 };
	const compared = { number: 1, name: 'v1 against base', version: 'v1', against: 'base' };
	expect(entries.map((entry) => entry.details)).toEqual([
		{ ...compared, judged: 1, planned: 3, verdict: 'need-more-data', ...counts }
	]);
});

test('a stranger sees no list and no results, also with the project in hand', async () => {
	const { scope, slug, id: evaluationId } = await newBallot(3);
	await voteAs(scope, slug, evaluationId, () => 'a');
	await reveal(scope, slug, evaluationId);
	const { scope: stranger } = await newTeam();
	const none = { code: 'not_found' };
	await expect(inProject(stranger, slug)).rejects.toMatchObject(none);
	const inside = { ...stranger, project: (await inProject(scope, slug)).project };
	await expect(getResults(inside, { evaluationId, show: 'all', page: 1 })).rejects.toMatchObject(none);
	await expect(exportResults(inside, { evaluationId, format: 'json' })).rejects.toMatchObject(none);
	await expect(revealResults(inside, { evaluationId })).rejects.toMatchObject(none);
	expect(await listEvaluations(inside)).toEqual({ rows: [], older: null, newer: null });
	expect(await getTrend(inside)).toEqual([]);
});

test('the export says everything, and nothing that a spreadsheet runs', async () => {
	const { scope, slug, id } = await newBallot(3, (letter, position) =>
		letter === 'a' && position === 2 ? '=HYPERLINK("http://x", 2)' : `${letter === 'a' ? 'Apple' : 'Beech'} ${position}`
	);
	await voteAs(scope, slug, id, (position) => (position === 1 ? 'b' : 'a'));
	await reveal(scope, slug, id);
	const csv = await exported(scope, slug, id, 'csv');
	expect(csv.name).toBe(`${slug}-results.csv`);
	expect(csv.body.split('\r\n')[0]).toBe(
		'comparison,example,outcome,score,winner,votes_a,votes_b,votes_tie,votes_both_bad,prompt,answer_a,answer_b,reference,names_a_model,complete_a,complete_b,mean_score_a,mean_score_b,notes,pool_prompt,judge,judge_both_orders,length_a,length_b'
	);
	expect(csv.body).not.toMatch(/(^|,)"?=/m);
	const json = JSON.parse((await exported(scope, slug, id, 'json')).body);
	expect(json).toMatchObject({
		evaluation: 'v1 against base',
		contenders: { a: 'v1', b: 'base' },
		counts: { planned: 3 }
	});
	expect(json.comparisons[0].votes).toEqual([
		{
			voter: expect.any(String),
			choice: expect.stringMatching(/^(first|second)$/),
			first: expect.stringMatching(/^[ab]$/),
			order: expect.any(Number),
			at: expect.stringMatching(/^\d{4}-.*Z$/),
			again: null,
			scores: { a: null, b: null },
			note: null
		}
	]);
	expect(json.plan).toMatchObject({ prompts: 3, votes: 1, delta: 20, attempt: 1, bar: { p: 0.05, evidence: 20 } });
	expect(json.comparisons[0]).toMatchObject({
		comparison: 1,
		prompt: expect.arrayContaining([expect.objectContaining({ role: 'user' })])
	});
});
