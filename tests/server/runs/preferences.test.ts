import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Message } from '../../../src/lib/core/examples/example.ts';
import { preflight } from '../../../src/lib/core/runs/preflight.ts';
import { presets } from '../../../src/lib/core/runs/recipe.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { exportExamples, importExamples } from '../../../src/lib/server/examples/commands.ts';
import { trainedAmong } from '../../../src/lib/server/evaluations/leaks.ts';
import { keepPair, withdrawPair } from '../../../src/lib/server/playground/commands.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import {
	examples,
	playgroundPairs,
	projects,
	runExamples,
	runPairs
} from '../../../src/lib/server/platform/db/schema.ts';
import { revealResults } from '../../../src/lib/server/evaluations/commands.ts';
import { inviteGuests } from '../../../src/lib/server/evaluations/guest-links.ts';
import { beginAsGuest, lookAsGuest, voteAsGuest } from '../../../src/lib/server/evaluations/guest-votes.ts';
import { countLeftOut } from '../../../src/lib/server/runs/pairs.ts';
import { startRun } from '../../../src/lib/server/runs/commands.ts';
import { readFactsFor } from '../../../src/lib/server/runs/pair-facts.ts';
import { listTrainingPairs } from '../../../src/lib/server/runs/pair-list.ts';
import { downloadRunFile, getPreflight, getRun } from '../../../src/lib/server/runs/queries.ts';
import { applySplit, moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { newBallot, voteAs } from '../../support/data/evaluation.ts';
import { rewriteHistory } from '../../support/database/raw.ts';
import { newProject } from '../../support/data/team.ts';
import { addRows, drive, newWorkshop } from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const choice = (question: string, more = {}) => ({
	clientId: randomUUID(),
	prompt: [{ role: 'user' as const, content: question }],
	chosen: 'Yes. It takes three to five days.',
	rejected: 'Please see our website.',
	chosenBy: 'v3',
	rejectedBy: 'sandbox-small',
	...more
});
const dpo = (more = {}) => ({ clientId: randomUUID(), method: 'dpo' as const, ...presets.dpo.balanced, ...more });

/** Twelve rewrites in train, one in validation, one nowhere, one that was rated badly, and two choices. */
const newPairs = async () => {
	const workshop = await newWorkshop(sandbox.url, { train: 3, validation: 12 });
	const { scope, slug, project } = workshop;
	const rewritten = Array.from({ length: 12 }, (_, i) => ({
		question: `How long does parcel ${i} take?`,
		rewrite: `Parcel ${i} takes three days.`
	}));
	await addRows(
		scope,
		project.id,
		[
			...rewritten,
			{ question: 'Measured?', rewrite: 'Better, and measured.', split: 'validation' },
			{ question: 'Nowhere?', rewrite: 'Better, and nowhere.', split: null },
			{ question: 'Poor?', rewrite: 'Hardly better.', rating: 3 }
		],
		100
	);
	const here = await inProject(scope, slug);
	const kept = await keepPair(here, choice('Do you ship to Norway?'));
	const other = await keepPair(here, choice('Do you ship to Mars?'));
	return { ...workshop, here, kept, other };
};

test('the checklist says where the pairs come from and what is left out, and nothing of them measures', async () => {
	const { here, scope, project } = await newPairs();
	await addRows(scope, project.id, [{ question: 'Do you ship to Mars?', split: 'validation' }], 300);
	const check = await getPreflight(here, { method: 'dpo' });
	expect(check).toMatchObject({
		method: 'dpo',
		methods: ['sft', 'dpo'],
		trainCount: 13,
		validationCount: 1,
		isClear: true
	});
	expect(check.pairs).toEqual({
		...{ rewrite: 12, import: 0, playground: 1 },
		...{ measures: 2, judged: 0, unassigned: 1, poor: 1, unusable: 0 }
	});
	expect(check.recipe).toEqual(presets.dpo.balanced);
	expect(check.limits?.batchSize).toEqual([1, 64]);
	expect(check.findings.find(({ id }) => id === 'pairs')?.sentence).toMatch(/^13 pairs: 12 from rewrites and 1 from/);

	const list = await listTrainingPairs(here, { limit: 10 });
	expect(list).toMatchObject({ counts: check.pairs, next: 10 });
	const rest = await listTrainingPairs(here, { limit: 10, after: list.next! });
	expect(rest.rows).toHaveLength(3);
	expect(rest.rows.at(-1)).toMatchObject({
		source: 'playground',
		prompt: [{ role: 'user', content: 'Do you ship to Norway?' }],
		preferredBy: 'v3'
	});
	const asked = [...list.rows, ...rest.rows].map(({ prompt }) => prompt.at(-1)!.content);
	expect(asked.filter((question) => /Measured|Mars|Nowhere|Poor/.test(question))).toEqual([]);
	expect((await listTrainingPairs(here, { source: 'import' })).rows).toEqual([]);
});

test('what another project rewrote, measures or preferred is in none of these numbers', async () => {
	const { here, scope, slug } = await newPairs();
	const alone = await getPreflight(here, { method: 'dpo' });
	const { project: other } = await newProject(scope, { slug: 'other' });
	await addRows(scope, other.id, [
		{ question: 'Do you ship to Norway?', split: 'validation', rewrite: 'Yes.' },
		{ question: 'Only there?', rewrite: 'Better.' },
		{ question: 'There, and nowhere?', rewrite: 'Better.', split: null }
	]);
	const there = await inProject(scope, 'other');
	await keepPair({ ...there, userId: here.userId, voterId: here.voterId }, choice('Do you ship to the Moon?'));
	expect(await getPreflight(await inProject(scope, slug), { method: 'dpo' })).toEqual(alone);
});

test('what was judged in another project is counted there', async () => {
	const { scope, slug, id, project } = await newBallot(2);
	await voteAs(scope, slug, id, () => 'a');
	await revealResults(await inProject(scope, slug), { evaluationId: id });
	const { project: other } = await newProject(scope, { slug: 'other' });
	const judged = (one: typeof project) => scope.tx(async (tx) => (await countLeftOut(tx, one)).judged);
	expect([await judged(project), await judged(other)]).toEqual([2, 0]);
});

test('what guests alone have judged is nothing that people of the team judged', async () => {
	const { scope, slug, id, project } = await newBallot(3);
	const here = await inProject(scope, slug);
	await voteAs(scope, slug, id, () => 'a', 1);
	const { token } = await inviteGuests(here, {
		evaluationId: id,
		title: 'Which?',
		instructions: '',
		pairs: 3,
		guests: 1,
		days: 1
	});
	const guest = { browserToken: randomUUID(), address: '127.0.0.1' };
	await beginAsGuest(guest, { token });
	const next = async () => (await lookAsGuest(guest, { token })).turn!.pair;
	for (let pair = await next(); pair; pair = await next())
		await voteAsGuest(guest, { token, ballotId: pair.ballotId, choice: 'first', clientId: randomUUID() });
	await revealResults(here, { evaluationId: id });
	expect(await scope.tx(async (tx) => (await countLeftOut(tx, project)).judged)).toBe(1);
});

test('what a run learnt of the playground is known when the bytes of its file are gone', async () => {
	const { here, scope, kept } = await newPairs();
	const run = await startRun(here, dpo());
	await rewriteHistory(
		'run_files',
		(sql) => sql`update run_files set body = null, parts = 0, removed_at = now() where run_id = ${run.id}`
	);
	const [pair] = await scope.tx((tx) => tx.select().from(playgroundPairs).where(eq(playgroundPairs.id, kept.id)));
	const asked = new Set([pair!.promptHash.toString('hex')]);
	expect(await scope.tx((tx) => trainedAmong(tx, run.id, asked))).toEqual(asked);
});

test('a run sends the pairs, keeps what it learnt from, and becomes a model', async () => {
	const { here, scope, kept } = await newPairs();
	const run = await startRun(here, dpo());
	const file = await downloadRunFile(here, { runId: run.id, kind: 'train' });
	const lines = (await Array.fromAsync(file.pieces))
		.join('')
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line));
	expect(lines).toHaveLength(14);
	expect(lines[0]).toEqual({
		input: {
			messages: [expect.objectContaining({ role: 'system' }), { role: 'user', content: 'How long does parcel 0 take?' }]
		},
		preferred_output: [{ role: 'assistant', content: 'Parcel 0 takes three days.' }],
		non_preferred_output: [{ role: 'assistant', content: 'Answer to How long does parcel 0 take?' }]
	});
	expect(await scope.tx((tx) => tx.$count(runExamples, eq(runExamples.runId, run.id)))).toBe(13); // one measures
	expect(await scope.tx((tx) => tx.$count(runPairs, eq(runPairs.runId, run.id)))).toBe(2);

	expect(await drive(scope, run.id)).toMatchObject({ status: 'ready', method: 'dpo', trainCount: 14, problem: null });
	const shown = await getRun(here, { runId: run.id });
	expect(shown.points.filter(({ series }) => series === 'validation').length).toBeGreaterThan(0);
	// the same again: the method, the settings and the pairs are known
	const again = await getPreflight(here, { from: run.id });
	expect(again).toMatchObject({ method: 'dpo', recipe: presets.dpo.balanced });
	expect(again.lastRun).toEqual({
		version: run.version,
		newExamples: 0,
		removedExamples: 0,
		recipeChanged: false,
		methodChanged: false
	});
	expect((await getPreflight(here, {})).lastRun?.methodChanged).toBe(true);
	expect((await getPreflight(here, {})).recipe).toEqual(presets.sft.balanced); // preferences have settings of their own

	await withdrawPair(here, { pairId: kept.id });
	expect((await getPreflight(here, { method: 'dpo' })).lastRun).toMatchObject({ removedExamples: 1 });
});

test('a prompt that was sent as a preference can never measure, by whatever way', async () => {
	const { here, scope, project } = await newPairs();
	await startRun(here, dpo());
	const again = { question: 'Do you ship to Norway?', rating: 9, split: null };
	const [same] = await addRows(scope, project.id, [again], 400);
	await expect(moveExamples(here, { ids: [same!.id], side: 'validation' })).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringContaining('was sent as a preference')
	});
	await applySplit(here, { ratio: 0, seed: 1 }); // all that may goes to validation
	const [dealt] = await scope.tx((tx) => tx.select().from(examples).where(eq(examples.id, same!.id)));
	expect(dealt!.split).toBe('train');

	await scope.tx((tx) => tx.update(projects).set({ nextExample: 1000 }));
	const line = JSON.stringify({
		messages: [
			{ role: 'user', content: 'Do you ship to Norway?' },
			{ role: 'assistant', content: 'We do.' }
		],
		split: 'validation'
	});
	await importExamples(here, { fileName: 'a.jsonl', lines: [{ number: 1, text: line }] });
	const [brought] = await scope.tx((tx) => tx.select().from(examples).where(eq(examples.origin, 'import')));
	expect(brought!.split).toBeNull();
});

test('a choice whose prompt measures by now is left out of the export too, and a withdrawn one', async () => {
	const { here, scope, project, kept } = await newPairs();
	const lines = async () => {
		const { pieces } = await exportExamples(here, { format: 'preference' });
		return (await Array.fromAsync(pieces)).join('').trim().split('\n');
	};
	expect((await lines()).filter((line) => line.includes('see our website'))).toHaveLength(2);
	await withdrawPair(here, { pairId: kept.id });
	await addRows(scope, project.id, [{ question: 'Do you ship to Mars?', split: 'validation' }], 300);
	expect((await lines()).filter((line) => line.includes('see our website'))).toEqual([]);
});

test('a choice whose prompt measures by now is not sent: the database has the last word', async () => {
	const { here, scope, project, other } = await newPairs();
	const run = await startRun(here, dpo());
	const late = await keepPair(here, choice('Do you ship to the moon?'));
	await addRows(scope, project.id, [{ question: 'Do you ship to the moon?', split: 'validation' }], 300);
	const add = (pairId: string) =>
		scope.tx((tx) => tx.insert(runPairs).values({ projectId: project.id, runId: run.id, pairId }));
	await expect(add(late.id)).rejects.toMatchObject({ cause: { code: 'AI004' } });
	const withdrawn = await keepPair(here, choice('Do you ship to Venus?'));
	await withdrawPair(here, { pairId: withdrawn.id });
	await expect(add(withdrawn.id)).rejects.toMatchObject({ cause: { code: 'AI004' } });
	// what trains, and what measures in another project, stand in no one's way
	const good = await keepPair(here, choice('Do you ship to Pluto?'));
	const beside = await keepPair(here, choice('Do you ship to Saturn?'));
	await addRows(scope, project.id, [{ question: 'Do you ship to Pluto?', split: 'train' }], 301);
	const { project: two } = await newProject(scope, { slug: 'two' });
	await addRows(scope, two.id, [{ question: 'Do you ship to Pluto?', split: 'validation' }], 1);
	await add(good.id);
	const marked = await scope.tx((tx) =>
		tx.select({ id: playgroundPairs.id }).from(playgroundPairs).where(eq(playgroundPairs.ordered, true))
	);
	expect(marked.map(({ id }) => id)).toContain(good.id);
	expect(marked.map(({ id }) => id)).not.toContain(beside.id);
	const [row] = await scope.tx((tx) => tx.select().from(playgroundPairs).where(eq(playgroundPairs.id, other.id)));
	expect(row!.ordered).toBe(true);
});

test('too few pairs, and a provider that has none of it, are refused in sentences', async () => {
	const { scope, slug } = await newWorkshop(sandbox.url, { train: 12, validation: 0 });
	const here = await inProject(scope, slug);
	await expect(startRun(here, dpo())).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringMatching(/^0 pairs\. At least 10 are needed/)
	});
	await expect(startRun(here, dpo({ batchSize: 65 }))).rejects.toMatchObject({ code: 'invalid', field: 'batchSize' });
});

test('thoughts are left out of pairs, and the checklist says so before', async () => {
	const { scope, project } = await newWorkshop(sandbox.url, { train: 1, validation: 0 });
	const said = (text: string, reasoning: string | null): Message =>
		({ role: 'assistant', content: text, ...(reasoning && { reasoning }) }) as Message;
	await addRows(
		scope,
		project.id,
		Array.from({ length: 12 }, (_, at) => ({
			question: '',
			messages: [
				{ role: 'user' as const, content: `Where is thing ${at}?` },
				said('Which one?', at < 2 ? 'There are two.' : null),
				{ role: 'user' as const, content: 'The red one.' },
				said('Here.', at < 3 ? 'They mean the red one.' : null)
			],
			rewrite: `It is at place ${at}.`
		})),
		100
	);
	const besideAt = async (provider: 'sandbox' | 'openai') => {
		const data = await scope.tx((tx) =>
			readFactsFor(tx, project, { method: 'dpo', recipe: presets.dpo.balanced, provider })
		);
		const about = { ...data, provider, recipe: presets.dpo.balanced, contextTokens: null, keyOk: true, model: null };
		return preflight({ ...about, today: '2026-11-29' }).find(({ id }) => id === 'beside')!;
	};
	const openai = await besideAt('openai');
	expect(openai.level).toBe('warn');
	expect(openai.sentence).toMatch(
		/^3 pairs have thoughts before their answer, which no training with preferences takes: /
	);
	expect(openai.sentence).toMatch(
		/2 examples have thoughts beside the answer, which this provider does not train with: /
	);
	const sandboxSays = await besideAt('sandbox');
	expect(sandboxSays).toMatchObject({
		level: 'warn',
		sentence: expect.stringMatching(/^3 pairs .* they are trained too\.$/)
	});
});
