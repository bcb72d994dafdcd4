import { expect, test } from 'vitest';
import { csvOf } from '../../../src/lib/core/text/csv.ts';

test('a header and a line for each row, in the order of the columns', () => {
	expect(
		csvOf(
			['b', 'a'],
			[
				{ a: 1, b: 'two' },
				{ a: null, b: 'x' }
			]
		)
	).toBe('b,a\r\ntwo,1\r\nx,\r\n');
	expect(csvOf(['a', 'b'], [{ a: true }])).toBe('a,b\r\ntrue,\r\n');
});

test('commas, quotes and line breaks stay inside their cell', () => {
	expect(csvOf(['a'], [{ a: 'one, "two"\nthree' }])).toBe('a\r\n"one, ""two""\nthree"\r\n');
});

test('a text that a spreadsheet would run is only a text; a number is a number', () => {
	for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '  =1']) {
		const cell = csvOf(['a'], [{ a: text }]).slice('a\r\n'.length);
		expect(cell.startsWith(`"'`), JSON.stringify(text)).toBe(true);
	}
	expect(csvOf(['a'], [{ a: -1 }])).toBe('a\r\n-1\r\n');
	for (const text of ['a - b = c', '  a']) expect(csvOf(['a'], [{ a: text }])).toBe(`a\r\n${text}\r\n`);
});
