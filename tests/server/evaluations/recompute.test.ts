import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { revealResults, scoreAnswer } from '../../../src/lib/server/evaluations/commands.ts';
import { continueEvaluation } from '../../../src/lib/server/evaluations/continuing.ts';
import { exportResults, exportScores, nextAnswers } from '../../../src/lib/server/evaluations/queries.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { answerAll, newBallot, newScoring, remarkAs, voteAs } from '../../support/data/evaluation.ts';

const script = fileURLToPath(new URL('../../../examples/verdict/recompute.mjs', import.meta.url));
let room: string;
beforeAll(async () => void (room = await mkdtemp(path.join(os.tmpdir(), 'aitelier-verdict-'))));
afterAll(async () => {
	await rm(room, { recursive: true, force: true });
	await closePools();
});

type Export = { verdict: { kind: string; netPreference: number }; [field: string]: unknown };

const exported = async (scope: Scope, slug: string, evaluationId: string): Promise<Export> => {
	const inside = await inProject(scope, slug);
	await revealResults(inside, { evaluationId });
	const file = await exportResults(inside, { evaluationId, format: 'json' });
	return JSON.parse((await Array.fromAsync(file.pieces)).join(''));
};

/** What the script prints of an export, and how it ends. */
const recomputed = async (file: Export) => {
	const name = path.join(room, 'results.json');
	await writeFile(name, JSON.stringify(file));
	return promisify(execFile)(process.execPath, [script, name]).then(
		({ stdout }) => ({ code: 0, stdout }),
		(problem: { code: number; stdout: string }) => ({ code: problem.code, stdout: problem.stdout })
	);
};

test('one vote a prompt, complete: every number comes out again', async () => {
	const { scope, slug, id } = await newBallot(40);
	let cast = 0;
	await voteAs(scope, slug, id, () => {
		const turn = cast++;
		return turn < 18 ? 'a' : turn < 24 ? 'b' : turn < 38 ? 'tie' : 'both_bad';
	});
	const file = await exported(scope, slug, id);
	expect(file.verdict).toMatchObject({ kind: 'ship-it', netPreference: 0.3 });
	const { code, stdout } = await recomputed(file);
	expect(stdout).not.toContain('DIFFER');
	expect(code).toBe(0);
	expect(stdout).toContain('asked: validation examples');
	for (const name of [
		'netPreference',
		'fragility',
		'checks.voters',
		'checks.length',
		'checks.pace',
		'checks.repeats',
		'position of'
	])
		expect(stdout).toContain(`same   ${name}`);
	// it would tell
	const wrong = await recomputed({ ...file, verdict: { ...file.verdict, netPreference: 0.31 } });
	expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('DIFFER netPreference: 0.3') });
});

test('two votes a prompt, three voters, complete', async () => {
	const { scope, as, slug, id } = await newBallot(20, undefined, { votes: 2 });
	const said = ['a', 'a', 'b', 'tie', 'a', 'both_bad'] as const;
	for (const [shift, person] of [scope, await as('rater'), await as('trainer')].entries()) {
		await voteAs(person, slug, id, (position) => said[(position + shift) % 6]!);
		await remarkAs(person, slug, id, (at) => [((at + shift) % 10) + 1, at % 3 === 0 ? null : (at % 7) + 1]);
	}
	const file = await exported(scope, slug, id);
	const { code, stdout } = await recomputed(file);
	expect(stdout).not.toContain('DIFFER');
	expect(stdout).toContain('same   scores.b.mean');
	expect(code).toBe(0);
	for (const what of ['AC1 ', 'α ', '% of 20 shared pairs']) expect(stdout).toContain(what);
	const checks = (file as unknown as { checks: { name: string; sentence: string }[] }).checks.map((check) =>
		check.name === 'agreement' ? { ...check, sentence: check.sentence.replace(/AC1 [^,]+/, 'AC1 .99') } : check
	);
	expect(await recomputed({ ...file, checks })).toMatchObject({
		code: 1,
		stdout: expect.stringContaining('DIFFER checks.agreement')
	});
	const { scores } = file as unknown as { scores: { a: { mean: number; count: number }; b: object } };
	const wrong = await recomputed({ ...file, scores: { ...scores, a: { ...scores.a, count: 1 } } });
	expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('DIFFER scores.a.count') });
});

test('what a prompt was told before it had its votes is in no number and no check', async () => {
	const { scope, as, slug, id } = await newBallot(12, undefined, { votes: 2, spare: 4 });
	await voteAs(scope, slug, id, () => 'a');
	await voteAs(await as('trainer'), slug, id, (position) => (position % 2 ? 'a' : 'b'), 6);
	const file = await exported(scope, slug, id);
	expect(file.verdict).toMatchObject({ judged: 6 });
	expect(JSON.stringify(file.checks)).not.toContain('(12)');
	expect(await recomputed(file)).toMatchObject({ code: 0, stdout: expect.not.stringContaining('DIFFER') });
	// it goes on: the six that lack a vote come again, blind, and each counts once
	const next = await continueEvaluation(await inProject(scope, slug), { evaluationId: id, prompts: 4 });
	await answerAll(scope, next.id);
	for (const person of [scope, await as('rater')]) await voteAs(person, slug, next.id, () => 'a');
	const whole = await exported(scope, slug, next.id);
	expect(whole.verdict).toMatchObject({ judged: 16 });
	const numbers = (whole.comparisons as { example: number }[]).map(({ example }) => example);
	expect(new Set(numbers).size).toBe(16);
	expect(await recomputed(whole)).toMatchObject({ code: 0, stdout: expect.not.stringContaining('DIFFER') });
});

test('a scoring: average, sendable rate, each person and how far they agree', async () => {
	const { voter, as, slug, id } = await newScoring(24, { votes: 2 });
	const people = [voter, await inProject(await as('rater'), slug), await inProject(await as('trainer'), slug)];
	for (const [shift, person] of people.entries())
		for (;;) {
			const { list } = await nextAnswers(person, { evaluationId: id, after: -1 });
			if (list.length === 0) break;
			for (const { ballotId, answer } of list) {
				const score = 1 + ((Number(/\d+/.exec(answer)![0]) * 3 + shift) % 10);
				await scoreAnswer(person, { evaluationId: id, ballotId, score, clientId: randomUUID() });
			}
		}
	await revealResults(voter, { evaluationId: id });
	const { pieces } = await exportScores(voter, { evaluationId: id, format: 'json' });
	const file = JSON.parse((await Array.fromAsync(pieces)).join(''));
	const { code, stdout } = await recomputed(file);
	expect(stdout).not.toContain('DIFFER');
	expect(code).toBe(0);
	for (const name of ['average', 'sendableRate', 'interval', 'agreement.raw', 'agreement.ac', 'agreement.alpha'])
		expect(stdout).toContain(`same   ${name}`);
	expect(stdout).toMatch(/same {3}.+ shift/);
	const wrong = await recomputed({ ...file, summary: { ...file.summary, sendableRate: 0.99 } });
	expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('DIFFER sendableRate') });
});

test('with prompts of the pool', async () => {
	const { scope, slug, id } = await newBallot(12, undefined, { promptsFrom: 'pool' });
	await voteAs(scope, slug, id, () => 'a');
	const { code, stdout } = await recomputed(await exported(scope, slug, id));
	expect(stdout).toContain('asked: prompts of the pool');
	expect(stdout).not.toContain('DIFFER');
	expect(code).toBe(0);
});

test('before the end, and continued', async () => {
	const { scope, slug, id } = await newBallot(14, undefined, { spare: 6 });
	let cast = 0;
	await voteAs(scope, slug, id, () => (cast++ % 4 ? 'a' : 'b'), 9);
	const early = await recomputed(await exported(scope, slug, id));
	expect(early).toMatchObject({ code: 0, stdout: expect.not.stringContaining('DIFFER') });
	const next = await continueEvaluation(await inProject(scope, slug), { evaluationId: id, prompts: 6 });
	await answerAll(scope, next.id);
	await voteAs(scope, slug, next.id, () => 'a');
	const file = await exported(scope, slug, next.id);
	expect(file.verdict).toMatchObject({ kind: 'ship-it', judged: 20 });
	expect(await recomputed(file)).toMatchObject({ code: 0, stdout: expect.not.stringContaining('DIFFER') });
});
