import { GetBudget } from '../../contract/budget.ts';
import { query } from '../access/operation.ts';
import { shownBudget } from './rows.ts';

/** What the project may spend this month, and has. */
export const getBudget = query(GetBudget, (scope) => scope.tx((tx) => shownBudget(tx, scope.project.id, new Date())));
