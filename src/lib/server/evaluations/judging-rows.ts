import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import type { JudgingList } from '../../contract/judgings.ts';
import { AppError } from '../../core/errors.ts';
import { type ModelOutcome, type Sayings, type JudgingStatus, settled } from '../../core/evaluations/judging.ts';
import type { Tx } from '../access/scope.ts';
import { record, theProduct } from '../events/record.ts';
import { among } from '../platform/db/among.ts';
import { evaluations, judgings, judgments, pairings, runs } from '../platform/db/schema.ts';
import type { Evaluation } from './evaluation.ts';
import { runsOf, sideOf } from './sides.ts';

export type Judging = typeof judgings.$inferSelect;
/** One question: a pair, in one order. */
export type Question = { pairingId: string; swapped: boolean };

/** A step: the judge with this id of this evaluation. Throws *not found*. */
export const judgingOf = async (tx: Tx, evaluationId: string, id: string, { lock = false } = {}): Promise<Judging> => {
	const query = tx
		.select()
		.from(judgings)
		.where(and(eq(judgings.id, id), eq(judgings.evaluationId, evaluationId)));
	const [judging] = await (lock ? query.for('update') : query);
	if (!judging) throw new AppError('not_found', 'There is no such judge, or it is not yours to see.');
	return judging;
};

/** A step: those of an evaluation, the newest first. */
export const judgingsIn = (tx: Tx, evaluationId: string): Promise<Judging[]> =>
	tx
		.select()
		.from(judgings)
		.where(eq(judgings.evaluationId, evaluationId))
		.orderBy(desc(judgings.createdAt), desc(judgings.id));

/** A step: the questions that a judge has not answered, pair by pair, each pair in both orders. */
export const unjudged = (tx: Tx, { id, evaluationId }: Judging): Promise<Question[]> => {
	const orders = sql`(select unnest(array[false, true]) as swapped) o`;
	const swapped = sql<boolean>`o.swapped`;
	const is = and(
		eq(judgments.judgingId, id),
		eq(judgments.pairingId, pairings.id),
		sql`${judgments.swapped} = ${swapped}`
	);
	return tx
		.select({ pairingId: pairings.id, swapped })
		.from(pairings)
		.innerJoin(orders, sql`true`)
		.leftJoin(judgments, is)
		.where(and(eq(pairings.evaluationId, evaluationId), isNull(judgments.id)))
		.orderBy(pairings.position, swapped);
};

const numberOf = async (tx: Tx, { evaluationId }: Judging): Promise<number> => {
	const [row] = await tx
		.select({ number: evaluations.number })
		.from(evaluations)
		.where(eq(evaluations.id, evaluationId));
	return row!.number;
};

/** A step: whether somebody still wants to know. */
export const isJudging = async (tx: Tx, id: string): Promise<boolean> =>
	(await tx.$count(judgings, and(eq(judgings.id, id), eq(judgings.status, 'judging')))) > 0;

/** A step: pages look again at how far a judge is. */
export const noteJudging = async (tx: Tx, judging: Judging) => {
	const { evaluationId, projectId } = judging;
	const details = { number: await numberOf(tx, judging) };
	await record(tx, theProduct, { event: 'judging.progressed', subject: evaluationId, projectId, details });
};

/** A step: it ends here, unless it has ended already. */
export const endJudging = async (
	tx: Tx,
	judging: Judging,
	to: { status: 'done' | 'failed'; problem: string | null }
) => {
	const { id, evaluationId, projectId, label: model } = judging;
	const changed = await tx
		.update(judgings)
		.set({ ...to, endedAt: sql`now()` })
		.where(and(eq(judgings.id, id), eq(judgings.status, 'judging')))
		.returning({ id: judgings.id });
	if (changed.length === 0) return;
	const number = await numberOf(tx, judging);
	const about = { subject: evaluationId, projectId };
	if (to.status === 'failed')
		await record(tx, theProduct, { event: 'judging.failed', ...about, details: { number, model } });
	else {
		const said = [...(await saidBy(tx, [id])).get(id)!.values()];
		const notJudged = said.filter((sayings) => settled(sayings) === null).length;
		const details = { number, model, pairs: said.length, notJudged };
		await record(tx, theProduct, { event: 'judging.done', ...about, details });
	}
};

/** A step: what judges said of each pair in both orders, by judge and pair. What is not answered yet reads like what cannot be read. */
export const saidBy = async (tx: Tx, ids: readonly string[]): Promise<Map<string, Map<string, Sayings>>> => {
	const said = new Map(ids.map((id) => [id, new Map<string, Sayings>()]));
	if (ids.length === 0) return said;
	const rows = await tx
		.select({
			judgingId: judgments.judgingId,
			pairingId: judgments.pairingId,
			swapped: judgments.swapped,
			choice: judgments.choice
		})
		.from(judgments)
		.where(among(judgments.judgingId, ids));
	for (const { judgingId, pairingId, swapped, choice } of rows) {
		const own = said.get(judgingId)!;
		own.set(pairingId, {
			...(own.get(pairingId) ?? { straight: null, swapped: null }),
			[swapped ? 'swapped' : 'straight']: choice
		});
	}
	return said;
};

/** What counts of what a judge said, by pair; null where its reply could not be read. */
export const outcomesOf = (said: ReadonlyMap<string, Sayings>): Map<string, ModelOutcome | null> =>
	new Map([...said].map(([pairingId, sayings]) => [pairingId, settled(sayings)]));

/** A step: how many questions each has answered. */
const answeredBy = async (tx: Tx, ids: readonly string[]): Promise<Map<string, number>> => {
	if (ids.length === 0) return new Map();
	const rows = await tx
		.select({ id: judgments.judgingId, count: sql<number>`count(*)::int` })
		.from(judgments)
		.where(among(judgments.judgingId, ids))
		.groupBy(judgments.judgingId);
	return new Map(rows.map(({ id, count }) => [id, count]));
};

type Asked = Pick<Judging, 'connectionId' | 'model'>;

/** A step: whether a model competes, and would judge answers of its own. That of a run does under the name its provider gave it. */
export const competingIn = async (tx: Tx, evaluation: Evaluation): Promise<(one: Asked) => boolean> => {
	const tuned = await tx
		.select({ connectionId: runs.connectionId, model: runs.model })
		.from(runs)
		.where(among(runs.id, runsOf(evaluation).learnt));
	const others = (['a', 'b'] as const).flatMap((letter) => {
		const { origin, kind } = sideOf(evaluation, letter);
		return kind !== 'run' ? [origin] : [];
	});
	return ({ connectionId, model }) =>
		[...tuned, ...others].some((one) => one.connectionId === connectionId && one.model === model);
};

/** A step: how far the judges of an evaluation are. A provider's words are for those who may ask one. */
export const shownJudgings = async (
	tx: Tx,
	evaluation: Evaluation,
	list: readonly Judging[],
	{ withProblems }: { withProblems: boolean }
): Promise<JudgingList['judges']> => {
	const answered = await answeredBy(
		tx,
		list.map(({ id }) => id)
	);
	const competes = await competingIn(tx, evaluation);
	return list.map((judging) => ({
		id: judging.id,
		label: judging.label,
		status: judging.status satisfies JudgingStatus,
		problem: withProblems ? judging.problem : null,
		criteria: judging.criteria,
		questions: 2 * evaluation.planned,
		answered: answered.get(judging.id) ?? 0,
		createdAt: judging.createdAt,
		endedAt: judging.endedAt,
		ownAnswers: competes(judging)
	}));
};
