import { expect, test } from 'vitest';
import { overBudget } from '../../../src/lib/core/budget/words.ts';

const said = (more: { spentCents: number; cents: number | null }) =>
	overBudget({ budgetCents: 5000, renewsAt: new Date('2026-12-01T00:00:00Z'), ...more });
const way = 'An owner can raise it in the project’s settings; it begins anew on 1 December.';

test('what is left is said, where it is too little for what was asked', () => {
	expect(said({ spentCents: 4200, cents: 900 })).toMatchObject({
		code: 'over_budget',
		message: `This may cost $9.00, and of this month’s budget of $50.00 only $8.00 is left. ${way}`
	});
});

test.each([
	['all of it', { spentCents: 5000, cents: 900 }],
	['more than all of it', { spentCents: 5001, cents: 900 }],
	['some of it, and nobody knows what was asked for costs', { spentCents: 4200, cents: null }]
])('where %s is spent, it is', (_, more) => {
	expect(said(more)).toMatchObject({
		code: 'over_budget',
		message: `This month’s budget of $50.00 is spent. ${way}`
	});
});
