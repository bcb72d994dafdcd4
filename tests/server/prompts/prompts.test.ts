import { randomUUID } from 'node:crypto';
import { eq } from 'drizzle-orm';
import postgres from 'postgres';
import * as v from 'valibot';
import { afterAll, describe, expect, test } from 'vitest';
import { linesOfFile } from '../../../src/lib/core/examples/import/file-lines.ts';
import { type ProjectScope, type Scope, inProject } from '../../../src/lib/server/access/scope.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries, examples, projects, prompts, runPairs } from '../../../src/lib/server/platform/db/schema.ts';
import { addPrompts, deletePrompts, importPrompts, restorePrompts } from '../../../src/lib/server/prompts/commands.ts';
import { compareExamples } from '../../../src/lib/server/examples/compare.ts';
import { comparePrompts } from '../../../src/lib/server/prompts/compare.ts';
import { promptJobs } from '../../../src/lib/server/prompts/jobs.ts';
import { browsePrompts, getPrompt, listPrompts } from '../../../src/lib/server/prompts/queries.ts';
import { keepPair, withdrawPair } from '../../../src/lib/server/playground/commands.ts';
import { addExamples, addReadyRun } from '../../support/data/evaluation.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const parcel = 'Could you please tell me where my parcel is? I ordered it two weeks ago from your shop.';
const parcelToo = 'Hello. Could you please tell me where my parcel is? I ordered it two weeks ago from your shop!';
const refund = 'I would like to return the shoes that I bought last month. How long does a refund take?';

const newPool = async () => {
	const team = await newTeam();
	const { project, connection } = await newProject(team.scope);
	const scope = await inProject({ ...team.scope, userId: team.owner.id }, project.slug);
	return { ...team, project, connection, pool: scope };
};

const inputs = async (scope: ProjectScope, filter: Parameters<typeof listPrompts>[1] = {}) =>
	(await listPrompts(scope, filter)).rows.map(({ input }) => input);

const fromFile = (scope: ProjectScope, text: string, fileName = 'prompts.txt') =>
	importPrompts(scope, {
		fileName,
		lines: linesOfFile(
			(async function* () {
				yield new TextEncoder().encode(text);
			})()
		)
	});

const audit = (scope: Scope) =>
	scope.tx((tx) =>
		tx
			.select({ action: auditEntries.action, details: auditEntries.details })
			.from(auditEntries)
			.orderBy(auditEntries.seq)
	);

test('prompts are added with numbers, known ones named, bad ones refused with a sentence', async () => {
	const { scope, pool } = await newPool();
	const first = await addPrompts(pool, { prompts: [parcel, refund] });
	expect(first).toMatchObject({ added: [{ number: 1 }, { number: 2 }], duplicates: [], refused: [] });
	const second = await addPrompts(pool, {
		prompts: [
			`  ${refund.toUpperCase()} `,
			' ',
			[
				{ role: 'system', content: 'Be brief.' },
				{ role: 'user', content: 'Hi' },
				{ role: 'assistant', content: 'Hello' },
				{ role: 'user', content: 'Do you ship to Norway?' }
			],
			'Do you ship?',
			'do you  ship?'
		]
	});
	expect(second).toMatchObject({
		added: [{ number: 3 }, { number: 4 }],
		duplicates: [
			{ place: 1, number: 2 },
			{ place: 5, number: 4 }
		],
		refused: [{ place: 2, reason: 'Turn 1 (user) is empty.', exampleId: null }]
	});
	expect(await inputs(pool)).toEqual(['Do you ship?', 'Do you ship to Norway?', refund, parcel]);
	expect(await getPrompt(pool, { promptId: second.added[0]!.id })).toMatchObject({
		number: 3,
		turns: 4,
		learnt: null,
		comparisons: []
	});
	expect(await audit(scope)).toMatchObject([
		...[{ action: 'prompts.added', details: { count: 2, fileName: null } }],
		{ action: 'prompts.added', details: { count: 2 } }
	]);
});

test('the list is paged and searched', async () => {
	const { pool } = await newPool();
	await addPrompts(pool, { prompts: Array.from({ length: 7 }, (_, at) => `Question number ${at + 1}, 50 % off_`) });
	const first = await listPrompts(pool, { limit: 3 });
	expect(first.rows.map(({ number }) => number)).toEqual([7, 6, 5]);
	expect(first).toMatchObject({ older: 5, newer: null });
	const second = await listPrompts(pool, { limit: 3, before: 5 });
	expect(second).toMatchObject({ older: 2, newer: 4 });
	expect((await listPrompts(pool, { limit: 3, after: 4 })).rows).toEqual(first.rows);
	expect((await listPrompts(pool, { limit: 3, after: 1 })).rows.map(({ number }) => number)).toEqual([4, 3, 2]);
	expect(await inputs(pool, { search: 'NUMBER 4' })).toHaveLength(1);
	expect(await inputs(pool, { search: '50 % off_' })).toHaveLength(7);
	expect(await inputs(pool, { search: '50 x' })).toHaveLength(0);
	expect(await inputs(pool, { search: '#6' })).toEqual(['Question number 6, 50 % off_']);
});

test('a deleted one comes back, unless it was added again', async () => {
	const { scope, pool } = await newPool();
	const { added } = await addPrompts(pool, { prompts: [parcel, refund] });
	const ids = added.map(({ id }) => id);
	expect(await deletePrompts(pool, { ids })).toEqual({ count: 2 });
	expect(await inputs(pool)).toEqual([]);
	await expect(getPrompt(pool, { promptId: ids[0]! })).rejects.toMatchObject({ code: 'not_found' });
	// again is as good: an answer may have got lost
	expect(await deletePrompts(pool, { ids })).toEqual({ count: 2 });
	expect(await restorePrompts(pool, { ids: [ids[0]!] })).toEqual({ count: 1 });
	expect(await inputs(pool)).toEqual([parcel]);
	expect(await addPrompts(pool, { prompts: [refund] })).toMatchObject({ added: [{ number: 3 }] });
	await expect(restorePrompts(pool, { ids: [ids[1]!] })).rejects.toMatchObject({
		code: 'conflict',
		message: 'The same prompt has been added again, as prompt 3.'
	});
	expect((await audit(scope)).map(({ action }) => action)).toEqual([
		...['prompts.added', 'prompts.deleted', 'prompts.deleted', 'prompts.restored', 'prompts.added']
	]);
});

test('a file: lines as they stand, JSON lines, examples without their answers; every line is accounted for', async () => {
	const { scope, pool } = await newPool();
	expect(await fromFile(pool, `${parcel}\n\n${refund}\r\n${parcel}\n`)).toEqual({
		...{ added: 2, duplicates: 1, refused: 0, notRead: 0, refusals: [] }
	});
	const rows = [
		{ prompt: 'Do you ship to Norway?' },
		{ input: 'Do you ship to Chile?', output: 'Yes.', rating: 9 },
		{ messages: [{ role: 'user', content: 'Do you ship to Japan?' }] },
		{ answer: 'No.' }
	];
	const jsonl = rows.map((row) => JSON.stringify(row)).join('\n');
	const result = await fromFile(pool, jsonl, 'prompts.jsonl');
	expect(result).toMatchObject({ added: 3, duplicates: 0, refused: 1 });
	expect(result.refusals[0]).toMatchObject({ line: 4, text: '{"answer":"No."}' });
	expect(await fromFile(pool, JSON.stringify(['One?', 'Two?'], null, 2), 'prompts.json')).toMatchObject({ added: 2 });
	const table = 'id,question\n1,"Do you ship to Peru,\nand when?"\n2,\n';
	expect(await fromFile(pool, table, 'prompts.csv')).toMatchObject({ added: 1, duplicates: 0, refused: 1 });
	await expect(fromFile(pool, '\n')).rejects.toMatchObject({ code: 'invalid', field: 'file' });
	expect(await audit(scope)).toContainEqual({
		action: 'prompts.added',
		details: { count: 2, fileName: 'prompts.txt' }
	});
	const [project] = await scope.tx((tx) => tx.select().from(projects).where(eq(projects.id, pool.project.id)));
	expect(project!.nextPrompt).toBe(9);
});

describe('what a model learns, or has learnt, is named', () => {
	test('on the way in: the same, and nearly the same', async () => {
		const { scope, pool } = await newPool();
		const [train, open] = await addExamples(scope, pool.project.id, [parcel], { split: 'train' }).then(async ([id]) => [
			id!,
			(await addExamples(scope, pool.project.id, [refund], { split: null, from: 2 }))[0]!
		]);
		const answer = await addPrompts(pool, { prompts: [parcel.toUpperCase(), parcelToo, refund] });
		expect(answer).toMatchObject({
			added: [{ number: 1 }],
			refused: [
				{
					place: 1,
					exampleId: train,
					reason: 'Example 1, which stands in train, asks the same: a model would know the answer.'
				},
				{
					place: 2,
					exampleId: train,
					reason: 'Example 1, which stands in train, asks nearly the same: a model would know the answer.'
				}
			]
		});
		expect(await fromFile(pool, `${parcelToo}\n`)).toMatchObject({
			refused: 1,
			refusals: [
				{ line: 1, reason: expect.stringMatching(/^Line 1: Example 1, which stands in train, asks nearly the same/) }
			]
		});
		// what goes to train afterwards is named in the list, and left out
		await scope.tx((tx) => tx.update(examples).set({ split: 'train' }).where(eq(examples.id, open!)));
		const { list, counts } = await browsePrompts(pool, {});
		expect(list.rows[0]).toMatchObject({ learnt: { exampleId: open, number: 2, exact: true, trained: false } });
		expect(counts).toEqual({ total: 1, usable: 0, leftOut: 1, comparing: false });
		expect((await listPrompts(pool, { leftOut: true })).rows).toHaveLength(1);
	});

	test('what trains later and nearly asks the same is found', async () => {
		const { scope, pool } = await newPool();
		await addPrompts(pool, { prompts: [parcelToo, refund] });
		expect((await browsePrompts(pool, {})).counts).toMatchObject({ usable: 2, leftOut: 0, comparing: false });
		const [id] = await addExamples(scope, pool.project.id, [parcel], { split: 'train' });
		const { list, counts } = await browsePrompts(pool, { leftOut: true });
		expect(list.rows).toMatchObject([{ number: 1, learnt: { exampleId: id, exact: false, trained: false } }]);
		expect(counts).toMatchObject({ usable: 1, leftOut: 1 });
		// once it is neither trained nor in train it asks nobody's answer
		await scope.tx((tx) => tx.update(examples).set({ split: null }).where(eq(examples.id, id!)));
		expect((await browsePrompts(pool, {})).counts).toMatchObject({ usable: 2, leftOut: 0 });
	});
});

test('prompts that nearly ask the same are one: the later one names the earlier', async () => {
	const { scope, pool } = await newPool();
	const { added } = await addPrompts(pool, { prompts: [parcel, refund, parcelToo] });
	const { list, counts } = await browsePrompts(pool, {});
	expect(list.rows.map(({ number, near }) => [number, near])).toEqual([
		[3, 1],
		[2, null],
		[1, null]
	]);
	expect(counts).toMatchObject({ total: 3, usable: 2 });
	// families of examples are no business of the pool
	const rows = await scope.tx((tx) => tx.select().from(prompts).where(eq(prompts.id, added[1]!.id)));
	expect(rows[0]).toMatchObject({ family: null, near: [] });
	await deletePrompts(pool, { ids: [added[0]!.id] });
	expect((await browsePrompts(pool, {})).list.rows.map(({ near }) => near)).toEqual([null, null]);
	await restorePrompts(pool, { ids: [added[0]!.id] });
	expect((await browsePrompts(pool, {})).list.rows[0]).toMatchObject({ number: 3, near: 1 });
});

test('another project of the team, where the same is asked and learnt, changes nothing here, nor is it changed', async () => {
	const { scope, pool: there, project: other, connection, owner: ana } = await newPool();
	const refundToo = `Hello! ${refund} Thank you`;
	const lamp =
		'The desk lamp I got as a present flickers when the washing machine runs. Is that covered by the warranty?';
	const shelf = 'Which screws do I need to hang the oak shelf on a wall of plaster, and do they come with it?';
	await addPrompts(there, { prompts: [parcel, parcelToo, refundToo] });
	await addExamples(scope, other.id, [lamp, `Hello! ${lamp} Thanks`], { split: 'train', from: 20 });
	const answers = { chosen: 'Four.', rejected: 'None.', chosenBy: 'v1', rejectedBy: 'base', clientId: randomUUID() };
	const prompt = [{ role: 'user' as const, content: shelf }];
	const { id: pairId } = await keepPair(there, { prompt, ...answers });
	const run = await addReadyRun(scope, { projectId: other.id, connectionId: connection.id });
	await scope.tx((tx) => tx.insert(runPairs).values({ projectId: other.id, runId: run.id, pairId }));
	await compareExamples(scope, other.id);
	await browsePrompts(there, {});
	const rows = (id: string) =>
		scope.tx(async (tx) => ({
			project: (await tx.select().from(projects).where(eq(projects.id, id)))[0]!,
			prompts: await tx.select().from(prompts).where(eq(prompts.projectId, id)).orderBy(prompts.number),
			examples: await tx.select().from(examples).where(eq(examples.projectId, id)).orderBy(examples.number)
		}));
	const before = await rows(other.id);
	expect(before.prompts.map(({ family }) => family !== null)).toEqual([true, true, false]);

	const { project } = await newProject(scope, { slug: 'here' });
	const { project: empty } = await newProject(scope, { slug: 'empty' });
	const here = await inProject({ ...scope, userId: ana.id }, 'here');
	const { added } = await addPrompts(here, {
		prompts: [refund, `Good morning! ${lamp} Bye.`, shelf, parcel, parcelToo]
	});
	expect(added).toHaveLength(5);
	// the one of the two whose name is not that of the family which they are over there
	const alone = before.examples.find(({ promptHash, family }) => !promptHash.equals(family!))!;
	await addExamples(scope, project.id, [alone.messages[0]!.content as string], { split: 'train', from: 3 });
	const { list, counts } = await browsePrompts(here, {});
	expect(counts).toEqual({ total: 5, usable: 3, leftOut: 1, comparing: false });
	expect(list.rows.map(({ number, near, learnt }) => [number, near, learnt?.number])).toEqual([
		[5, 4, undefined],
		[4, null, undefined],
		[3, null, undefined],
		[2, null, 3],
		[1, null, undefined]
	]);
	const now = await rows(project.id);
	expect(now.project.promptsCompared).toBe('5/3/3/0');
	expect(now.prompts.map(({ family, near }) => [family !== null, near.length])).toEqual([
		[false, 0],
		[false, 1],
		[false, 0],
		[true, 0],
		[true, 0]
	]);
	expect(await rows(other.id)).toEqual(before);
	expect((await rows(empty.id)).project.promptsCompared).toBe(empty.promptsCompared);

	const ids = [added[3]!.id];
	await deletePrompts(here, { ids });
	expect(await restorePrompts(here, { ids })).toEqual({ count: 1 });
	expect((await rows(other.id)).project.promptsCompared).toBe(before.project.promptsCompared);
	await deletePrompts(here, { ids });
	await addPrompts(here, { prompts: [parcel] });
	await expect(restorePrompts(there, { ids })).rejects.toMatchObject({ code: 'not_found' });
});

test('an example between two others joins nothing by way of the pool', async () => {
	const { scope, pool } = await newPool();
	await addExamples(scope, pool.project.id, [parcel], { split: 'validation' });
	await addExamples(scope, pool.project.id, [refund], { split: 'train', from: 2 });
	const both = `${parcel} And besides: ${refund}`;
	await fromFile(pool, `${JSON.stringify({ prompt: both })}\n`);
	await browsePrompts(pool, {});
	const rows = await scope.tx((tx) => tx.select({ split: examples.split }).from(examples).orderBy(examples.number));
	expect(rows).toEqual([{ split: 'validation' }, { split: 'train' }]);
});

test('a rater may neither see nor add, another team sees nothing', async () => {
	const { pool, project, as } = await newPool();
	const { added } = await addPrompts(pool, { prompts: [parcel] });
	const rater = await inProject(await as('rater'), project.slug);
	await expect(listPrompts(rater, {})).rejects.toMatchObject({ code: 'forbidden' });
	await expect(addPrompts(rater, { prompts: [refund] })).rejects.toMatchObject({ code: 'forbidden' });
	const other = await newPool();
	const foreign = { ...other.pool, project: pool.project };
	await expect(getPrompt(other.pool, { promptId: added[0]!.id })).rejects.toMatchObject({ code: 'not_found' });
	await expect(deletePrompts(other.pool, { ids: [added[0]!.id] })).rejects.toMatchObject({ code: 'not_found' });
	await expect(addPrompts(foreign, { prompts: [refund] })).rejects.toMatchObject({ code: 'not_found' });
	expect(await inputs(foreign)).toEqual([]);
});

test('a job compares them: its payload is what the job takes, and again does nothing', async () => {
	const { scope, pool } = await newPool();
	const { id: projectId } = pool.project;
	const { added } = await addPrompts(pool, { prompts: [parcel, parcelToo] });
	const owner = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
	const queued =
		await owner`select data from pgboss.job where name = 'project.comparePrompts' and singleton_key = ${projectId}`;
	await owner.end();
	const [job] = promptJobs;
	const payload = v.parse(job!.payload, queued[0]!.data) as never;
	const families = async () =>
		(await scope.tx((tx) => tx.select().from(prompts).orderBy(prompts.number))).map(({ family }) => family);
	expect(await families()).toEqual([null, null]);
	const signal = new AbortController().signal;
	for (let time = 0; time < 2; time++) await job!.run(scope, payload, signal);
	const [one, two] = await families();
	expect(one).not.toBeNull();
	expect(two).toEqual(one);
	expect(added).toHaveLength(2);
});

test('two who add the same at once add it once', async () => {
	const { pool } = await newPool();
	const answers = await Promise.all(Array.from({ length: 4 }, () => addPrompts(pool, { prompts: [parcel, refund] })));
	expect(answers.flatMap(({ added }) => added)).toHaveLength(2);
	expect(await inputs(pool)).toEqual([refund, parcel]);
});

test('of two deleted ones that ask the same only one comes back', async () => {
	const { pool } = await newPool();
	const ids: string[] = [];
	for (let time = 0; time < 2; time++) {
		const { added } = await addPrompts(pool, { prompts: [parcel] });
		ids.push(added[0]!.id);
		await deletePrompts(pool, { ids: [added[0]!.id] });
	}
	await expect(restorePrompts(pool, { ids })).rejects.toMatchObject({ code: 'conflict' });
	expect(await restorePrompts(pool, { ids: [ids[0]!] })).toEqual({ count: 1 });
});

test('what comes back while the others are compared is compared as well', async () => {
	const { scope, pool, project } = await newPool();
	const { added } = await addPrompts(pool, { prompts: [parcel, refund] });
	await browsePrompts(pool, {});
	await deletePrompts(pool, { ids: [added[0]!.id] });
	// what is seen on the way in only beside the pool
	await addExamples(scope, project.id, [parcelToo], { split: 'train' });
	await addPrompts(pool, { prompts: ['Do you ship to Norway, and what does it cost?'] });
	await compareExamples(pool, project.id);
	let restored = 0;
	const tx: typeof pool.tx = async (work) => {
		// all has been read, and is about to be written down
		if (String(work).includes('update prompts p') && restored++ === 0)
			await restorePrompts(pool, { ids: [added[0]!.id] });
		return pool.tx(work);
	};
	await comparePrompts({ ...pool, tx }, project.id);
	expect(restored).toBe(2);
	const { list } = await browsePrompts(pool, { search: 'parcel' });
	expect(list.rows).toMatchObject([{ number: 1, learnt: { exact: false } }]);
});

test('a prompt that no text of Postgres could keep is refused, and the others are found', async () => {
	const { pool } = await newPool();
	const { refused } = await addPrompts(pool, {
		prompts: ['A \u0000 parcel', [{ role: 'user', content: parcel, name: '\u0000' }]]
	});
	expect(refused).toHaveLength(2);
	await addPrompts(pool, { prompts: [parcel] });
	const file = await fromFile(pool, '{"prompt":"A \\u0000 parcel"}\nA \u0000 parcel\n');
	expect(file).toMatchObject({ added: 0, refused: 2 });
	expect(await inputs(pool, { search: 'parcel' })).toEqual([parcel]);
	expect(await inputs(pool, { search: 'par\u0000cel' })).toEqual([parcel]);
});

test('a preference that a run was sent is known, nearly too, also when it was taken back afterwards', async () => {
	const { scope, pool, connection } = await newPool();
	const { id: projectId } = pool.project;
	const prompt = [{ role: 'user' as const, content: parcelToo }];
	const answers = { chosen: 'It left today.', rejected: 'No idea.', chosenBy: 'v1', rejectedBy: 'base' };
	const { id: pairId } = await keepPair(pool, { prompt, ...answers, clientId: randomUUID() });
	const run = await addReadyRun(scope, { projectId, connectionId: connection.id });
	await scope.tx((tx) => tx.insert(runPairs).values({ projectId, runId: run.id, pairId }));
	await withdrawPair(pool, { pairId });
	await addPrompts(pool, { prompts: [parcel, refund] });
	const { list, counts } = await browsePrompts(pool, {});
	expect(list.rows.map(({ learnt }) => learnt)).toEqual([
		null,
		{ exampleId: null, number: null, exact: false, trained: true }
	]);
	expect(counts).toMatchObject({ usable: 1, leftOut: 1 });
});
