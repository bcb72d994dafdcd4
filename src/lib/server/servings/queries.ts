import { desc, eq } from 'drizzle-orm';
import { ListServings } from '../../contract/servings.ts';
import { query } from '../access/operation.ts';
import { servings } from '../platform/db/schema.ts';
import { shownServing } from '../runs/rows.ts';

/** Longer ago than these nobody pays for anything. */
const most = 100;

/** The project's servings, the newest first. */
export const listServings = query(ListServings, async (scope) => {
	const rows = await scope.tx((tx) =>
		tx
			.select()
			.from(servings)
			.where(eq(servings.projectId, scope.project.id))
			.orderBy(desc(servings.createdAt), desc(servings.id))
			.limit(most)
	);
	return rows.map((row) => ({ runId: row.runId, ...shownServing(row) }));
});
