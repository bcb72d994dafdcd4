import { GetBudget, GetNearBudget } from '../../contract/budget.ts';
import { query } from '../access/operation.ts';
import { budgetOf, shownBudget } from './rows.ts';

/** What the project may spend this month, and has. */
export const getBudget = query(GetBudget, (scope) => scope.tx((tx) => shownBudget(tx, scope.project.id, new Date())));

/** The same where people have to know of it. Asked with every page, so it adds nothing up where there is no budget. */
export const getNearBudget = query(GetNearBudget, (scope) =>
	scope.tx(async (tx) => {
		const { id } = scope.project;
		if ((await budgetOf(tx, id)) === null) return null;
		const budget = await shownBudget(tx, id, new Date());
		return budget.state === 'warned' || budget.state === 'spent' ? budget : null;
	})
);
