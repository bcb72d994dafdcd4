import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { ExampleFilter } from '../../../src/lib/contract/examples.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { auditEntries } from '../../../src/lib/server/platform/db/schema.ts';
import {
	addExample,
	deleteExamples,
	exportExamples,
	importExamples,
	importSample,
	restoreExamples
} from '../../../src/lib/server/examples/commands.ts';
import {
	browseExamples,
	countExamples,
	findTwin,
	getExample,
	listExamples,
	ratingHistogram
} from '../../../src/lib/server/examples/queries.ts';
import { rateExample, rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { moveExamples } from '../../../src/lib/server/splits/commands.ts';
import { samples } from '../../../src/lib/core/examples/samples.ts';
import { newProject, newTeam } from '../../support/data/team.ts';

afterAll(() => closePools());

const talk = (question: string, answer = `The answer to ${question}`) => [
	{ role: 'user' as const, content: question },
	{ role: 'assistant' as const, content: answer }
];
const start = async (questions: string[]) => {
	const team = await newTeam();
	await newProject(team.scope);
	const here = await inProject(team.scope, 'support');
	const texts = questions.map((question) => JSON.stringify({ messages: talk(question) }));
	await importExamples(here, {
		fileName: 'a.jsonl',
		lines: texts.map((text, i) => ({ number: i + 1, text }))
	});
	const list = (filter: Partial<ExampleFilter> = {}, scope = here) => listExamples(scope, filter);
	const idOf = async (number: number) => (await list({ before: number + 1 })).rows[0]!.id;
	return { ...team, here, list, idOf };
};
const numbers = ({ rows }: { rows: { number: number }[] }) => rows.map(({ number }) => number);
const count = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => from - i);

describe('the pages of a list', () => {
	test('lead down to the oldest and up again, and every example is on one', async () => {
		const { list } = await start(Array.from({ length: 120 }, (_, i) => `Question ${i}?`));
		const first = await list();
		expect([numbers(first), first.newer, first.older]).toEqual([count(120, 71), null, 71]);
		const second = await list({ before: first.older! });
		expect([numbers(second), second.newer, second.older]).toEqual([count(70, 21), 70, 21]);
		const third = await list({ before: second.older! });
		expect([numbers(third), third.newer, third.older]).toEqual([count(20, 1), 20, null]);

		const up = await list({ after: third.newer! });
		expect([numbers(up), up.newer, up.older]).toEqual([count(70, 21), 70, 21]);
		const top = await list({ after: up.newer! });
		expect([numbers(top), top.newer, top.older]).toEqual([count(120, 71), null, 71]);
	});

	test('the way up ends at a full first page', async () => {
		const { list } = await start(Array.from({ length: 80 }, (_, i) => `Question ${i}?`));
		const up = await list({ after: 60 });
		expect([numbers(up), up.newer, up.older]).toEqual([count(80, 31), null, 31]);
	});

	test('a page that has become empty still knows the way up', async () => {
		const { list, here, idOf } = await start(['One?', 'Two?']);
		await deleteExamples(here, { ids: [await idOf(1)] });
		// an address that names both goes up
		expect(numbers(await list({ before: 5, after: 5 }))).toEqual(numbers(await list({ after: 5 })));
		const page = await list({ before: 2 });
		expect([page.rows, page.older]).toEqual([[], null]);
		expect(numbers(await list({ after: page.newer! }))).toEqual([2]);
	});
});

describe('a search', () => {
	test('finds words of the conversation and the rewrite, in any case, and numbers', async () => {
		const { list, here, idOf } = await start(['The kettle leaks', 'Wo bleibt mein Päckchen?', '100 % sure_ly', 'x']);
		await rewriteExample(here, {
			exampleId: await idOf(4),
			output: 'The Colander is back',
			score: 9,
			clientId: randomUUID()
		});
		const found = async (search: string) => numbers(await list({ search }));
		expect(await found('KETTLE')).toEqual([1]);
		expect(await found('päckchen')).toEqual([2]);
		expect(await found('100 %')).toEqual([3]);
		expect(await found('e_l')).toEqual([3]);
		expect(await found('%')).toEqual([3]);
		expect(await found('colander')).toEqual([4]);
		expect(await found('#2')).toEqual([2]);
		expect(await found('nothing like it')).toEqual([]);
	});

	test('stays on its page and its side', async () => {
		const { list, here, idOf } = await start(['kettle one', 'kettle two', 'pan']);
		await moveExamples(here, { ids: [await idOf(1), await idOf(3)], side: 'train' });
		expect(numbers(await list({ search: 'kettle', split: 'train' }))).toEqual([1]);
		expect(numbers(await list({ split: 'none' }))).toEqual([2]);
	});
});

test('a list shows the beginning of long texts, a detail all of it', async () => {
	const long = 'word '.repeat(1_000) + '😀';
	const { list, here } = await start([long]);
	const [row] = (await list()).rows;
	expect(row!.input).toBe(long.slice(0, 300));
	expect((await getExample(here, { exampleId: row!.id })).messages[0]!.content).toBe(long);
});

test('a rater sees only own scores, and cannot find out the others by a filter', async () => {
	const { list, here, as, idOf } = await start(['One?', 'Two?', 'Three?']);
	const rater = await inProject(await as('rater'), 'support');
	const rate = async (who: typeof here, number: number, score: number) =>
		rateExample(who, { exampleId: await idOf(number), score, clientId: randomUUID() });
	await rate(here, 1, 2);
	await rate(here, 2, 9);
	await rate(rater, 2, 4);
	const seen = await list({ band: 'bad' }, rater);
	expect(seen.rows.map(({ number, rating }) => [number, rating])).toEqual([
		[3, null],
		[2, 4],
		[1, null]
	]);
	expect(numbers(await list({ band: 'bad' }))).toEqual([1]);
});

test('a rater does not learn from the split, or by undoing, what others thought', async () => {
	const { list, here, as, idOf } = await start(['One?', 'Two?']);
	const rater = await inProject(await as('rater'), 'support');
	const [id, score] = [await idOf(1), 9];
	await rateExample(here, { exampleId: id, score, clientId: randomUUID() });
	await moveExamples(here, { ids: [id], side: 'train' });
	const seen = async () => {
		const { rows } = await list({ split: 'train' }, rater);
		const { rating, ratingsCount, split, trained, ratings } = await getExample(rater, { exampleId: id });
		return {
			rows: rows.map((row) => [row.number, row.rating, row.split, row.trained]),
			rating,
			ratingsCount,
			split,
			trained,
			ratings
		};
	};
	const nothing = { rating: null, ratingsCount: 0, split: null, trained: false, ratings: [] };
	const unmarked = [
		[2, null, null, false],
		[1, null, null, false]
	];
	expect(await seen()).toEqual({ ...nothing, rows: unmarked });
	for (const who of [here, await inProject(await as('trainer'), 'support')]) {
		expect(await getExample(who, { exampleId: id })).toMatchObject({ split: 'train' });
		expect((await list({}, who)).rows.map(({ split }) => split)).toEqual([null, 'train']);
	}

	await rateExample(rater, { exampleId: id, score: 5, clientId: randomUUID() });
	expect(await seen()).toMatchObject({ rating: 7, ratingsCount: 2, split: null });
	expect((await seen()).ratings.map((each) => each.score)).toEqual([5, 9]);

	await rateExample(rater, { exampleId: id, score: null, clientId: randomUUID() });
	const undone = await seen();
	expect(undone).toMatchObject({ rows: unmarked, rating: null, ratingsCount: 0 });
	expect(undone.ratings.map((each) => each.score)).toEqual([null, 5]);
});

test('the twin of a conversation is found by what it says, within the project only', async () => {
	const { scope, here, idOf } = await start(['One?']);
	const twin = await findTwin(here, { messages: talk('  one? ', 'The answer to One?') });
	// where code or a name is the answer, case and spacing are what is to be learnt
	expect(await findTwin(here, { messages: talk('One?', 'The answer to  one?') })).toBe(null);
	expect(twin).toEqual({ id: await idOf(1), number: 1, is: 'same', input: '' });
	expect(await findTwin(here, { messages: talk('Two?') })).toBe(null);
	await newProject(scope, { slug: 'beside' });
	const beside = await inProject(scope, 'beside');
	expect(await findTwin(beside, { messages: talk('One?') })).toBe(null);
	expect(await addExample(beside, { messages: talk('One?'), rating: null })).toMatchObject({ number: 1 });
	const other = (await newTeam()).scope;
	await newProject(other);
	expect(await findTwin(await inProject(other, 'support'), { messages: talk('One?') })).toBe(null);
});

describe('deleting', () => {
	test('cannot be undone once the prompt stands on the other side', async () => {
		const { here, idOf } = await start(['Same?']);
		const id = await idOf(1);
		await moveExamples(here, { ids: [id], side: 'train' });
		await deleteExamples(here, { ids: [id] });
		const again = await addExample(here, { messages: talk('Same?', 'Another answer'), rating: null });
		await moveExamples(here, { ids: [again.id], side: 'validation' });
		await expect(restoreExamples(here, { ids: [id] })).rejects.toMatchObject({
			code: 'conflict',
			message: expect.stringContaining('same prompt')
		});
	});

	test('is undone whatever another project says, and not beside the same conversation', async () => {
		const { scope, here, idOf } = await start(['Same?']);
		const id = await idOf(1);
		await newProject(scope, { slug: 'beside' });
		const beside = await inProject(scope, 'beside');
		const there = await addExample(beside, { messages: talk('Same?'), rating: null });
		await deleteExamples(here, { ids: [id] });
		expect(await restoreExamples(here, { ids: [id] })).toEqual({ count: 1 });
		await deleteExamples(here, { ids: [id] });
		await addExample(here, { messages: talk('Same?'), rating: null });
		await expect(restoreExamples(here, { ids: [id] })).rejects.toMatchObject({
			code: 'conflict',
			message: 'The same conversation has been added again, as example 2.'
		});
		await deleteExamples(beside, { ids: [there.id] });
		await addExample(beside, { messages: talk('Same?'), rating: null });
		await expect(restoreExamples(here, { ids: [there.id] })).rejects.toMatchObject({ code: 'not_found' });
	});

	test('of the same conversation that was deleted twice one comes back', async () => {
		const { here, idOf } = await start(['Same?']);
		const first = await idOf(1);
		await deleteExamples(here, { ids: [first] });
		const { id: second } = await addExample(here, { messages: talk('Same?'), rating: null });
		await deleteExamples(here, { ids: [second] });
		await expect(restoreExamples(here, { ids: [first, second] })).rejects.toMatchObject({
			code: 'conflict',
			message: 'Examples 1 and 2 are the same conversation. Restore one of them.'
		});
		expect(await restoreExamples(here, { ids: [second] })).toEqual({ count: 1 });
	});

	test('is not for raters, and strangers find nothing to delete', async () => {
		const { scope, here, as, idOf, list } = await start(['One?']);
		const id = await idOf(1);
		const rater = await inProject(await as('rater'), 'support');
		const stranger = { ...(await newTeam()).scope, project: here.project };
		for (const act of [deleteExamples, restoreExamples]) {
			await expect(act(rater, { ids: [id] })).rejects.toMatchObject({ code: 'forbidden' });
			await expect(act(stranger, { ids: [id] })).rejects.toMatchObject({ code: 'not_found' });
		}
		await newProject(scope, { slug: 'other' });
		await expect(deleteExamples(await inProject(scope, 'other'), { ids: [id] })).rejects.toMatchObject({
			code: 'not_found'
		});
		expect(numbers(await list())).toEqual([1]);
	});
});

test.each(samples)('the sample $id comes with the app, and once is enough', async ({ id }) => {
	const lines = readFileSync(`examples/${id}/examples.jsonl`, 'utf8').trim().split('\n').length;
	const { scope, as } = await newTeam();
	await newProject(scope);
	const here = await inProject(scope, 'support');
	expect(await importSample(here, { sample: id })).toMatchObject({
		added: lines,
		duplicates: 0,
		refused: 0
	});
	expect(await importSample(here, { sample: id })).toMatchObject({ added: 0, duplicates: lines });
	const rater = await inProject(await as('rater'), 'support');
	await expect(importSample(rater, { sample: id })).rejects.toMatchObject({ code: 'forbidden' });
});

describe('the page of examples', () => {
	test('has the list, the counts, and the example that is open, if it is still there', async () => {
		const { here, idOf } = await start(['One?', 'Two?']);
		const id = await idOf(1);
		await rateExample(here, { exampleId: id, score: 9, clientId: randomUUID() });
		const shown = await browseExamples(here, { selected: id, band: 'great' });
		expect(numbers(shown.list)).toEqual([1]);
		expect(shown.open).toMatchObject({ id, rating: 9, ratings: [{ score: 9 }] });
		expect(shown.counts).toMatchObject({ total: 2, unrated: 1, great: 1, quality: 1, below: 0, unassigned: 2 });
		expect(shown.counts).toEqual(await countExamples(here));
		await deleteExamples(here, { ids: [id] });
		expect((await browseExamples(here, { selected: id })).open).toBe(null);
		expect((await browseExamples(here)).open).toBe(null);
	});

	test('counts a mean that does not reach the next rating as the one below', async () => {
		const { here, as, idOf } = await start(['One?', 'Two?']);
		const trainer = await inProject(await as('trainer'), 'support');
		const rate = async (who: typeof here, number: number, score: number) =>
			rateExample(who, { exampleId: await idOf(number), score, clientId: randomUUID() });
		await rate(here, 1, 8);
		await rate(trainer, 1, 7);
		await rate(here, 2, 10);
		expect(await ratingHistogram(here)).toEqual([0, 0, 0, 0, 0, 0, 1, 0, 0, 1]);
	});
});

test('a stranger with the project of another team finds nothing', async () => {
	const { here, idOf, list } = await start(['One?']);
	const [stranger, id] = [{ ...(await newTeam()).scope, project: here.project }, await idOf(1)];
	expect((await listExamples(stranger)).rows).toEqual([]);
	expect(await findTwin(stranger, { messages: talk('One?') })).toBe(null);
	expect((await countExamples(stranger)).total).toBe(0);
	expect(await ratingHistogram(stranger)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
	const { counts, ...shown } = await browseExamples(stranger, { selected: id });
	expect([shown, counts.total]).toEqual([{ list: { rows: [], older: null, newer: null }, open: null }, 0]);
	const deeds = [
		() => getExample(stranger, { exampleId: id }),
		() => addExample(stranger, { messages: talk('Two?'), rating: null }),
		() => importExamples(stranger, { fileName: 'a.jsonl', lines: [{ number: 1, text: '{}' }] }),
		() => importSample(stranger, { sample: 'code-review' }),
		() => deleteExamples(stranger, { ids: [id] }),
		() => restoreExamples(stranger, { ids: [id] }),
		() => exportExamples(stranger, { format: 'full' })
	];
	for (const deed of deeds) await expect(deed()).rejects.toMatchObject({ code: 'not_found' });
	expect(numbers(await list())).toEqual([1]);
});

test('what is done with examples is written down for owners, with numbers and no texts', async () => {
	const { scope, here, idOf } = await start(['One?', 'Two?']);
	const ids = [await idOf(1), await idOf(2)];
	await addExample(here, { messages: talk('Three?'), rating: null });
	await deleteExamples(here, { ids });
	await restoreExamples(here, { ids });
	await exportExamples(here, { format: 'full' });
	await moveExamples(here, { ids, side: 'train' });
	const found = await scope.tx((tx) => tx.select().from(auditEntries).orderBy(auditEntries.seq));
	expect(found.map(({ action, details }) => [action, details])).toEqual([
		['examples.imported', { fileName: 'a.jsonl', added: 2, duplicates: 0, refused: 0 }],
		['examples.deleted', { count: 2 }],
		['examples.restored', { count: 2 }],
		['examples.exported', {}],
		['split.moved', { count: 2, side: 'train' }]
	]);
	expect(found.slice(1).every(({ subject }) => subject === here.project.id)).toBe(true);
});
