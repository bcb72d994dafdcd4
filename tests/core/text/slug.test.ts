import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSlug } from '../../../src/lib/core/text/slug.ts';
import { slugFrom } from '../../../src/lib/core/text/slug-from.ts';

test.each(['ab', 'acme', 'acme-2', 'a-b-c', '42', 'x'.repeat(40)])('%s is a slug', (text) =>
	expect(isSlug(text)).toBe(true)
);

test.each([
	'',
	'a',
	'Acme',
	'a--b',
	'-ab',
	'ab-',
	'a_b',
	'a b',
	'café',
	'x'.repeat(41),
	'api',
	'login',
	'settings',
	'dev',
	'ab\n'
])('%j is no slug', (text) => expect(isSlug(text)).toBe(false));

test.each([
	["Ana's Café!", 'ana-s-cafe'],
	['  ACME   Corp. ', 'acme-corp'],
	['Ünïcödé', 'unicode'],
	['API', 'team-1-api'],
	['日本', 'team-1'],
	['', 'team-1'],
	['Q', 'team-1-q'],
	['x'.repeat(50), 'x'.repeat(36)],
	[`${'x'.repeat(35)} cut off`, 'x'.repeat(35)]
])('%j becomes %s', (name, slug) => expect(slugFrom(name, 'team-1')).toBe(slug));

test('any name at all becomes a slug, and a slug stays as it is', () => {
	fc.assert(
		fc.property(fc.string({ unit: 'binary' }), (name) => {
			expect(isSlug(slugFrom(name, 'team-1'))).toBe(true);
		})
	);
	const words = fc.array(fc.string({ unit: fc.constantFrom(...'abcxyz019'), minLength: 1, maxLength: 8 }), {
		minLength: 1,
		maxLength: 4
	});
	fc.assert(
		fc.property(words, (list) => {
			const slug = list.join('-');
			fc.pre(isSlug(slug) && slug.length <= 36);
			expect(slugFrom(slug, 'team-1')).toBe(slug);
		})
	);
});
