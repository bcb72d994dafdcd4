import { expect, test } from 'vitest';
import { bandOf, bands } from '../../../src/lib/core/ratings/scale.ts';

test('Bad is 1 to 4, Okay 5 to 7, Great 8 to 10', () => {
	expect([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((score) => bandOf(score).name)).toEqual([
		'Bad',
		'Bad',
		'Bad',
		'Bad',
		'Okay',
		'Okay',
		'Okay',
		'Great',
		'Great',
		'Great'
	]);
	expect(bandOf(7.9).id).toBe('okay');
	expect(bands.map(({ quick }) => quick)).toEqual([3, 6, 9]);
	for (const band of bands) expect(bandOf(band.quick)).toBe(band);
});
