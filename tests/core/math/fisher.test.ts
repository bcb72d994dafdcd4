import { expect, test } from 'vitest';
import { fisher } from '../../../src/lib/core/math/fisher.ts';

test.each([
	[3, 4, 1, 4, 0.4857], // the lady tasting tea
	[1, 10, 11, 14, 0.0028],
	[8, 10, 1, 10, 0.0055],
	[5, 10, 5, 10, 1]
])('%i of %i against %i of %i: p = %f', (one, oneOf, two, twoOf, p) => {
	expect(fisher(one, oneOf, two, twoOf)).toBeCloseTo(p, 4);
	expect(fisher(two, twoOf, one, oneOf)).toBeCloseTo(p, 4);
});

test('nothing to compare is no difference', () => {
	expect(fisher(0, 0, 3, 5)).toBeCloseTo(1, 12);
});
