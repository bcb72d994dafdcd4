import { expect, test } from 'vitest';
import type { Role } from '../../../src/lib/core/permissions.ts';
import { isTold, wishOf } from '../../../src/lib/core/account/mails.ts';

test('whoever trains is told, unless they said no; a rater who said yes', () => {
	for (const role of ['owner', 'trainer'] as const)
		expect([null, true, false].map((said) => isTold(said, role))).toEqual([true, true, false]);
	// nor somebody of a role that nobody has made yet
	for (const role of ['rater', 'guest'] as Role[])
		expect([null, true, false].map((said) => isTold(said, role))).toEqual([false, true, false]);
	expect(isTold(null, 'rater', 'trainer')).toBe(true);
	expect(isTold(null)).toBe(false);
});

test('one wish covers all of a comparison, another what becomes of a training', () => {
	expect(wishOf).toEqual({ complete: 'verdicts', verdict: 'verdicts', run: 'runs' });
});
