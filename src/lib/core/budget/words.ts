import { AppError } from '../errors.ts';
import { formatCents } from '../runs/cost.ts';

const day = (at: Date) => at.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', timeZone: 'UTC' });

/** Why nothing more is paid, and what to do. `cents`: what was asked for would cost so much; null is not known. */
export const overBudget = ({
	budgetCents,
	spentCents,
	cents,
	renewsAt
}: {
	budgetCents: number;
	spentCents: number;
	cents: number | null;
	renewsAt: Date;
}): AppError => {
	const way = `An owner can raise it in the project’s settings; it begins anew on ${day(renewsAt)}.`;
	const left = budgetCents - spentCents;
	if (left > 0 && cents !== null)
		return new AppError(
			'over_budget',
			`This may cost ${formatCents(cents)}, and of this month’s budget of ${formatCents(budgetCents)} only ${formatCents(left)} is left. ${way}`
		);
	return new AppError('over_budget', `This month’s budget of ${formatCents(budgetCents)} is spent. ${way}`);
};
