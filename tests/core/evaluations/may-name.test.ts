import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namesAModel } from '../../../src/lib/core/evaluations/masking.ts';
import type { Names } from '../../../src/lib/core/evaluations/naming-words.ts';
import { mayName } from '../../../src/lib/core/evaluations/may-name.ts';

const names: Names = {
	models: ['meta-llama/Meta-Llama-3.1-8B-Instruct', 'ana/zebra-7'],
	own: ['ft:gpt-4.1-mini:acme:Für Tiere-9:7pLurel'],
	project: 'Support'
};
const suspected = mayName(names);

test.each([
	'Llama3',
	'G P T',
	'deep-seek',
	'granite-3',
	'GRANITE 3.3',
	'zebra 7',
	'zeb-ra.7',
	'o4-mini',
	'command-r+',
	'an AI made by Google',
	'für tiere-9',
	'Für   Tiere-9',
	'I am ｇｐｔ',
	'cha\u00adtgpt',
	'通义千问',
	// behind the beginning of another word, and inside one
	'gemgemini',
	'mistmistral'
])('%s may be a name', (text) => {
	expect(suspected(text)).toBe(true);
});

test.each([
	'We ship on Monday',
	'',
	'Crème brûlée – 3 € “each”…',
	'granite, and then some',
	'gem in',
	'llam',
	'zebu 7'
])('%s is none', (text) => {
	expect(suspected(text)).toBe(false);
});

test('a name without any plain letter may stand in every text', () => {
	expect(mayName({ models: ['éèàùé'], own: [], project: '' })('We ship on Monday')).toBe(true);
});

const suspectedOf = (own: readonly string[]) => mayName({ models: [], own, project: '' });

test.each(['\u1680', '\u2028', '\u2029'])(
	'a name with a space that nobody types (%j) may be written with another',
	(space) => {
		expect(namesAModel('I am ana base-1', { models: [], own: [`ana${space}base-1`], project: '' })).toBe('ana base-1');
		expect(suspectedOf([`ana${space}base-1`])('I am ana base-1')).toBe(true);
	}
);

test('a name with a sign that is read as two others is suspected where it stands', () => {
	expect(suspectedOf(['ana‗base-1'])('I am ana‗base-1')).toBe(true);
});

test('however many and long the names are, each may be found', () => {
	const own = Array.from({ length: 300 }, (_, n) => `ft:${n * 7919}:gpt-4.1-mini-2025-04-14:acme:support:${n}`);
	const may = suspectedOf(own);
	for (const name of [...own, 'Claude', 'granite-3', 'o4-mini', 'Zhipu']) expect(may(`I am ${name}`), name).toBe(true);
	expect(may('We ship on Monday')).toBe(false);
});

test('whatever is found on a close look was suspected', () => {
	const part = fc.oneof(
		fc.constantFrom(
			'GPT',
			'gpt',
			'Llama',
			'chat',
			' ',
			'-',
			'3',
			'4',
			'o',
			'mini',
			'claude',
			'Meta',
			'by ',
			'AI ',
			'.'
		),
		fc.constantFrom(
			'Command',
			'R',
			'+',
			'yi',
			'Granite',
			'zebra',
			'7',
			'ft:',
			'für',
			'Tiere',
			'9',
			'文心一言',
			'\u200b'
		),
		fc.string({ unit: 'grapheme', maxLength: 4 })
	);
	let named = 0;
	fc.assert(
		fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
			const text = parts.join('');
			if (namesAModel(text, names) === null) return;
			named++;
			expect(suspected(text), text).toBe(true);
		}),
		{ numRuns: 5_000 }
	);
	expect(named).toBeGreaterThan(500);
});
