import { type SQL, sql } from 'drizzle-orm';
import type { PairFacts } from '../../core/evaluations/counted.ts';
import type { Outcome } from '../../core/evaluations/outcome.ts';
import type { Tx } from '../access/scope.ts';
import { judgedPairs } from '../platform/db/schema.ts';
import type { Evaluation } from './evaluation.ts';

/**
 * A pair that counts, without its texts. `place`: among all prompts of the evaluation; `sum`: of the votes that count; `votes`: so many
 * people have judged it; `again`: it came once more to one of them.
 */
export type JudgedPair = {
	id: string;
	askedId: string;
	place: number;
	outcome: Outcome;
	sum: number;
	votes: number;
	again: boolean;
} & PairFacts;

/** The pairs that count of a comparison, as a table `p` of a query, whether they are written down or were counted just now. */
export type Pairs = SQL;

const columns = sql.raw(
	'place, pairing_id, asked_id, outcome, sum, votes, again, length_a, length_b, named_a, named_b, thought_a, thought_b, complete_a, complete_b'
);

/** Those that were written down when the comparison was revealed. */
export const keptPairs = (evaluationId: string): Pairs =>
	sql`(select ${columns} from ${judgedPairs} where ${judgedPairs.evaluationId} = ${evaluationId}) p`;

/** These. */
export const thesePairs = (pairs: readonly JudgedPair[]): Pairs => {
	const rows = pairs.map(({ id, askedId, a, b, score: _, ...pair }) => ({
		...pair,
		...{
			pairing_id: id,
			asked_id: askedId,
			length_a: a.length,
			length_b: b.length,
			named_a: a.named,
			named_b: b.named
		},
		...{ thought_a: a.thought, thought_b: b.thought, complete_a: a.complete, complete_b: b.complete }
	}));
	return sql`json_to_recordset(${JSON.stringify(rows)}::text::json) as p (place int, pairing_id uuid, asked_id uuid, outcome text, sum smallint,
		votes smallint, again boolean, length_a int, length_b int, named_a text, named_b text, thought_a boolean, thought_b boolean,
		complete_a boolean, complete_b boolean)`;
};

/** A step: writes them down. The database takes them once, after the reveal. */
export const keepPairs = async (tx: Tx, { id, projectId }: Evaluation, pairs: readonly JudgedPair[]): Promise<void> => {
	await tx.execute(sql`
		insert into ${judgedPairs} (project_id, evaluation_id, ${columns})
		select ${projectId}::uuid, ${id}::uuid, ${columns} from ${thesePairs(pairs)}`);
};

/** A step: how many of them are so. */
export const countPairs = async (tx: Tx, pairs: Pairs, where: SQL): Promise<number> => {
	const [row] = await tx.execute<{ count: number }>(sql`select count(*)::int as count from ${pairs} where ${where}`);
	return row!.count;
};

type Row = Record<'id' | 'asked_id', string> & { outcome: Outcome; again: boolean } & Record<
		'place' | 'sum' | 'votes' | 'length_a' | 'length_b',
		number
	> &
	Record<'named_a' | 'named_b', string | null> &
	Record<'thought_a' | 'thought_b' | 'complete_a' | 'complete_b', boolean>;

/** A step: those that are so, in the order in which they were drawn; `votes`: that many make a prompt count. */
export const pairsIn = async (
	tx: Tx,
	pairs: Pairs,
	votes: number,
	{ where, limit = null, offset = 0 }: { where: SQL; limit?: number | null; offset?: number }
): Promise<JudgedPair[]> => {
	const rows = await tx.execute<Row>(sql`
		select pairing_id as id, ${columns} from ${pairs} where ${where} order by place limit ${limit}::int offset ${offset}::int`);
	return rows.map((row) => ({
		...{ id: row.id, askedId: row.asked_id, place: row.place, outcome: row.outcome },
		...{ sum: row.sum, score: row.sum / votes, votes: row.votes, again: row.again },
		a: { length: row.length_a, named: row.named_a, thought: row.thought_a, complete: row.complete_a },
		b: { length: row.length_b, named: row.named_b, thought: row.thought_b, complete: row.complete_b }
	}));
};
