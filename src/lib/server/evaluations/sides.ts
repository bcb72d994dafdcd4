import { and, eq, sql } from 'drizzle-orm';
import type { OtherModel } from '../../contract/contenders.ts';
import { type Called, contenderKey, labelsOf } from '../../core/evaluations/contender.ts';
import { AppError } from '../../core/errors.ts';
import type { FewShot } from '../../core/evaluations/few-shot.ts';
import { runCan } from '../../core/runs/status.ts';
import type { Tx } from '../access/scope.ts';
import { connectionOf } from '../connections/rows.ts';
import { evaluations, runs } from '../platform/db/schema.ts';
import { fewShotFor } from './few-shot.ts';
import type { Run } from '../runs/rows.ts';
import type { Evaluation, Letter } from './evaluation.ts';

/** Where a model is called, and what it is, or was tuned from. */
type Origin = { connectionId: string; model: string };

/**
 * Who is to compete: the model of a run, the base of one, or any model of a connection. `place`: what people call the connection.
 * `fewShot`: the prompt of its own with which it does, that no run has.
 */
export type Competitor = (
	| (Origin & { kind: 'run' | 'base'; run: Run })
	| (Origin & { kind: 'model'; place: string })
) & { fewShot: FewShot | null };

type Field = 'runId' | 'contender' | 'against' | 'fewShot';

/** A step: the run of this project with this id, whose model can answer. */
export const readyRun = async (tx: Tx, projectId: string, id: string, field: Field) => {
	const [run] = await tx
		.select()
		.from(runs)
		.where(and(eq(runs.id, id), eq(runs.projectId, projectId)));
	if (!run) throw new AppError('not_found', 'There is no such run, or it is not yours to see.');
	if (!runCan.evaluate(run))
		throw new AppError('conflict', `v${run.version} is not ready. Choose a run that has finished.`, field);
	return run;
};

const originOfRun = ({ connectionId, baseModel }: Run): Origin => ({ connectionId, model: baseModel });
const ofRun = (run: Run): Competitor => ({ kind: 'run', run, ...originOfRun(run), fewShot: null });
const ofBase = (run: Run, fewShot: FewShot | null = null): Competitor => ({
	kind: 'base',
	run,
	...originOfRun(run),
	fewShot
});

/** What a run has learnt is left out of a comparison, so its model is that run, under whatever name it was chosen. */
const runWithModel = async (tx: Tx, projectId: string, { connectionId, model }: Origin): Promise<Run | undefined> => {
	const is = and(eq(runs.projectId, projectId), eq(runs.connectionId, connectionId), eq(runs.model, model));
	return (await tx.select().from(runs).where(is).limit(1))[0];
};

/** A step: who is meant. Throws *not found* for what is not this project's, or not this team's; *conflict* for a run that is not ready. */
export const competitorOf = async (
	tx: Tx,
	projectId: string,
	meant: string | OtherModel,
	field: Field
): Promise<Competitor> => {
	if (typeof meant === 'string') return ofRun(await readyRun(tx, projectId, meant, field));
	const fewShot = meant.fewShot ? await fewShotFor(tx, projectId, meant.fewShot, field) : null;
	if (meant.baseOf !== undefined) return ofBase(await readyRun(tx, projectId, meant.baseOf, field), fewShot);
	const { id, name: place } = await connectionOf(tx, meant.connectionId!);
	const origin = { connectionId: id, model: meant.model! };
	const run = await runWithModel(tx, projectId, origin);
	if (!run || !runCan.evaluate(run)) return { kind: 'model', place, ...origin, fewShot };
	if (fewShot === null) return ofRun(run);
	throw new AppError(
		'invalid',
		`This is the model of v${run.version}, and a trained model competes as it is. Choose its base for a prompt with examples.`,
		field
	);
};

const runIn = (one: Competitor) => (one.kind === 'model' ? null : one.run);
export const learntBy = (one: Competitor | null) => (one?.kind === 'run' ? one.run.id : null);

/** Who is called the same as the base of the other's run is that base: deployed with it where it must be. */
const asBaseOf = (one: Competitor, other: Competitor): Competitor => {
	const isIts = other.kind === 'run' && one.connectionId === other.connectionId && one.model === other.model;
	return isIts && one.kind !== 'run' ? ofBase(other.run, one.fewShot) : one;
};

export const keyOf = (one: Competitor) => contenderKey({ runId: learntBy(one), ...one, fewShot: one.fewShot !== null });

/** Two prompts of one model are two contenders, though their tries are counted together. */
const isSame = (a: Competitor, b: Competitor) =>
	keyOf(a) === keyOf(b) && JSON.stringify(a.fewShot) === JSON.stringify(b.fewShot);

/** A step: who competes with whom. The same model twice is *invalid*. */
export const competitorsOf = async (
	tx: Tx,
	projectId: string,
	{
		runId,
		contender,
		against
	}: { runId?: string | undefined; contender?: OtherModel | undefined; against: string | OtherModel }
): Promise<{ a: Competitor; b: Competitor }> => {
	const a = await competitorOf(tx, projectId, runId ?? contender!, runId ? 'runId' : 'contender');
	const chosen =
		against === 'base'
			? ofBase(await readyRun(tx, projectId, runId!, 'runId'))
			: await competitorOf(tx, projectId, against, 'against');
	const sides = { a: asBaseOf(a, chosen), b: asBaseOf(chosen, a) };
	if (isSame(sides.a, sides.b))
		throw new AppError('invalid', 'Choose another model: this one would be compared with itself', 'against');
	return sides;
};

const calledBy = (one: Competitor): Called => ({
	...(one.kind === 'model'
		? { kind: 'model', model: one.model, connection: one.place }
		: { kind: one.kind, runId: one.run.id, version: one.run.version }),
	...(one.fewShot && { examples: one.fewShot.shots.length })
});

/** How people call them. */
export const labelsFor = (a: Competitor, b: Competitor | null) => labelsOf(calledBy(a), b && calledBy(b));

/** The columns in which an evaluation keeps who competes. That B is A's own base is said by nothing of it. */
export const columnsOf = (a: Competitor, b: Competitor | null) => {
	const labels = labelsFor(a, b);
	const isOwnBase = b?.kind === 'base' && a.kind === 'run' && a.run.id === b.run.id && b.fewShot === null;
	const other = b && b.kind !== 'run' && !isOwnBase ? b : null;
	return {
		runId: learntBy(a),
		baseOf: a.kind === 'base' ? a.run.id : null,
		connectionId: a.connectionId,
		baseModel: a.model,
		label: a.kind === 'run' ? null : labels.a,
		fewShot: a.fewShot,
		againstRunId: learntBy(b),
		againstBaseOf: other && (runIn(other)?.id ?? null),
		againstConnectionId: other && other.connectionId,
		againstModel: other && other.model,
		againstLabel: other && labels.b,
		againstFewShot: other && other.fewShot
	};
};

/** One side of an evaluation, as it is kept. `origin`: of a run B it stands at the run. */
export type Side =
	| { kind: 'run'; runId: string; origin: Origin | null }
	| { kind: 'base'; runId: string; origin: Origin }
	| { kind: 'model'; runId: null; origin: Origin };

const noRun = (baseOf: string | null, origin: Origin): Side =>
	baseOf === null ? { kind: 'model', runId: null, origin } : { kind: 'base', runId: baseOf, origin };

/** Who answers as A or B. */
export const sideOf = (evaluation: Evaluation, letter: Letter): Side => {
	const { runId, baseOf, connectionId, baseModel, againstRunId, againstBaseOf, againstConnectionId, againstModel } =
		evaluation;
	const origin = { connectionId, model: baseModel };
	if (letter === 'a') return runId === null ? noRun(baseOf, origin) : { kind: 'run', runId, origin };
	if (againstRunId !== null) return { kind: 'run', runId: againstRunId, origin: null };
	if (againstConnectionId === null) return noRun(runId, origin);
	return noRun(againstBaseOf, { connectionId: againstConnectionId, model: againstModel! });
};

/** The prompts of their own with which they compete. */
export const fewShotsOf = ({ fewShot, againstFewShot }: Pick<Evaluation, 'fewShot' | 'againstFewShot'>) => ({
	a: fewShot,
	b: againstFewShot
});

const withPrompt = (column: typeof evaluations.fewShot | typeof evaluations.againstFewShot) =>
	sql`case when ${column} is null then '' else '+prompt' end`;

/** By what each of the two is known, whichever way it was chosen: `contenderKey`, as the database says it. */
export const keysIn = {
	a: sql<string>`coalesce(${evaluations.runId}::text, ${evaluations.connectionId}::text || ':' || ${evaluations.baseModel}
		|| ${withPrompt(evaluations.fewShot)})`,
	b: sql<string>`coalesce(${evaluations.againstRunId}::text, coalesce(${evaluations.againstConnectionId}, ${evaluations.connectionId})::text
		|| ':' || coalesce(${evaluations.againstModel}, ${evaluations.baseModel}) || ${withPrompt(evaluations.againstFewShot)})`
};

/** The runs that have learnt, and those as whose model or base something is deployed. */
export const runsOf = (evaluation: Evaluation) => {
	const letters = ['a', 'b'] as const;
	const sides = letters.map((letter) => sideOf(evaluation, letter));
	const ids = (some: Side[]) => some.flatMap(({ runId }) => runId ?? []);
	return { learnt: ids(sides.filter(({ kind }) => kind === 'run')), served: ids(sides) };
};
