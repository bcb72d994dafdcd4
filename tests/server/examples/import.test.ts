import { afterAll, describe, expect, test } from 'vitest';
import { closePools } from '../../../src/lib/server/platform/db/pools.ts';
import { examples, imports } from '../../../src/lib/server/platform/db/schema.ts';
import { getExample, listExamples } from '../../../src/lib/server/examples/browse.ts';
import { deleteExamples, restoreExamples } from '../../../src/lib/server/examples/delete.ts';
import { addExample } from '../../../src/lib/server/examples/add.ts';
import { importExamples } from '../../../src/lib/server/examples/import.ts';
import { moveExamples } from '../../../src/lib/server/splits/splits.ts';
import { newProject, newTeam } from '../../support/team.ts';

afterAll(() => closePools());

const chat = (question: string, answer: string, more: object = {}) =>
	JSON.stringify({
		messages: [
			{ role: 'user', content: question },
			{ role: 'assistant', content: answer }
		],
		...more
	});
const lines = (...texts: string[]) => texts.map((text, i) => ({ number: i + 1, text }));
const all = {};

describe('an import', () => {
	test('takes the good lines, and names number and reason of the bad ones', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		const result = await importExamples(scope, 'support', {
			fileName: 'mixed.jsonl',
			lines: lines(
				chat('Where is my parcel?', 'On its way.'),
				'{"nothing":1}',
				chat('Hello', 'Hi', { rating: 11 }),
				'{oops'
			)
		});
		expect(result).toMatchObject({ added: 1, duplicates: 0, refused: 3 });
		expect(result.refusals.map((refusal) => refusal.line)).toEqual([2, 3, 4]);
		expect(result.refusals[0]!.reason).toContain('Line 2');
		expect((await listExamples(scope, 'support', all)).rows).toHaveLength(1);
	});

	test('of the same file twice adds nothing, and numbers go on where they were', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		const file = lines(...Array.from({ length: 30 }, (_, i) => chat(`Question ${i}`, `Answer ${i}`)));
		await importExamples(scope, 'support', { fileName: 'a.jsonl', lines: [...file, ...file] });
		const again = await importExamples(scope, 'support', { fileName: 'a.jsonl', lines: file });
		expect(again).toMatchObject({ added: 0, duplicates: 30, refused: 0 });
		await addExample(scope, 'support', {
			messages: [
				{ role: 'user', content: 'New' },
				{ role: 'assistant', content: 'Yes' }
			],
			rating: null
		});
		const { rows } = await listExamples(scope, 'support', all);
		expect(rows.map((row) => row.number)).toEqual(Array.from({ length: 31 }, (_, i) => 31 - i));
	});

	test('larger than a few chunks keeps the order of its lines, and what is known between them', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		const long = 'A long answer. '.repeat(4_000); // 60 kB, so that about fifty lines make a chunk
		const file = Array.from({ length: 200 }, (_, i) => chat(`Question ${i}`, `${i} ${long}`, { rating: 1 + (i % 10) }));
		const some = [3, 77, 78, 199].map((i) => file[i]!);
		await importExamples(scope, 'support', { fileName: 'some.jsonl', lines: lines(...some) });
		const result = await importExamples(scope, 'support', { fileName: 'all.jsonl', lines: lines(...file, file[5]!) });
		expect(result).toMatchObject({ added: 196, duplicates: 5, refused: 0 });

		const found = await scope.tx((tx) =>
			tx
				.select({ number: examples.number, rating: examples.rating, messages: examples.messages })
				.from(examples)
				.orderBy(examples.number)
		);
		const asked = found.map(({ messages }) => Number(messages[0]!.content.slice('Question '.length)));
		const known = [3, 77, 78, 199];
		expect(asked).toEqual([...known, ...file.keys().filter((i) => !known.includes(i))]);
		expect(found.every(({ rating }, i) => rating === 1 + (asked[i]! % 10))).toBe(true);
		const again = await importExamples(scope, 'support', { fileName: 'all.jsonl', lines: lines(...file) });
		expect(again).toMatchObject({ added: 0, duplicates: 200 });
	});

	test('of one file by two people at once adds each example once', async () => {
		const { scope, as } = await newTeam();
		await newProject(scope);
		const long = 'word '.repeat(10_000);
		const file = lines(...Array.from({ length: 150 }, (_, i) => chat(`Question ${i}`, `${i} ${long}`)));
		const results = await Promise.all(
			[scope, await as('trainer')].map((who) => importExamples(who, 'support', { fileName: 'same.jsonl', lines: file }))
		);
		expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(150);
		expect(results.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(150);
	});

	test('and many others at once all come to their end, and pages are answered meanwhile', async () => {
		const long = 'word '.repeat(10_000);
		const file = lines(...Array.from({ length: 150 }, (_, i) => chat(`Question ${i}`, `${i} ${long}`)));
		const { scope } = await newTeam();
		await newProject(scope);
		const running = Array.from({ length: 10 }, async () => {
			const team = await newTeam();
			await newProject(team.scope);
			return importExamples(team.scope, 'support', { fileName: 'a.jsonl', lines: file });
		});
		expect((await listExamples(scope, 'support', all)).rows).toHaveLength(0);
		for (const result of await Promise.all(running)) expect(result).toMatchObject({ added: 150, refused: 0 });
	});

	test('whose file breaks off keeps what came before, and says so', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		const long = 'word '.repeat(10_000);
		const file = async function* () {
			yield* lines(...Array.from({ length: 150 }, (_, i) => chat(`Question ${i}`, `${i} ${long}`)));
			throw new Error('The connection was cut');
		};
		await expect(importExamples(scope, 'support', { fileName: 'cut.jsonl', lines: file() })).rejects.toThrow(
			'The connection was cut'
		);
		const [kept] = await scope.tx((tx) => tx.select({ added: imports.added }).from(imports));
		const found = await scope.tx((tx) => tx.select({ number: examples.number }).from(examples));
		expect(kept!.added).toBeGreaterThan(0);
		expect(found).toHaveLength(kept!.added);
	});

	test('keeps what jsonb would refuse or rewrite', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		const text =
			'{"messages":[{"role":"user","content":"a\\u0000b \\\\ \\t"},{"role":"assistant","content":"tab\\there\\nand \\\\N"}],"n":1e2,"id":"x-1"}';
		const result = await importExamples(scope, 'support', { fileName: 'odd.jsonl', lines: lines(text) });
		expect(result).toMatchObject({ added: 1, refused: 0 });
		const [row] = (await listExamples(scope, 'support', all)).rows;
		const example = await getExample(scope, 'support', row!.id);
		expect(example.messages).toEqual(JSON.parse(text).messages);
	});

	test('brings ratings and rewrites with it', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		await importExamples(scope, 'support', {
			fileName: 'rated.jsonl',
			lines: lines(chat('A?', 'a', { rating: 3 }), chat('B?', 'b', { rating: 9, rewrite: 'better b' }))
		});
		const { rows } = await listExamples(scope, 'support', all);
		expect(rows.map(({ rating, output }) => ({ rating, output }))).toEqual([
			{ rating: 9, output: 'better b' },
			{ rating: 3, output: 'a' }
		]);
	});

	test('takes a split over only where the prompt does not stand on the other side', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		await importExamples(scope, 'support', {
			fileName: 'split.jsonl',
			lines: lines(chat('Same?', 'one', { split: 'train' }), chat('Alone?', 'a', { split: 'validation' }))
		});
		await importExamples(scope, 'support', {
			fileName: 'leak.jsonl',
			lines: lines(
				chat('same?', 'two', { split: 'validation' }),
				chat('Both?', '1', { split: 'train' }),
				chat('Both?', '2', { split: 'validation' })
			)
		});
		const { rows } = await listExamples(scope, 'support', all);
		expect(Object.fromEntries(rows.map((row) => [row.output, row.split]))).toEqual({
			one: 'train',
			a: 'validation',
			two: null,
			'1': null,
			'2': null
		});
	});

	test('is not for raters, and finds no project of another team', async () => {
		const { scope, as } = await newTeam();
		await newProject(scope);
		const file = { fileName: 'a.jsonl', lines: lines(chat('A?', 'a')) };
		await expect(importExamples(await as('rater'), 'support', file)).rejects.toMatchObject({ code: 'forbidden' });
		await expect(importExamples((await newTeam()).scope, 'support', file)).rejects.toMatchObject({ code: 'not_found' });
		expect((await listExamples(scope, 'support', all)).rows).toHaveLength(0);
	});

	test('of nothing says so', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		await expect(importExamples(scope, 'support', { fileName: 'a.jsonl', lines: [] })).rejects.toMatchObject({
			code: 'invalid'
		});
	});
});

describe('an example', () => {
	test('written twice is refused and names the first', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		const messages = [
			{ role: 'user' as const, content: 'Hello' },
			{ role: 'assistant' as const, content: 'Hi' }
		];
		await addExample(scope, 'support', { messages, rating: 8 });
		await expect(addExample(scope, 'support', { messages, rating: null })).rejects.toThrow('as example 1');
	});

	test('deleted comes back, unless it has been written again meanwhile', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		const messages = [
			{ role: 'user' as const, content: 'Hello' },
			{ role: 'assistant' as const, content: 'Hi' }
		];
		const { id } = await addExample(scope, 'support', { messages, rating: null });
		await deleteExamples(scope, 'support', [id]);
		expect((await listExamples(scope, 'support', all)).rows).toHaveLength(0);
		await restoreExamples(scope, 'support', [id]);
		expect((await listExamples(scope, 'support', all)).rows).toHaveLength(1);
		await deleteExamples(scope, 'support', [id]);
		await addExample(scope, 'support', { messages, rating: null });
		await expect(restoreExamples(scope, 'support', [id])).rejects.toThrow('added again');
	});

	test('in validation is locked, and a prompt stands on one side only', async () => {
		const { scope } = await newTeam();
		await newProject(scope);
		await importExamples(scope, 'support', {
			fileName: 'a.jsonl',
			lines: lines(chat('Q', '1'), chat('q ', '2'), chat('R', '3'))
		});
		const { rows } = await listExamples(scope, 'support', all);
		const id = (output: string) => rows.find((row) => row.output === output)!.id;
		await moveExamples(scope, 'support', { ids: [id('1')], side: 'validation' });
		await expect(moveExamples(scope, 'support', { ids: [id('1')], side: 'train' })).rejects.toThrow(
			'locked in validation'
		);
		await expect(moveExamples(scope, 'support', { ids: [id('1')], side: 'unassigned' })).rejects.toThrow('locked');
		await expect(moveExamples(scope, 'support', { ids: [id('3'), id('2')], side: 'train' })).rejects.toThrow(
			'same prompt'
		);
		expect((await listExamples(scope, 'support', { split: 'train' })).rows).toHaveLength(0);
	});
});
