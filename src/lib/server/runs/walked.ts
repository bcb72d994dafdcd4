// What a walk through pairs counts on its way: of each pair it keeps eight bytes, and writes nothing.
import { sql } from 'drizzle-orm';
import type { Tx } from '../access/scope.ts';
import { learntIn } from './last-run.ts';
import type { Pair } from './pairs.ts';

/** So many are looked up at once. */
const atOnce = 2_000;

/** How many different ones there are, by the first eight bytes of their hashes: of a million, two that differ have the same in one of 40 million walks. */
const distinct = () => {
	let seen = new BigUint64Array(1024);
	let count = 0;
	return {
		add: (hash: Buffer) => {
			if (count === seen.length) {
				const more = new BigUint64Array(2 * count);
				more.set(seen);
				seen = more;
			}
			seen[count++] = hash.readBigUInt64LE();
		},
		count: (): number => {
			const sorted = seen.subarray(0, count).sort();
			return sorted.reduce((sum, one, at) => sum + Number(at === 0 || one !== sorted[at - 1]), 0);
		}
	};
};

/**
 * A step: begins a walk. `add` each, with what it says as a hash, and `end`: `alike` say what another says, `learnt` are in the run
 * of this id.
 */
export const walking = (tx: Tx, lastRunId: string | null) => {
	const said = distinct();
	let all = 0;
	let learnt = 0;
	let waiting: string[] = [];
	const lookUp = async () => {
		const ids = sql.param(waiting);
		waiting = [];
		// one after the other by their key: for some at once the planner may read all that the run has learnt
		const [row] = await tx.execute<{ count: number }>(sql`
			select count(*)::int as count from unnest(${ids}::uuid[]) one (id) cross join lateral (
				select from run_examples m where m.run_id = ${lastRunId} and m.example_id = one.id and m.kind = 'train'
				union all
				select from run_pairs m where m.run_id = ${lastRunId} and m.pair_id = one.id
				limit 1
			) l`);
		learnt += row!.count;
	};
	return {
		add: async ({ id }: Pick<Pair, 'id'>, hash: Buffer) => {
			all++;
			said.add(hash);
			if (lastRunId === null) return;
			waiting.push(id);
			if (waiting.length === atOnce) await lookUp();
		},
		end: async () => {
			if (waiting.length > 0) await lookUp();
			return { alike: all - said.count(), learnt };
		}
	};
};

/** A step: how many a run has learnt from. */
export const countLearnt = async (tx: Tx, runId: string): Promise<number> => {
	const [row] = await tx.execute<{ count: number }>(
		sql`select count(*)::int as count from ${learntIn(runId, 'train')} l`
	);
	return row!.count;
};
