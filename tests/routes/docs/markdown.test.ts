import { expect, test } from 'vitest';
import { type Block, anchorOf, blocksOf, inlinesOf } from '../../../src/routes/(docs)/markdown.ts';

const text = (words: string) => [{ kind: 'text', text: words }];

test('a line has code, links and bold in it', () => {
	expect(inlinesOf('Send `a|b` to [us](/docs), **now**.')).toEqual([
		{ kind: 'text', text: 'Send ' },
		{ kind: 'code', text: 'a|b' },
		{ kind: 'text', text: ' to ' },
		{ kind: 'link', text: 'us', href: '/docs' },
		{ kind: 'text', text: ', ' },
		{ kind: 'strong', text: 'now' },
		{ kind: 'text', text: '.' }
	]);
	expect(inlinesOf('')).toEqual([]);
	expect(inlinesOf('a ` and a [ alone')).toEqual(text('a ` and a [ alone'));
});

test('headings, paragraphs, lists, code and tables', () => {
	const source = [
		'# One word',
		'',
		'two',
		'lines',
		'- a',
		'  goes on',
		'- b',
		'',
		'1. first',
		'',
		'```sh',
		'# no heading',
		'',
		'- no list',
		'```',
		'',
		'| a | b |',
		'| --- | --- |',
		'| 1 | `2` |'
	].join('\n');
	const expected: Block[] = [
		{ kind: 'heading', level: 1, id: 'one-word', inlines: text('One word') as never },
		{ kind: 'paragraph', inlines: text('two lines') as never },
		{ kind: 'list', ordered: false, items: [text('a goes on'), text('b')] as never },
		{ kind: 'list', ordered: true, items: [text('first')] as never },
		{ kind: 'code', language: 'sh', text: '# no heading\n\n- no list' },
		{
			kind: 'table',
			head: [text('a'), text('b')] as never,
			rows: [[text('1'), [{ kind: 'code', text: '2' }]]] as never
		}
	];
	expect(blocksOf(source)).toEqual(expected);
});

test('what is no block is a paragraph, and what is not closed goes to the end', () => {
	expect(blocksOf('# ')).toEqual([{ kind: 'paragraph', inlines: text('# ') }]);
	expect(blocksOf('```\na')).toEqual([{ kind: 'code', language: '', text: 'a' }]);
});

test('an anchor is the words, in small letters', () =>
	expect(anchorOf('1. Ask `who` you are!')).toBe('1-ask-who-you-are'));
