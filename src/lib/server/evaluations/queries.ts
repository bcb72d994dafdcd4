import { and, desc, eq, isNotNull } from 'drizzle-orm';
import { ExportResults, GetResults } from '../../contract/evaluation-results.ts';
import { GetEvaluation, GetSetUp, GetTrend, ListEvaluations, NextPairs } from '../../contract/evaluations.ts';
import { ExportScores, GetScores, NextAnswers } from '../../contract/scoring.ts';
import { AppError } from '../../core/errors.ts';
import { trendOf } from '../../core/evaluations/trend.ts';
import { countWaiting } from '../examples/compare.ts';
import { isComparing, promptsComparedAsFarAs } from '../prompts/compare.ts';
import { query } from '../access/operation.ts';
import { evaluations } from '../platform/db/schema.ts';
import { nextAnswersOf, nextPairsOf, voter } from './ballots.ts';
import { fileOf, scoresFileOf } from './export.ts';
import { progressOf } from './progress.ts';
import { resultsOf } from './results.ts';
import { comparisonOf, listedPage, scoringOf } from './rows.ts';
import { scoresOf } from './scores.ts';
import { setUpOf } from './set-up.ts';

/** The project's evaluations, the newest first, 50 at a time, each with its progress; what came out only after its reveal. */
export const listEvaluations = query(ListEvaluations, (scope, place) => scope.tx((tx) => listedPage(tx, scope, place)));

/** A chart of more would show nothing more. */
const mostResults = 200;

/** The newest result of each version against the base model, the first version first. Two make a trend. */
export const getTrend = query(GetTrend, (scope) =>
	scope.tx(async (tx) => {
		const rows = await tx
			.select({ runId: evaluations.runId, result: evaluations.result })
			.from(evaluations)
			.where(
				and(
					eq(evaluations.projectId, scope.project.id),
					isNotNull(evaluations.revealedAt),
					isNotNull(evaluations.result),
					isNotNull(evaluations.runId)
				)
			)
			.orderBy(desc(evaluations.number))
			.limit(mostResults);
		return trendOf(rows.map(({ runId, result }) => ({ runId: runId!, result: result! })));
	})
);

/** How far one evaluation is: the answers that are written, who has judged how many, whether the results are known. */
export const getEvaluation = query(GetEvaluation, (scope, { evaluationId }) =>
	scope.tx((tx) => progressOf(tx, scope, evaluationId))
);

/** What a person chooses from to set up an evaluation. */
export const getSetUp = query(GetSetUp, async (scope) => {
	const { id } = scope.project;
	const look = () =>
		scope.look(async (tx) => ({
			isNew: ((await countWaiting(tx, id)) ?? 0) > 0,
			isComparing: await isComparing(tx, id),
			setUp: await setUpOf(tx, id)
		}));
	const { isNew, isComparing: isToCompare, setUp } = await look();
	if (!isNew && !isToCompare) return setUp;
	const areKnown = await promptsComparedAsFarAs(scope);
	return isNew || areKnown ? (await look()).setUp : setUp;
});

/**
 * This voter's next pairs to judge, at most five. Ballots are dealt when they are looked at and written down, the same ones whenever
 * and however often they look.
 */
export const nextPairs = query(NextPairs, (scope, { evaluationId, after = -1, again = false }) => {
	const voterId = voter(scope);
	return scope.tx(async (tx) =>
		nextPairsOf(tx, await comparisonOf(tx, scope.project.id, evaluationId), {
			voterId,
			isScript: scope.key !== undefined,
			after,
			again,
			project: scope.project.name
		})
	);
});

/** The same of a scoring: answers, each beside the expected one, and nobody's score. */
export const nextAnswers = query(NextAnswers, (scope, { evaluationId, after = -1, again = false }) => {
	const voterId = voter(scope);
	return scope.tx(async (tx) =>
		nextAnswersOf(tx, await scoringOf(tx, scope.project.id, evaluationId), {
			voterId,
			isScript: scope.key !== undefined,
			after,
			again,
			project: scope.project.name
		})
	);
});

/** What came out of a scoring, with one page of its answers; only how far it is until it is revealed. */
export const getScores = query(GetScores, (scope, { evaluationId, show, page }) =>
	scope.tx((tx) => scoresOf(tx, scope, evaluationId, { show, page }))
);

/** The revealed scores as a file, every answer in it. Throws *conflict* while they are hidden. */
export const exportScores = query(ExportScores, async (scope, { evaluationId, format }) => {
	const found = await scope.tx((tx) => scoresOf(tx, scope, evaluationId, 'all'));
	if ('locked' in found) throw new AppError('conflict', 'The scores are still hidden, so there is nothing to export.');
	const text = scoresFileOf(found.scores, format);
	return {
		name: `${scope.project.slug}-scores.${format}`,
		pieces: (async function* () {
			yield text;
		})()
	};
});

/** What came out, with one page of the judged pairs; only how far it is while identities are hidden. */
export const getResults = query(GetResults, (scope, { evaluationId, show, page }) =>
	scope.tx((tx) => resultsOf(tx, scope, evaluationId, { show, page }))
);

/** The revealed results as a file, every judged pair in it. Throws *conflict* while identities are hidden. */
export const exportResults = query(ExportResults, async (scope, { evaluationId, format }) => {
	const found = await scope.tx((tx) => resultsOf(tx, scope, evaluationId, 'all'));
	if ('locked' in found)
		throw new AppError('conflict', 'The identities are still hidden, so there is nothing to export.');
	const text = fileOf(found.results, format);
	return {
		name: `${scope.project.slug}-results.${format}`,
		pieces: (async function* () {
			yield text;
		})()
	};
});
