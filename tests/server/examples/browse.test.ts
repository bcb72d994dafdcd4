import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import type { ExampleFilter } from '../../../src/lib/core/examples/filter.ts';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { addExample, findTwin } from '../../../src/lib/server/examples/add.ts';
import { getExample, listExamples } from '../../../src/lib/server/examples/browse.ts';
import { deleteExamples, restoreExamples } from '../../../src/lib/server/examples/delete.ts';
import { importExamples } from '../../../src/lib/server/examples/import.ts';
import { importSample } from '../../../src/lib/server/examples/samples.ts';
import { rateExample, rewriteExample } from '../../../src/lib/server/ratings/commands.ts';
import { inProject } from '../../../src/lib/server/access/scope.ts';
import { moveExamples } from '../../../src/lib/server/splits/splits.ts';
import { samples } from '../../../src/lib/core/examples/samples.ts';
import { newProject, newTeam } from '../../support/team.ts';

afterAll(() => closePools());

const talk = (question: string, answer = `The answer to ${question}`) => [
	{ role: 'user' as const, content: question },
	{ role: 'assistant' as const, content: answer }
];
const start = async (questions: string[]) => {
	const team = await newTeam();
	await newProject(team.scope);
	const texts = questions.map((question) => JSON.stringify({ messages: talk(question) }));
	await importExamples(team.scope, 'support', {
		fileName: 'a.jsonl',
		lines: texts.map((text, i) => ({ number: i + 1, text }))
	});
	const list = (filter: Partial<ExampleFilter> = {}, scope = team.scope) => listExamples(scope, 'support', filter);
	const idOf = async (number: number) => (await list({ before: number + 1 })).rows[0]!.id;
	return { ...team, list, idOf };
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
		const { list, scope, idOf } = await start(['One?', 'Two?']);
		await deleteExamples(scope, 'support', [await idOf(1)]);
		const page = await list({ before: 2 });
		expect([page.rows, page.older]).toEqual([[], null]);
		expect(numbers(await list({ after: page.newer! }))).toEqual([2]);
	});
});

describe('a search', () => {
	test('finds words of the conversation and the rewrite, in any case, and numbers', async () => {
		const { list, scope, idOf } = await start(['The kettle leaks', 'Wo bleibt mein Päckchen?', '100 % sure_ly', 'x']);
		await rewriteExample(await inProject(scope, 'support'), {
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
		const { list, scope, idOf } = await start(['kettle one', 'kettle two', 'pan']);
		await moveExamples(scope, 'support', { ids: [await idOf(1), await idOf(3)], side: 'train' });
		expect(numbers(await list({ search: 'kettle', split: 'train' }))).toEqual([1]);
		expect(numbers(await list({ split: 'none' }))).toEqual([2]);
	});
});

test('a list shows the beginning of long texts, a detail all of it', async () => {
	const long = 'word '.repeat(1_000) + '😀';
	const { list, scope } = await start([long]);
	const [row] = (await list()).rows;
	expect(row!.input).toBe(long.slice(0, 300));
	expect((await getExample(scope, 'support', row!.id)).messages[0]!.content).toBe(long);
});

test('a rater sees only own scores, and cannot find out the others by a filter', async () => {
	const { list, scope, as, idOf } = await start(['One?', 'Two?', 'Three?']);
	const rater = await as('rater');
	const rate = async (who: typeof scope, number: number, score: number) =>
		rateExample(await inProject(who, 'support'), { exampleId: await idOf(number), score, clientId: randomUUID() });
	await rate(scope, 1, 2);
	await rate(scope, 2, 9);
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
	const { list, scope, as, idOf } = await start(['One?', 'Two?']);
	const rater = await as('rater');
	const [id, score] = [await idOf(1), 9];
	await rateExample(await inProject(scope, 'support'), { exampleId: id, score, clientId: randomUUID() });
	await moveExamples(scope, 'support', { ids: [id], side: 'train' });
	const seen = async () => {
		const { rows } = await list({ split: 'train' }, rater);
		const { rating, ratingsCount, split, trained, ratings } = await getExample(rater, 'support', id);
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

	await rateExample(await inProject(rater, 'support'), { exampleId: id, score: 5, clientId: randomUUID() });
	expect(await seen()).toMatchObject({ rating: 7, ratingsCount: 2, split: null });
	expect((await seen()).ratings.map((each) => each.score)).toEqual([5, 9]);

	await rateExample(await inProject(rater, 'support'), { exampleId: id, score: null, clientId: randomUUID() });
	const undone = await seen();
	expect(undone).toMatchObject({ rows: unmarked, rating: null, ratingsCount: 0 });
	expect(undone.ratings.map((each) => each.score)).toEqual([null, 5]);
});

test('the twin of a conversation is found by what it says, within the project only', async () => {
	const { scope, idOf } = await start(['One?']);
	const twin = await findTwin(scope, 'support', { messages: talk('  one? ', 'The answer to  one?') });
	expect(twin).toEqual({ id: await idOf(1), number: 1 });
	expect(await findTwin(scope, 'support', { messages: talk('Two?') })).toBe(null);
	const other = (await newTeam()).scope;
	await newProject(other);
	expect(await findTwin(other, 'support', { messages: talk('One?') })).toBe(null);
});

describe('deleting', () => {
	test('cannot be undone once the prompt stands on the other side', async () => {
		const { scope, idOf } = await start(['Same?']);
		const id = await idOf(1);
		await moveExamples(scope, 'support', { ids: [id], side: 'train' });
		await deleteExamples(scope, 'support', [id]);
		const again = await addExample(scope, 'support', { messages: talk('Same?', 'Another answer'), rating: null });
		await moveExamples(scope, 'support', { ids: [again.id], side: 'validation' });
		await expect(restoreExamples(scope, 'support', [id])).rejects.toMatchObject({
			code: 'conflict',
			message: expect.stringContaining('same prompt')
		});
	});

	test('is not for raters, and strangers find nothing to delete', async () => {
		const { scope, as, idOf, list } = await start(['One?']);
		const id = await idOf(1);
		const rater = await as('rater');
		for (const act of [deleteExamples, restoreExamples]) {
			expect(() => act(rater, 'support', [id])).toThrow(expect.objectContaining({ code: 'forbidden' }));
			await expect(act((await newTeam()).scope, 'support', [id])).rejects.toMatchObject({ code: 'not_found' });
		}
		await newProject(scope, { slug: 'other' });
		await expect(deleteExamples(scope, 'other', [id])).rejects.toMatchObject({ code: 'not_found' });
		expect(numbers(await list())).toEqual([1]);
	});
});

test.each(samples)('the sample $id comes with the app, and once is enough', async ({ id }) => {
	const lines = readFileSync(`examples/${id}/examples.jsonl`, 'utf8').trim().split('\n').length;
	const { scope, as } = await newTeam();
	await newProject(scope);
	expect(await importSample(scope, 'support', { sample: id })).toMatchObject({
		added: lines,
		duplicates: 0,
		refused: 0
	});
	expect(await importSample(scope, 'support', { sample: id })).toMatchObject({ added: 0, duplicates: lines });
	await expect(importSample(await as('rater'), 'support', { sample: id })).rejects.toMatchObject({ code: 'forbidden' });
});
