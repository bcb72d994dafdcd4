import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { fullLine } from '../../core/examples/formats/full.ts';
import { authorize } from '../../core/permissions.ts';
import { audit } from '../events/legacy.ts';
import { examples } from '../platform/db/schema.ts';
import { projectOf } from '../project/projects.ts';
import type { Scope } from '../access/scope.ts';

/** One transaction reads so many; between two of them the connection serves others, however slowly the file is taken. */
const pageSize = 500;

/**
 * Every example of the project with all it has, oldest first, as pieces of JSONL of at most 500 lines. Importing them gives the
 * same. What is added while the file is taken is in it too. Refusals are thrown before the first piece.
 */
export const exportExamples = async (
	scope: Scope,
	slug: string
): Promise<{ name: string; pieces: AsyncGenerator<string> }> => {
	authorize(scope, 'examples:export');
	const project = await scope.tx(async (tx) => {
		const found = await projectOf(tx, slug);
		await audit(tx, scope, 'examples.exported', found.id);
		return found;
	});
	return { name: `${project.slug}-examples.jsonl`, pieces: pagesOf(scope, project.id) };
};

async function* pagesOf(scope: Scope, projectId: string): AsyncGenerator<string> {
	for (let last = 0; ;) {
		const rows = await scope.tx((tx) =>
			tx
				.select({
					id: examples.id,
					number: examples.number,
					messages: examples.messages,
					rating: examples.rating,
					rewrite: examples.rewrite,
					split: examples.split,
					source: examples.source
				})
				.from(examples)
				.where(and(eq(examples.projectId, projectId), isNull(examples.deletedAt), gt(examples.number, last)))
				.orderBy(asc(examples.number))
				.limit(pageSize)
		);
		if (rows.length > 0) yield rows.map((row) => `${fullLine(row)}\n`).join('');
		if (rows.length < pageSize) return;
		last = rows.at(-1)!.number;
	}
}
