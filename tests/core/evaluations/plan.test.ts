import { expect, test } from 'vitest';
import { maxTokensFor } from '../../../src/lib/core/evaluations/plan.ts';

test.each([
	[0, 1024],
	[682, 1024],
	[683, 1025],
	[1001, 1502],
	[2730, 4095],
	[2731, 4096],
	[100_000, 4096]
])('where the longest answer to learn has %i tokens, answers may have %i', (longest, most) => {
	expect(maxTokensFor(longest)).toBe(most);
});
