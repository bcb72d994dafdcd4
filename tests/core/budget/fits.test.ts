import { expect, test } from 'vitest';
import { budgetFit } from '../../../src/lib/core/budget/fits.ts';

test.each([
	[
		'no budget',
		{ budgetCents: null, spentCents: 250 },
		900,
		'ok',
		/^\$2\.50 was spent this month; no budget limits it\.$/
	],
	[
		'it fits',
		{ budgetCents: 5000, spentCents: 1000 },
		900,
		'ok',
		/\$50\.00, \$40\.00 is left, and the estimate .*\$9\.00 fits/
	],
	['to the cent', { budgetCents: 5000, spentCents: 4100 }, 900, 'ok', /\$9\.00 is left/],
	['not any more', { budgetCents: 5000, spentCents: 4101 }, 900, 'block', /does not fit\. An owner can raise it\.$/],
	['spent', { budgetCents: 5000, spentCents: 5200 }, 1, 'block', /budget of \$50\.00 is spent/],
	['spent, and free', { budgetCents: 5000, spentCents: 5200 }, 0, 'ok', /this training costs nothing/],
	[
		'an unknown price',
		{ budgetCents: 5000, spentCents: 0 },
		null,
		'ok',
		/price of this training is not known: it counts nothing beforehand.*An owner can enter it/
	],
	['an unknown price, and spent', { budgetCents: 5000, spentCents: 5000 }, null, 'block', /is spent/]
] as const)('%s', (_, facts, cents, level, words) => {
	const [is, sentence] = budgetFit(facts, cents);
	expect(is).toBe(level);
	expect(sentence).toMatch(words);
});
