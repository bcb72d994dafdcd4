import { randomUUID } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import * as v from 'valibot';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RunFileKind } from '../../../src/lib/contract/run.ts';
import { GetRun } from '../../../src/lib/contract/runs.ts';
import type { Message } from '../../../src/lib/core/examples/conversation.ts';
import { type ProjectScope, type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { defaultRecipe } from '../../../src/lib/core/runs/recipe.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { examples, projects, runExamples, runFiles, runs } from '../../../src/lib/server/platform/db/schema.ts';
import { sha256 } from '../../../src/lib/server/platform/crypto.ts';
import { importExamples } from '../../../src/lib/server/examples/commands.ts';
import { getSplit } from '../../../src/lib/server/splits/queries.ts';
import { downloadRunFile, getPreflight, getRun, listRuns } from '../../../src/lib/server/runs/queries.ts';
import { cancelRun, startRun } from '../../../src/lib/server/runs/commands.ts';
import { moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { startSandbox } from '../../../src/sandbox/server.ts';
import { addReadyRun } from '../../support/data/evaluation.ts';
import { newProject, newTeam } from '../../support/data/team.ts';
import { addRows, drive, newRun, newWorkshop } from '../../support/data/training.ts';

let sandbox: Awaited<ReturnType<typeof startSandbox>>;
beforeAll(async () => {
	sandbox = await startSandbox({ port: 0, speed: 40 });
});
afterAll(async () => {
	await closePools();
	await sandbox.stop();
});

const levels = (findings: { id: string; level: string }[]) =>
	Object.fromEntries(findings.map(({ id, level }) => [id, level]));

test('the checklist counts what would be sent, prices it, and lets a good project through', async () => {
	const { scope, slug } = await newWorkshop(sandbox.url);
	const check = await getPreflight(await inProject(scope, slug));
	expect(check).toMatchObject({ isClear: true, trainCount: 20, validationCount: 12, providerName: 'Sandbox' });
	expect(levels(check.findings)).toMatchObject({
		quality: 'ok',
		train: 'ok',
		validation: 'ok',
		leaks: 'ok',
		key: 'ok',
		model: 'ok',
		difference: 'ok'
	});
	expect(check.tokens).toBeGreaterThan(20 * 20); // the system prompt is part of every example
	expect(check.cost).toMatchObject({ cents: 0, basis: expect.stringMatching(/^About .* which cost nothing here\.$/) });
	expect(check.duration.fromMinutes).toBeLessThan(check.duration.toMinutes);
});

test('examples below the threshold and deleted ones are not counted', async () => {
	const { scope, slug, project } = await newWorkshop(sandbox.url, { train: 10, validation: 0 });
	const [, deleted] = await addRows(
		scope,
		project.id,
		[
			{ question: 'A poor one?', rating: 7 },
			{ question: 'A deleted one?', rating: 10 }
		],
		100
	);
	await scope.tx((tx) => tx.update(examples).set({ deletedAt: new Date() }).where(eq(examples.id, deleted!.id)));
	const here = await inProject(scope, slug);
	const check = await getPreflight(here);
	expect(check).toMatchObject({ trainCount: 10, validationCount: 0, isClear: true });
	// the page of the split says the same figure, whatever lies in train
	const [, train] = await getSplit(here);
	expect(train).toMatchObject({ side: 'train', count: 11, quality: 10, tokens: check.tokens });
});

test.each([
	{
		name: 'too little data',
		more: { train: 9, validation: 12 },
		finding: 'train',
		sentence: /9 good examples in train/
	},
	{ name: 'a refused key', more: { key: 'refused-key-1' }, finding: 'key', sentence: /does not accept this key/ },
	{
		name: 'a model that cannot be trained',
		more: { baseModel: 'sandbox-not-trainable' },
		finding: 'model',
		sentence: /does not train this model/
	},
	{
		name: 'a model that cannot be called afterwards',
		more: { baseModel: 'sandbox-not-servable' },
		finding: 'model',
		sentence: /not called afterwards/
	},
	{
		name: 'a model nobody knows',
		more: { baseModel: 'no-such-model' },
		finding: 'model',
		sentence: /does not offer the chosen model/
	}
])('$name blocks, and a start is refused with that sentence', async ({ more, finding, sentence }) => {
	const { scope, slug } = await newWorkshop(sandbox.url, more);
	const check = await getPreflight(await inProject(scope, slug));
	expect(check.isClear).toBe(false);
	expect(check.findings.find(({ id }) => id === finding)).toMatchObject({
		level: 'block',
		sentence: expect.stringMatching(sentence)
	});
	await expect(startRun(await inProject(scope, slug), newRun())).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringMatching(sentence)
	});
	expect((await listRuns(await inProject(scope, slug), { page: 1 })).rows).toEqual([]);
});

test('another project of the team says nothing of this one: neither its runs nor its examples', async () => {
	const { scope, slug, project, connection } = await newWorkshop(sandbox.url);
	const alone = await getPreflight(await inProject(scope, slug));
	const other = await newProject(scope, { slug: 'other', sandboxUrl: sandbox.url });
	const odd: Message[] = [
		{ role: 'user', content: 'One' },
		{ role: 'user', content: 'Two' },
		{ role: 'assistant', content: 'Three' }
	];
	await addRows(scope, other.project.id, [{ question: '', messages: odd }, { question: 'Only there?' }], 50);
	const days = 86_400_000;
	await addReadyRun(scope, {
		projectId: other.project.id,
		connectionId: other.connection.id,
		version: 7,
		createdAt: new Date(Date.now() - 5 * days),
		finishedAt: new Date()
	});
	const { findings, duration } = await getPreflight(await inProject(scope, slug));
	expect({ findings, duration }).toEqual({ findings: alone.findings, duration: alone.duration });
	await addReadyRun(scope, { projectId: project.id, connectionId: connection.id, version: 5 });
	const here = await inProject(scope, slug);
	expect((await getPreflight(here)).lastRun).toMatchObject({ version: 5, newExamples: 20 });

	const ordering = { projectId: other.project.id, connectionId: other.connection.id, status: 'uploading' as const };
	await addReadyRun(scope, { ...ordering, version: 8 });
	expect(await startRun(here, newRun({ epochs: 7 }))).toMatchObject({ version: 1 });
	const [untouched] = await scope.tx((tx) => tx.select().from(projects).where(eq(projects.id, other.project.id)));
	expect(untouched).toEqual(other.project);
});

test('what is too long in another project is nothing to be said here', async () => {
	const [{ scope, slug }, alone] = [await newWorkshop(sandbox.url), await newWorkshop(sandbox.url)];
	const { project: other } = await newProject(scope, { slug: 'other', sandboxUrl: sandbox.url });
	await addRows(scope, other.id, [{ question: 'Long?', tokens: 500_000 }]);
	const { findings } = await getPreflight(await inProject(scope, slug));
	expect(findings).toEqual((await getPreflight(await inProject(alone.scope, alone.slug))).findings);
});

test('a provider that is not there blocks with its reason and breaks nothing', async () => {
	const gone = await startSandbox({ port: 0 });
	await gone.stop();
	const { scope, slug } = await newWorkshop(gone.url);
	const check = await getPreflight(await inProject(scope, slug));
	expect(check.findings.find(({ id }) => id === 'key')).toMatchObject({
		level: 'block',
		sentence: expect.stringMatching(/can ?not be reached/)
	});
});

test('a run to train again with: its settings, not the project’s, and no run of another project', async () => {
	const { scope, slug } = await newWorkshop(sandbox.url);
	const here = await inProject(scope, slug);
	const run = await startRun(here, newRun({ epochs: 7 }));
	expect(await getPreflight(here)).toMatchObject({ from: null, recipe: defaultRecipe });
	expect(await getPreflight(here, { from: run.id })).toMatchObject({
		from: { id: run.id, version: 1 },
		recipe: { ...defaultRecipe, epochs: 7 },
		lastRun: { version: 1, recipeChanged: false }
	});
	await expect(getPreflight(here, { from: randomUUID() })).rejects.toMatchObject({ code: 'not_found' });
});

test('a setting beyond what the provider accepts is refused under its field', async () => {
	const { scope, slug } = await newWorkshop(sandbox.url);
	await expect(startRun(await inProject(scope, slug), newRun({ loraRank: 128 }))).rejects.toMatchObject({
		code: 'invalid',
		field: 'loraRank'
	});
});

test('how much an imported example counts is said before the training, and goes along', async () => {
	const { scope, slug } = await newWorkshop(sandbox.url);
	const here = await inProject(scope, slug);
	const messages = [
		{ role: 'user', content: 'What counts more?' },
		{ role: 'assistant', content: 'This does.' }
	];
	await scope.tx((tx) => tx.$client`update projects set next_example = 500`); // behind the rows that were put there
	const text = JSON.stringify({ messages, weight: 2.5, rating: 9, split: 'train' });
	await importExamples(here, { fileName: 'weighted.jsonl', lines: [{ number: 1, text }] });
	expect((await getPreflight(here)).findings.find(({ id }) => id === 'beside')).toMatchObject({
		level: 'ok',
		sentence: '1 example has a weight of its own: it goes along.'
	});
	const run = await startRun(here, newRun());
	const { pieces } = await downloadRunFile(here, { runId: run.id, kind: 'train' });
	const lines = (await Array.fromAsync(pieces)).join('').trimEnd().split('\n');
	expect(lines.map((line) => JSON.parse(line).weight).filter((weight) => weight !== undefined)).toEqual([2.5]);
});

test('a run keeps the exact bytes: good train examples, all of validation, rewrites in place, by number', async () => {
	const { scope, slug, project } = await newWorkshop(sandbox.url, { train: 10, validation: 2 });
	await addRows(
		scope,
		project.id,
		[
			{ question: 'A poor one?', rating: 5 },
			{ question: 'Unassigned?', split: null }
		],
		50
	);
	await addRows(
		scope,
		project.id,
		[{ question: 'The last?', answer: 'Original', rewrite: 'Rewritten', rating: 10 }],
		60
	);
	const run = await startRun(await inProject(scope, slug), newRun());
	expect(run).toMatchObject({ version: 1, status: 'uploading', trainCount: 11, validationCount: 2 });
	expect(run.mark).toMatch(/^[a-z0-9-]{1,40}$/);

	const sent = async (kind: RunFileKind) => {
		const { name, sha256, pieces } = await downloadRunFile(await inProject(scope, slug), { runId: run.id, kind });
		return { name, sha256, body: (await Array.fromAsync(pieces)).join('') };
	};
	const train = await sent('train');
	expect(train.name).toBe(`${run.mark}-train.jsonl`);
	const lines = train.body
		.trimEnd()
		.split('\n')
		.map((line) => JSON.parse(line).messages);
	expect(lines).toHaveLength(11);
	expect(lines[0]).toEqual([
		{ role: 'system', content: 'Be kind.' },
		{ role: 'user', content: 'Where is the train thing number 0?' },
		{ role: 'assistant', content: 'Answer to Where is the train thing number 0?' }
	]);
	expect(lines.at(-1).at(-1)).toEqual({ role: 'assistant', content: 'Rewritten' });
	expect(train.body).not.toMatch(/validation thing|poor one|Unassigned/);
	expect(train.sha256).toBe(sha256(train.body).toString('hex'));
	const validation = await sent('validation');
	expect(validation.body.trimEnd().split('\n')).toHaveLength(2);
	expect(validation.body).not.toMatch(/train thing/);

	const { files } = await getRun(await inProject(scope, slug), { runId: run.id });
	expect(files).toEqual([
		{ kind: 'train', sha256: train.sha256, byteCount: Buffer.byteLength(train.body), removedAt: null },
		{ kind: 'validation', sha256: validation.sha256, byteCount: Buffer.byteLength(validation.body), removedAt: null }
	]);
});

test('what a run is to learn from is reserved, and stays on its side', async () => {
	const { scope, slug, rows } = await newWorkshop(sandbox.url, { train: 10, validation: 2 });
	const run = await startRun(await inProject(scope, slug), newRun());
	const members = await scope.tx((tx) => tx.select().from(runExamples).where(eq(runExamples.runId, run.id)));
	const ids = (split: string) =>
		rows
			.filter((row) => row.split === split)
			.map(({ id }) => id)
			.sort();
	expect(
		members
			.filter(({ kind }) => kind === 'train')
			.map(({ exampleId }) => exampleId)
			.sort()
	).toEqual(ids('train'));
	expect(
		members
			.filter(({ kind }) => kind === 'validation')
			.map(({ exampleId }) => exampleId)
			.sort()
	).toEqual(ids('validation'));
	const held = await scope.tx((tx) =>
		tx.select({ id: examples.id, trained: examples.trained }).from(examples).where(eq(examples.reserved, true))
	);
	expect(held.map(({ id }) => id).sort()).toEqual(ids('train'));
	expect(held.some(({ trained }) => trained)).toBe(false);
	for (const side of ['validation', 'unassigned'] as const)
		await expect(moveExamples(await inProject(scope, slug), { ids: [ids('train')[0]!], side })).rejects.toMatchObject({
			code: 'conflict',
			message: 'This example is in the order of a run; it can change sides when the provider has answered.'
		});
	await expect(
		scope.tx((tx) => tx.$client`update examples set reserved = false where id = ${ids('train')[0]!}`)
	).rejects.toMatchObject({ code: 'AI006' });
});

const marks = async (scope: Scope) => {
	const rows = await scope.tx((tx) =>
		tx.select({ trained: examples.trained, reserved: examples.reserved, split: examples.split }).from(examples)
	);
	const train = rows.filter(({ split }) => split === 'train');
	const count = (mark: 'trained' | 'reserved') => train.filter((row) => row[mark]).length;
	return { trained: count('trained'), reserved: count('reserved') };
};

test('it is trained once the provider has begun, and then for ever', async () => {
	const { scope, slug, rows } = await newWorkshop(sandbox.url, { train: 10, validation: 2 });
	const here = await inProject(scope, slug);
	const run = await startRun(here, newRun());
	expect(await marks(scope)).toEqual({ trained: 0, reserved: 10 });
	await drive(scope, run.id);
	expect(await marks(scope)).toEqual({ trained: 10, reserved: 0 });
	const { id } = rows.find(({ split }) => split === 'train')!;
	await moveExamples(here, { ids: [id], side: 'unassigned' });
	await expect(moveExamples(here, { ids: [id], side: 'validation' })).rejects.toThrow('has been trained on');
});

test('it is free again when the provider refuses the data, unless another order has it', async () => {
	const { scope, slug, rows } = await newWorkshop(sandbox.url, {
		train: 12,
		validation: 2,
		baseModel: 'sandbox-rejects-data'
	});
	const here = await inProject(scope, slug);
	const first = await startRun(here, newRun());
	await drive(scope, first.id, ({ jobId }) => jobId !== null);
	const second = await startRun(here, newRun());
	expect(await drive(scope, first.id)).toMatchObject({ status: 'failed', accepted: false });
	expect(await marks(scope)).toEqual({ trained: 0, reserved: 12 });
	expect(await drive(scope, second.id)).toMatchObject({ status: 'failed', accepted: false });
	expect(await marks(scope)).toEqual({ trained: 0, reserved: 0 });
	const { id } = rows.find(({ split }) => split === 'train')!;
	expect(await moveExamples(here, { ids: [id], side: 'validation' })).toEqual({ moved: 1 });
	// nothing was learnt, so there is nothing to be different from
	expect((await getPreflight(here)).findings.find(({ id }) => id === 'difference')!.sentence).toBe(
		'This is the first run.'
	);
});

test('a run that is called off before it is ordered frees what it had', async () => {
	const { scope, slug } = await newWorkshop(sandbox.url, { train: 10, validation: 2 });
	const here = await inProject(scope, slug);
	const run = await startRun(here, newRun());
	await cancelRun(here, { runId: run.id });
	expect(await marks(scope)).toEqual({ trained: 0, reserved: 0 });
});

test('one conversation out of order among forty blocks, and is named; the provider would refuse the file', async () => {
	const { scope, slug, project } = await newWorkshop(sandbox.url, { train: 39, validation: 12 });
	const turns = (...roles: Message['role'][]): Message[] =>
		roles.map((role, at) => ({ role, content: `${role} ${at}` }));
	const [odd] = await addRows(scope, project.id, [{ question: '', messages: turns('user', 'user', 'assistant') }], 100);
	await addRows(scope, project.id, [{ question: '', messages: turns('user', 'user', 'assistant', 'user', 'assistant'), rating: 3 }], 101); // prettier-ignore
	const here = await inProject(scope, slug);
	const check = await getPreflight(here);
	expect(check.isClear).toBe(false);
	expect(check.findings.find(({ id }) => id === 'turns')).toEqual({
		id: 'turns',
		level: 'block',
		title: 'Turns and tools',
		sentence:
			'Example 100: turn 2 is from user, but user and assistant take turns. The provider would refuse the file. Mend them, or leave them out of the split.',
		fix: 'examples',
		examples: [{ id: odd!.id, number: 100 }]
	});
	await expect(startRun(here, newRun())).rejects.toThrow('Example 100: turn 2 is from user');
});

test('what is not plain is looked at as it would be sent: tools, weights, a rewrite', async () => {
	const { scope, slug, project } = await newWorkshop(sandbox.url, { train: 20, validation: 12 });
	const call = { id: 'c1', type: 'function' as const, function: { name: 'f', arguments: '{}' } };
	const calling: Message[] = [
		{ role: 'user', content: 'Call \u0000 it' },
		{ role: 'assistant', content: '', tool_calls: [call] }
	];
	const silent = (n: number): Message[] => [
		{ role: 'user', content: `Say nothing ${n}` },
		{ role: 'assistant', content: 'No.', weight: 0 }
	];
	const tools = JSON.stringify({ messages: calling, tools: [{ name: 'f' }] });
	await addRows(scope, project.id, [{ question: '', messages: calling, source: tools }], 100);
	const sentence = async () =>
		(await getPreflight(await inProject(scope, slug))).findings.find(({ id }) => id === 'turns')!.sentence;
	expect(await sentence()).toBe('Turns, tools and weights are as providers want them.');
	const asked = (n: number): Message[] => [{ role: 'user', content: `Call it ${n}` }, calling[1]!];
	await addRows(scope, project.id, [
		{ question: '', messages: asked(1) },
		{ question: '', messages: asked(2), source: tools.replace('[{"name":"f"}]', '"no"') },
		{ question: '', messages: silent(1) },
		{ question: '', messages: silent(2), rewrite: 'Gladly.' }
	], 200); // prettier-ignore
	expect(await sentence()).toMatch(
		/^Example 200 \(and another one\): turn 2 calls "f", but the example has no list of tools\. Example 202: every answer has the weight 0/
	);
});

test('a double click is one run, also when both arrive at once', async () => {
	const { scope, slug } = await newWorkshop(sandbox.url);
	const input = newRun();
	const here = await inProject(scope, slug);
	const started = await Promise.all([startRun(here, input), startRun(here, input), startRun(here, input)]);
	expect(new Set(started.map(({ id }) => id)).size).toBe(1);
	expect(await startRun(here, input)).toMatchObject({ id: started[0]!.id });
	expect(await scope.tx((tx) => tx.select({ id: runs.id }).from(runs))).toHaveLength(1);
	expect(
		await scope.tx((tx) =>
			tx
				.select({ id: runFiles.id })
				.from(runFiles)
				.where(and(eq(runFiles.kind, 'train')))
		)
	).toHaveLength(1);
});

test('a second run is refused while the first is being sent', async () => {
	const { scope, slug } = await newWorkshop(sandbox.url);
	await startRun(await inProject(scope, slug), newRun());
	await expect(startRun(await inProject(scope, slug), newRun())).rejects.toMatchObject({
		code: 'conflict',
		message: expect.stringContaining('v1 is being sent')
	});
});

test('a stranger finds nothing and a rater may not', async () => {
	const { scope, slug, as } = await newWorkshop(sandbox.url);
	const run = await startRun(await inProject(scope, slug), newRun());
	const { scope: stranger } = await newTeam();
	const { project } = await inProject(scope, slug);
	const rater = await inProject(await as('rater'), slug);
	const useCases = [
		(who: ProjectScope) => getPreflight(who),
		(who: ProjectScope) => startRun(who, newRun()),
		(who: ProjectScope) => listRuns(who, { page: 1 }),
		(who: ProjectScope) => getRun(who, { runId: run.id }),
		(who: ProjectScope) => downloadRunFile(who, { runId: run.id, kind: 'train' })
	];
	await expect(inProject(stranger, slug)).rejects.toMatchObject({ code: 'not_found' });
	// even with another team's project put into a scope of one's own
	const nothing = { ...stranger, project };
	for (const useCase of useCases) {
		if (useCase === useCases[2]) expect(await useCase(nothing)).toMatchObject({ rows: [], pages: 1 });
		else await expect(useCase(nothing)).rejects.toMatchObject({ code: 'not_found' });
		await expect(useCase(rater)).rejects.toMatchObject({ code: 'forbidden' });
	}
	expect((await listRuns(await inProject(await as('trainer'), slug), { page: 1 })).rows).toHaveLength(1);
});

test('a run of another project, or a made-up id, is not found', async () => {
	const { scope, slug } = await newWorkshop(sandbox.url);
	const run = await startRun(await inProject(scope, slug), newRun());
	await scope.tx(async (tx) => {
		const { projects } = await import('../../../src/lib/server/platform/db/schema.ts');
		const [project] = await tx.select().from(projects);
		await tx.insert(projects).values({
			slug: 'other',
			name: 'Other',
			baseModel: 'x',
			connectionId: project!.connectionId,
			recipe: project!.recipe
		});
	});
	await expect(getRun(await inProject(scope, 'other'), { runId: run.id })).rejects.toMatchObject({ code: 'not_found' });
	const asked = { runId: randomUUID() };
	await expect(getRun(await inProject(scope, slug), asked)).rejects.toMatchObject({ code: 'not_found' });
	// what somebody typed into an address is refused before it comes here (tests/server/http/input.test.ts)
	expect(v.safeParse(GetRun.input, { runId: 'nonsense' }).success).toBe(false);
});
