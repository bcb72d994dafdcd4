import { expect, test } from 'vitest';
import { dueOf, leftOf, openOf } from '../../../src/lib/core/evaluations/due.ts';

const progress = { planned: 40, judged: 30, skipped: 4, mine: 11, skips: 2 };

test('what is judged and what is skipped waits for nobody', () => {
	expect(openOf(progress)).toBe(6);
	expect(leftOf(progress)).toBe(27);
});

test('nobody is asked for more than they have left, nor for more than is open', () => {
	expect(dueOf(progress)).toBe(6);
	expect(dueOf({ ...progress, mine: 36 })).toBe(2);
	expect(dueOf({ ...progress, judged: 36 })).toBe(0);
});
