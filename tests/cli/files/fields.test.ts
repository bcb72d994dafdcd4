import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldsOf, tailAt, withFields } from '../../../src/cli/files/fields.ts';

test('other fields stay as they are written, to the digit', () => {
	const line = '{ "id": 12345678901234567890, "a":1.50,"rating": null , "x":{"rating":3}}';
	expect(withFields(line, { rating: '9' })).toBe(
		'{ "id": 12345678901234567890, "a":1.50,"rating": 9 , "x":{"rating":3}}'
	);
	expect(withFields(line, { split: '"train"' })).toBe(
		'{ "id": 12345678901234567890, "a":1.50,"rating": null , "x":{"rating":3},"split":"train"}'
	);
	expect(withFields('{}', { split: '"val"' })).toBe('{"split":"val"}');
	expect(withFields('[1]', { split: '"val"' })).toBeNull();
});

test.each([
	['{"a":1,"b":2,"c":3}', 'a', '{"b":2,"c":3}'],
	['{"a":1,"b":2,"c":3}', 'b', '{"a":1,"c":3}'],
	['{"a":1,"b":2,"c":3}', 'c', '{"a":1,"b":2}'],
	['{"a":1}', 'a', '{}'],
	['{"a":1}', 'z', '{"a":1}']
])('from %s is taken %s', (text, name, after) => {
	expect(withFields(text, { [name]: undefined })).toBe(after);
});

test('whatever object it is, a changed field reads as it was set, and all others as they were', () => {
	fc.assert(
		fc.property(
			fc.dictionary(fc.string(), fc.jsonValue()),
			fc.string(),
			fc.jsonValue(),
			fc.constantFrom(undefined, 1),
			(object, name, value, indent) => {
				const text = JSON.stringify(object, null, indent);
				const key = JSON.stringify(name).slice(1, -1);
				const changed = withFields(text, { [key]: JSON.stringify(value) });
				// a key with an escape in it is compared as it is written
				if (key === name)
					expect(JSON.parse(changed!)).toEqual(JSON.parse(JSON.stringify({ ...object, [name]: value })));
				const without = withFields(text, { [key]: undefined });
				const { [name]: _, ...others } = object;
				if (key === name) expect(JSON.parse(without!)).toEqual(JSON.parse(JSON.stringify(others)));
			}
		)
	);
});

test('fields have their places', () => {
	expect(fieldsOf('{"a":"x,}","b":[1,{"c":2}]}')!.fields.map(({ name }) => name)).toEqual(['a', 'b']);
	for (const torn of ['', '{', '{"a"', '{"a":', '{"a":1', '{"a":1}x', '"text"']) expect(fieldsOf(torn)).toBeNull();
});

test.each([
	['{"id":1,"messages":[{"role":"user"}],"rating":9,"version":1}', { rating: 9, split: null }],
	['{"id":1,"messages":[],"rating":10,"split":"val"}', { rating: 10, split: 'val' }],
	[
		'{"messages":[],"rating":null,"originalOutput":"a \\"rating\\":1}","split":"train"}',
		{ rating: null, split: 'train' }
	],
	// nothing is said of these without reading them
	['{"meta":{"rating":9}}', null],
	['{"rating":0,"version":1}', null],
	['{"rating":11}', null],
	['{"rating":8.5}', null],
	['{"rating":9,"split":"test"}', null],
	['{"rating":9,"tags":["x"]}', null],
	['{"rating":9', null],
	['{"a":"\\"rating":9}', null]
])('the tail of %s', (line, tail) => {
	expect(tailAt(Buffer.from(line), 0, Buffer.byteLength(line))).toEqual(tail);
});
