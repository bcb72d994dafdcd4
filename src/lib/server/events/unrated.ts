import { unratedIn } from '../access/counted.ts';
import { seesScores } from '../access/own-scores.ts';
import type { Scope, Tx } from '../access/scope.ts';

/** What live pages of who sees everybody's scores are told with the news of these projects. */
export const tellUnrated =
	(scope: Scope) =>
	async (tx: Tx, projectIds: string[]): Promise<Record<string, number>> => {
		const numbers: Record<string, number> = {};
		if (seesScores(scope)) for (const id of projectIds) numbers[id] = await unratedIn(tx, scope, id);
		return numbers;
	};
