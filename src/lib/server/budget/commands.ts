import { eq } from 'drizzle-orm';
import { SetBudget } from '../../contract/budget.ts';
import { command } from '../access/operation.ts';
import { record } from '../events/record.ts';
import { budgets } from '../platform/db/schema.ts';
import { lockedProject } from '../project/rows.ts';
import { budgetOf, noteSpending, shownBudget } from './rows.ts';

/** Sets what a project may spend in a month; null takes the limit away. From the next thing on that is to be paid. */
export const setBudget = command(SetBudget, (scope, { budgetCents }) =>
	scope.tx(async (tx) => {
		const { id: projectId } = await lockedProject(tx, scope);
		const before = await budgetOf(tx, projectId);
		if (before !== budgetCents) {
			if (budgetCents === null) await tx.delete(budgets).where(eq(budgets.projectId, projectId));
			else
				await tx
					.insert(budgets)
					.values({ projectId, cents: budgetCents })
					.onConflictDoUpdate({ target: [budgets.teamId, budgets.projectId], set: { cents: budgetCents } });
			const details = { before, after: budgetCents };
			await record(tx, scope, { event: 'budget.changed', subject: projectId, projectId, details });
			await noteSpending(tx, projectId);
		}
		return shownBudget(tx, projectId, new Date());
	})
);
