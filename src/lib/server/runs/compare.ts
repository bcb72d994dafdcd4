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

const differenceOf = async (tx: Tx, a: Run, b: Run, kind: 'train' | 'validation') => {
	const [one, other] = [learntIn(a.id, kind), learntIn(b.id, kind)];
	const [row] = await tx.execute<Record<'both' | 'a' | 'b', number>>(sql`
		select (count(*) filter (where x.id is not null and y.id is not null))::int as both,
			(count(*) filter (where y.id is null))::int as a, (count(*) filter (where x.id is null))::int as b
		from ${one} x full join ${other} y on y.id = x.id`);
	const first = (mine: SQL, theirs: SQL) =>
		tx.execute<{ id: string; number: number }>(sql`
			select e.id, e.number from examples e join ${mine} m on m.id = e.id
			where e.deleted_at is null and not exists (select from ${theirs} t where t.id = e.id)
			order by e.number limit ${named}`);
	return {
		both: row!.both,
		onlyA: row!.a,
		onlyB: row!.b,
		examplesOfA: [...(await first(one, other))],
		examplesOfB: [...(await first(other, one))]
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
