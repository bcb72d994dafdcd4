import { and, eq, isNull, sql } from 'drizzle-orm';
import { evaluations, outputs, pairings } from '../platform/db/schema.ts';
import { record, theProduct } from '../events/record.ts';
import type { Tx } from '../access/scope.ts';
import type { Evaluation, Letter } from './evaluation.ts';

/** Who answers: of a scoring the one model. */
export const lettersOf = ({ kind }: Evaluation): readonly Letter[] => (kind === 'scoring' ? ['a'] : ['a', 'b']);

/** What an event says of a scoring. */
export const sortOf = ({ kind }: Pick<Evaluation, 'kind'>) => (kind === 'scoring' ? { kind } : {});

/** A step: the questions that this contender has not answered. */
export const unanswered = (tx: Tx, evaluationId: string, contender: Letter) =>
	tx
		.select({ id: pairings.id, position: pairings.position, prompt: pairings.prompt })
		.from(pairings)
		.leftJoin(outputs, and(eq(outputs.pairingId, pairings.id), eq(outputs.contender, contender)))
		.where(and(eq(pairings.evaluationId, evaluationId), isNull(outputs.id)))
		.orderBy(pairings.position);

/** A step: pages look again at how far the answers are. */
export const noteProgress = (tx: Tx, evaluation: Evaluation) => {
	const { id, projectId, number } = evaluation;
	const details = { number, ...sortOf(evaluation) };
	return record(tx, theProduct, { event: 'evaluation.progressed', subject: id, projectId, details });
};

/** Who answers where: a contender of an evaluation, and the place in a second one that takes the same answers. */
export type Seat = { evaluation: Evaluation; letter: Letter; also: { evaluation: Evaluation; letter: Letter } | null };

/** Everybody who answers, each once: the sides of an evaluation, or the three of a three-way, each of whom stands in two of its comparisons. */
export const seatsOf = (shared: readonly Evaluation[]): Seat[] => {
	const [training, prompt, tuned] = shared;
	if (!prompt || !tuned) return lettersOf(training!).map((letter) => ({ evaluation: training!, letter, also: null }));
	return [
		{ evaluation: training!, letter: 'a', also: { evaluation: tuned, letter: 'a' } },
		{ evaluation: training!, letter: 'b', also: { evaluation: prompt, letter: 'a' } },
		{ evaluation: tuned, letter: 'b', also: { evaluation: prompt, letter: 'b' } }
	];
};

/** A step: the next station, if nobody else was there first. */
export const become = async (
	tx: Tx,
	evaluation: Evaluation,
	to: { status: 'voting' | 'failed'; problem: string | null }
) => {
	const { id, projectId, number, planned } = evaluation;
	const changed = await tx
		.update(evaluations)
		.set(to)
		.where(and(eq(evaluations.id, id), eq(evaluations.status, 'generating')))
		.returning({ id: evaluations.id });
	if (changed.length === 0) return;
	const about = { subject: id, projectId };
	if (to.status === 'voting')
		await record(tx, theProduct, {
			event: 'evaluation.ready',
			...about,
			details: { number, planned, ...sortOf(evaluation) }
		});
	else
		await record(tx, theProduct, { event: 'evaluation.failed', ...about, details: { number, ...sortOf(evaluation) } });
};

/** A step: what a generation waits for, or null; it stays `generating`. Pages hear of it when it is something else. */
export const noteWaiting = async (tx: Tx, evaluation: Evaluation, problem: string | null) => {
	const changed = await tx
		.update(evaluations)
		.set({ problem })
		.where(
			and(
				eq(evaluations.id, evaluation.id),
				eq(evaluations.status, 'generating'),
				sql`${evaluations.problem} is distinct from ${problem}`
			)
		)
		.returning({ id: evaluations.id });
	if (changed.length > 0) await noteProgress(tx, evaluation);
};

/** A step: whether somebody still wants these answers. */
export const isGenerating = async (tx: Tx, evaluationId: string): Promise<boolean> => {
	const is = and(eq(evaluations.id, evaluationId), eq(evaluations.status, 'generating'));
	return (await tx.$count(evaluations, is)) > 0;
};
