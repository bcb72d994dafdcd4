import { expect, test } from 'vitest';
import { isTold, wishOf } from '../../../src/lib/core/account/mails.ts';

test('whoever trains is told, unless they said no; a rater who said yes', () => {
	for (const role of ['owner', 'trainer'] as const)
		expect([null, true, false].map((said) => isTold(said, role))).toEqual([true, true, false]);
	expect([null, true, false].map((said) => isTold(said, 'rater'))).toEqual([false, true, false]);
});

test('one wish covers all of a comparison, another what becomes of a training', () => {
	expect(wishOf).toEqual({ complete: 'verdicts', verdict: 'verdicts', run: 'runs' });
});
