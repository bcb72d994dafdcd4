import { count, desc, eq, inArray } from 'drizzle-orm';
import { authorize } from '../../core/permissions.ts';
import { evaluations, outputs } from '../platform/db/schema.ts';
import { projectOf } from '../project/projects.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { verdictOf } from './results.ts';
import { type Evaluation, contendersOf, titleFor } from './rows.ts';
import { type Vote, judgedIn, votesOf } from './votes.ts';

const written = async (tx: Tx, ids: string[]) => {
	if (ids.length === 0) return new Map<string, number>();
	const rows = await tx
		.select({ id: outputs.evaluationId, count: count() })
		.from(outputs)
		.where(inArray(outputs.evaluationId, ids))
		.groupBy(outputs.evaluationId);
	return new Map(rows.map((row) => [row.id, row.count]));
};

/** What a list says of a revealed evaluation; the run is the one whose wins are counted. */
const scoreOf = async (tx: Tx, evaluation: Evaluation, votes: readonly Vote[]) => {
	const contenders = await contendersOf(tx, evaluation);
	const { tally, verdict } = await verdictOf(tx, evaluation, votes, contenders);
	const { kind, title, winRate, interval } = verdict;
	const { wins, losses, ties, bothBad } = tally;
	return {
		runId: evaluation.runId,
		version: contenders.a.label,
		against: contenders.b.label,
		kind,
		title,
		winRate,
		interval,
		wins,
		losses,
		ties,
		bothBad
	};
};

/** The project's evaluations, the newest first, each with its progress; what came out only after its reveal. */
export const listEvaluations = (scope: Scope, slug: string) => {
	authorize(scope, 'evaluations:see');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const list = await tx
			.select()
			.from(evaluations)
			.where(eq(evaluations.projectId, project.id))
			.orderBy(desc(evaluations.number));
		const ids = list.map(({ id }) => id);
		const outputsOf = await written(tx, ids);
		const votes = Map.groupBy(await votesOf(tx, ids), (vote) => vote.evaluationId);
		const rows = [];
		for (const evaluation of list) {
			const own = votes.get(evaluation.id) ?? [];
			const { id, number, status, planned, createdAt, revealedAt } = evaluation;
			rows.push({
				id,
				number,
				title: titleFor(scope, evaluation),
				status,
				planned,
				createdAt,
				answers: outputsOf.get(id) ?? 0,
				judged: judgedIn(own),
				mine: own.filter((vote) => vote.personId === scope.userId).length,
				score: revealedAt === null ? null : await scoreOf(tx, evaluation, own)
			});
		}
		return rows;
	});
};

export type ListedEvaluation = Awaited<ReturnType<typeof listEvaluations>>[number];
