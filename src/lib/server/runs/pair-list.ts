import { eq } from 'drizzle-orm';
import { rowsOnPage } from '../../contract/fields.ts';
import { ListTrainingPairs } from '../../contract/pairs.ts';
import type { Message } from '../../core/examples/example.ts';
import { noPairs } from '../../core/runs/pairs.ts';
import { query } from '../access/operation.ts';
import { connections } from '../platform/db/schema.ts';
import { type Pair, countLeftOut, pairsFor } from './pairs.ts';

const shown = ({ id, source, number, parts, preferredBy, rejectedBy }: Pair) => ({
	...{ id, source, number, preferredBy, rejectedBy },
	prompt: parts.input.messages as Message[],
	preferred: parts.preferred_output[0]!.content,
	rejected: parts.non_preferred_output[0]!.content
});

/** A page of the pairs that a training would take, in the order of its file; all of them are counted on the way. */
export const listTrainingPairs = query(ListTrainingPairs, (scope, { source, after = 0, limit = rowsOnPage }) =>
	scope.tx(async (tx) => {
		const { project } = scope;
		const [connection] = project.connectionId
			? await tx.select().from(connections).where(eq(connections.id, project.connectionId))
			: [];
		const provider = connection?.provider ?? null;
		const counts = { ...noPairs, ...(await countLeftOut(tx, project)) };
		const rows: Pair[] = [];
		let place = 0;
		for await (const page of pairsFor(tx, project, 'train', provider))
			for (const pair of page) {
				counts[pair?.source ?? 'unusable']++;
				if (!pair || (source && pair.source !== source)) continue;
				if (place >= after && rows.length < limit) rows.push(pair);
				place++;
			}
		const last = after + rows.length;
		return { counts, rows: rows.map(shown), next: last < place ? last : null };
	})
);
