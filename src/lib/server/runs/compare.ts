import { type SQL, and, asc, desc, eq, isNotNull, or, sql } from 'drizzle-orm';
import { CompareRuns } from '../../contract/run-comparison.ts';
import { settingsSideBySide } from '../../core/runs/comparison.ts';
import { query } from '../access/operation.ts';
import type { Tx } from '../access/scope.ts';
import { connections, evaluations, runPoints } from '../platform/db/schema.ts';
import { learntIn } from './last-run.ts';
import { type Run, listedRun, runOf } from './rows.ts';

/** So many examples are named, and so many verdicts shown. */
const [named, mostVerdicts] = [5, 20];

/** Those that are named are looked for among so many, the first of those that came: ids sort as they were given. Hardly ever are they all deleted. */
const lookedAt = 500;

type Named = { id: string; number: number };

/** A step: the first of these that are there, by number. One after the other by their key: the planner, which takes a team for small, would read all of it. */
const firstOf = async (tx: Tx, ids: SQL): Promise<Named[]> =>
	(
		await tx.execute<Named>(sql`
			select e.id, e.number from ${ids} one (id)
			cross join lateral (select x.id, x.number, x.deleted_at from examples x where x.id = one.id limit 1) e
			where e.deleted_at is null limit ${named}`)
	).toSorted((one, two) => one.number - two.number);

/** A step: some of those that are in one and not in the other, of which these are the first. */
const someOf = async (tx: Tx, first: readonly string[], one: SQL, other: SQL): Promise<Named[]> => {
	const found = await firstOf(tx, sql`unnest(${sql.param([...first])}::uuid[])`);
	if (found.length === named || first.length < lookedAt) return found;
	// there are more, and of these too few are there
	const rest = sql`(
		select id from (
			select x.id, true as is_own from ${one} x union all select y.id, false from ${other} y
		) each where id > ${first.at(-1)!}::uuid group by id having bool_and(is_own) order by id
	)`;
	return [...found, ...(await firstOf(tx, rest))].slice(0, named);
};

/** In one walk along both, whatever the planner expects: a join of one with the other could compare each with each. */
const differenceOf = async (tx: Tx, a: Run, b: Run, kind: 'train' | 'validation') => {
	const [row] = await tx.execute<Record<'both' | 'a' | 'b', number> & Record<'ids_a' | 'ids_b', string[] | null>>(sql`
		select (count(*) filter (where in_a and in_b))::int as both,
			(count(*) filter (where not in_b))::int as a, (count(*) filter (where not in_a))::int as b,
			(array_agg(id order by id) filter (where not in_b))[1:${sql.raw(String(lookedAt))}] as ids_a,
			(array_agg(id order by id) filter (where not in_a))[1:${sql.raw(String(lookedAt))}] as ids_b
		from (
			select id, bool_or(is_a) as in_a, bool_or(not is_a) as in_b from (
				select x.id, true as is_a from ${learntIn(a.id, kind)} x
				union all
				select y.id, false from ${learntIn(b.id, kind)} y
			) each group by id
		) learnt`);
	return {
		both: row!.both,
		onlyA: row!.a,
		onlyB: row!.b,
		examplesOfA: await someOf(tx, row!.ids_a ?? [], learntIn(a.id, kind), learntIn(b.id, kind)),
		examplesOfB: await someOf(tx, row!.ids_b ?? [], learntIn(b.id, kind), learntIn(a.id, kind))
	};
};

const orderedOf = async (tx: Tx, run: Run) => {
	const [at] = await tx
		.select({ connection: connections.name, provider: connections.provider })
		.from(connections)
		.where(eq(connections.id, run.connectionId));
	return { ...at!, baseModel: run.baseModel, method: run.method, recipe: run.recipe };
};

const pointsOf = (tx: Tx, run: Run) =>
	tx
		.select({ series: runPoints.series, step: runPoints.step, loss: runPoints.loss })
		.from(runPoints)
		.where(eq(runPoints.runId, run.id))
		.orderBy(asc(runPoints.step));

const verdictsOf = async (tx: Tx, a: Run, b: Run) => {
	const has = ({ id }: Run) => or(eq(evaluations.runId, id), eq(evaluations.againstRunId, id));
	const found = await tx
		.select()
		.from(evaluations)
		.where(and(or(has(a), has(b)), isNotNull(evaluations.revealedAt), isNotNull(evaluations.result)))
		.orderBy(desc(evaluations.number))
		.limit(mostVerdicts);
	return found.map(({ id, number, name, result, runId, againstRunId }) => ({
		evaluationId: id,
		...{ number, name, version: result!.version, against: result!.against },
		...{ title: result!.title, netPreference: result!.netPreference },
		isOfBoth:
			runId !== againstRunId && [runId, againstRunId].every((each) => each !== null && [a.id, b.id].includes(each))
	}));
};

/** Two runs side by side: what they were ordered with, learnt from and lost, and what people said of them. */
export const compareRuns = query(CompareRuns, (scope, asked) =>
	scope.tx(async (tx) => {
		const [a, b] = [await runOf(tx, scope, asked.a), await runOf(tx, scope, asked.b)];
		return {
			a: listedRun(a),
			b: listedRun(b),
			settings: settingsSideBySide(await orderedOf(tx, a), await orderedOf(tx, b)),
			data: {
				train: await differenceOf(tx, a, b, 'train'),
				validation: await differenceOf(tx, a, b, 'validation')
			},
			points: { a: await pointsOf(tx, a), b: await pointsOf(tx, b) },
			verdicts: await verdictsOf(tx, a, b)
		};
	})
);
