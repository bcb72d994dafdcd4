import { and, count, eq, inArray, or } from 'drizzle-orm';
import { authorize, may } from '../../core/permissions.ts';
import { outputs, people, servings } from '../platform/db/schema.ts';
import { projectOf } from '../project/projects.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { leakedPairings } from './leaks.ts';
import { verdictOf } from './results.ts';
import { type Evaluation, type Letter, contendersOf, evaluationOf, titleFor } from './rows.ts';
import { type Vote, isOver, judgedIn, votesOf } from './votes.ts';

const answersOf = async (tx: Tx, evaluation: Evaluation) => {
	const rows = await tx
		.select({ contender: outputs.contender, count: count() })
		.from(outputs)
		.where(eq(outputs.evaluationId, evaluation.id))
		.groupBy(outputs.contender);
	const of = (letter: Letter) => rows.find((row) => row.contender === letter)?.count ?? 0;
	return { a: of('a'), b: of('b') };
};

/** The servings that the answers wait for, or that are paid while they come. */
const servingsOf = (tx: Tx, evaluation: Evaluation) => {
	const ids = [evaluation.runId, evaluation.againstRunId].filter((id) => id !== null);
	return tx
		.select({ runId: servings.runId, status: servings.status })
		.from(servings)
		.where(and(inArray(servings.runId, ids), or(eq(servings.status, 'starting'), eq(servings.status, 'ready'))));
};

const votersOf = async (tx: Tx, votes: readonly Vote[]) => {
	const byPerson = Map.groupBy(votes, (vote) => vote.personId);
	if (byPerson.size === 0) return [];
	const names = await tx
		.select({ id: people.id, name: people.name })
		.from(people)
		.where(inArray(people.id, [...byPerson.keys()]));
	return names
		.map(({ id, name }) => ({ name, judged: byPerson.get(id)!.length }))
		.sort((one, two) => two.judged - one.judged || one.name.localeCompare(two.name));
};

/**
 * How far one evaluation is: the answers that are written, who has judged how many, whether the results are known. Who
 * competes is told to those who set it up, and to everybody after the reveal; what was voted, to nobody before it.
 */
export const getEvaluation = (scope: Scope, slug: string, id: string) => {
	authorize(scope, 'evaluations:see');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const evaluation = await evaluationOf(tx, project.id, id);
		const votes = await votesOf(tx, [evaluation.id]);
		const judged = judgedIn(votes);
		const { number, status, problem, planned, createdAt, revealedAt } = evaluation;
		const isSettingUp = may(scope.role, 'evaluations:create');
		const contenders = await contendersOf(tx, evaluation);
		const alive = await servingsOf(tx, evaluation);
		const known = revealedAt === null ? null : (await verdictOf(tx, evaluation, votes, contenders)).verdict;
		const verdict = known && { kind: known.kind, title: known.title };
		const side = (letter: Letter) => {
			const { label, runId } = contenders[letter];
			return { label, serving: alive.find((serving) => serving.runId === runId)?.status ?? null };
		};
		return {
			id: evaluation.id,
			number,
			title: titleFor(scope, evaluation),
			status,
			planned,
			createdAt,
			revealed: revealedAt !== null,
			verdict,
			over: isOver(evaluation, judged),
			judged,
			mine: votes.filter((vote) => vote.personId === scope.userId).length,
			voters: await votersOf(tx, votes),
			answers: await answersOf(tx, evaluation),
			// a provider's words may name the model
			problem: isSettingUp ? problem : null,
			contenders: isSettingUp || revealedAt !== null ? { a: side('a'), b: side('b') } : null,
			leaked: isSettingUp ? await leakedPairings(tx, evaluation) : 0,
			mayReveal: may(scope.role, 'evaluations:reveal')
		};
	});
};

export type ShownEvaluation = Awaited<ReturnType<typeof getEvaluation>>;
