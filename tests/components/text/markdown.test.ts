import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blocksOf, inlinesOf } from '../../../src/lib/components/text/markdown.ts';

test('bold, italic and code are found, and lone marks stay text', () => {
	expect(inlinesOf('**Yes**, use `a_b` and *not* 2 * 3 * 4')).toEqual([
		{ kind: 'strong', text: 'Yes' },
		{ kind: 'text', text: ', use ' },
		{ kind: 'code', text: 'a_b' },
		{ kind: 'text', text: ' and ' },
		{ kind: 'em', text: 'not' },
		{ kind: 'text', text: ' 2 * 3 * 4' }
	]);
	expect(inlinesOf('snake_case_name')).toEqual([{ kind: 'text', text: 'snake_case_name' }]);
});

test('code keeps every line as it is, closed or not', () => {
	expect(blocksOf('```ts\nconst a = **1**;\n\n# no heading\n```\nafter')).toEqual([
		{ kind: 'code', language: 'ts', text: 'const a = **1**;\n\n# no heading' },
		{ kind: 'paragraph', inlines: [{ kind: 'text', text: 'after' }] }
	]);
	expect(blocksOf('~~~\nopen')).toEqual([{ kind: 'code', language: '', text: 'open' }]);
});

test('headings, lists and quotes are blocks; single line breaks stay', () => {
	const blocks = blocksOf('# Title\none\ntwo\n\n3. three\n4. four\n- point\n> quoted');
	expect(blocks.map((block) => block.kind)).toEqual(['heading', 'paragraph', 'list', 'list', 'quote']);
	expect(blocks[1]).toEqual({ kind: 'paragraph', inlines: [{ kind: 'text', text: 'one\ntwo' }] });
	expect(blocks[2]).toMatchObject({ ordered: true, start: 3, items: [[{ text: 'three' }], [{ text: 'four' }]] });
	expect(blocks[3]).toMatchObject({ ordered: false, items: [[{ text: 'point' }]] });
});

test('tables are tables, with what their cells say', () => {
	const [before, table, after] = blocksOf(
		'Prices:\n| Item | Price |\n|:--|--:|\n| **Mug** | 12 |\n| a \\| b `c|d` |\n\nEnd'
	);
	expect([before!.kind, after!.kind]).toEqual(['paragraph', 'paragraph']);
	expect(table).toMatchObject({
		kind: 'table',
		aligns: ['start', 'end'],
		head: [[{ text: 'Item' }], [{ text: 'Price' }]],
		rows: [[[{ kind: 'strong', text: 'Mug' }], [{ text: '12' }]], [[{ text: 'a | b ' }, { kind: 'code', text: 'c|d' }]]]
	});
});

test('lines with marks that are no table stay as they are', () => {
	for (const text of ['a | b', 'a | b\n---', 'a | b\n|---|', '| a |\n| b |'])
		expect(blocksOf(text).map(({ kind }) => kind)).toEqual(['paragraph']);
});

test('markup of any kind stays text', () => {
	expect(blocksOf('<img src=x onerror=alert(1)> [a](javascript:alert(1))')).toEqual([
		{ kind: 'paragraph', inlines: [{ kind: 'text', text: '<img src=x onerror=alert(1)> [a](javascript:alert(1))' }] }
	]);
});

test('no word is ever lost', () => {
	const text = fc
		.array(fc.constantFrom('word', ' ', '\n', '**', '*', '`', '```', '_', '# ', '- ', '> ', '1. '), { maxLength: 30 })
		.map((all) => all.join(''));
	const words = (given: string) => given.match(/word/g)?.length ?? 0;
	fc.assert(
		fc.property(text, (given) => {
			const shown = JSON.stringify(blocksOf(given));
			// the word after ``` is the language, and what follows the name on that line is not shown
			if (!given.includes('```')) expect(words(shown)).toBe(words(given));
		})
	);
});

// each would take minutes with an expression that tries every run of blanks from each of its ends
test.each([
	['blanks in a heading', `# a${' '.repeat(400_000)}b`, 'heading'],
	['marks in a heading', `# a${'#'.repeat(400_000)}b`, 'heading'],
	['blanks in a list', `- ${' '.repeat(400_000)}x\u2028`, 'list']
])('a line of hostile %s is read as fast as any', (_, text, kind) => {
	const [block] = blocksOf(text);
	expect(block!.kind).toBe(kind);
});

test('a heading ends before the blanks and marks that close it', () => {
	expect(blocksOf('## Title ##  ')).toEqual([{ kind: 'heading', inlines: [{ kind: 'text', text: 'Title' }] }]);
	expect(blocksOf('# C# and F#')).toEqual([{ kind: 'heading', inlines: [{ kind: 'text', text: 'C# and F' }] }]);
});
