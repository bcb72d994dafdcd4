import { and, asc, eq, gt, isNull } from 'drizzle-orm';
import { fullLine } from '../../core/examples/formats/full.ts';
import type { Scope } from '../access/scope.ts';
import { examples } from '../platform/db/schema.ts';

/** One transaction reads so many; between two of them the connection serves others, however slowly the file is taken. */
const pageSize = 500;

/** The examples of a project that are not deleted, oldest first, as pieces of JSONL of at most 500 lines. */
export async function* exportPieces(scope: Scope, projectId: string): AsyncGenerator<string> {
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
