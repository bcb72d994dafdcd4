import { formatCents, formatEstimate } from '../runs/cost.ts';

export type BudgetFacts = {
	/** What the project may spend in the month; null: as much as it likes. */
	budgetCents: number | null;
	spentCents: number;
};

/** Whether a training fits into what is left of the month, as the gate before it will say (server/budget/rows). `cents` null: nobody knows its price. */
export const budgetFit = (
	{ budgetCents, spentCents }: BudgetFacts,
	cents: number | null
): [level: 'ok' | 'block', sentence: string] => {
	if (budgetCents === null) return ['ok', `${formatCents(spentCents)} was spent this month; no budget limits it.`];
	const left = Math.max(0, budgetCents - spentCents);
	const have = `Of this month’s budget of ${formatCents(budgetCents)}, ${formatCents(left)} is left`;
	if (cents === 0) return ['ok', `${have}; this training costs nothing.`];
	const way = 'An owner can raise it.';
	if (left === 0) return ['block', `This month’s budget of ${formatCents(budgetCents)} is spent. ${way}`];
	if (cents === null)
		return [
			'ok',
			`${have}. The price of this training is not known: it counts nothing beforehand, and afterwards what the provider names. An owner can enter it with the connection.`
		];
	return cents <= left
		? ['ok', `${have}, and the estimate of ${formatEstimate(cents)} fits.`]
		: ['block', `${have}, and the estimate of ${formatEstimate(cents)} does not fit. ${way}`];
};
