import { nextStep } from '$lib/core/project/next-step';
import { may } from '$lib/core/permissions';
import { readiness } from '$lib/core/project/readiness';
import { isOver } from '$lib/core/runs/status';
import { recentEvaluations } from '$lib/server/evaluations/rows';
import { countExamples, ratingHistogram } from '$lib/server/examples/queries';
import { Nothing, page } from '$lib/server/http/page';
import { listRuns } from '$lib/server/runs/queries';
import type { PageServerLoad } from './$types';

export const load = page(Nothing, async ({ locals: { scope, project }, params, depends, parent }) => {
	const [counts, bars, runs, evaluations] = await Promise.all([
		countExamples(project),
		ratingHistogram(project),
		may(scope.role, 'runs:see') ? listRuns(project) : [],
		scope.tx((tx) => recentEvaluations(tx, project, 5))
	]);
	depends(`aitelier:project:${(await parent()).project.id}`);
	for (const run of runs) if (!isOver(run)) depends(`aitelier:run:${run.id}`);
	for (const { id, revealed } of evaluations) if (!revealed) depends(`aitelier:evaluation:${id}`);
	const [run] = runs;
	return {
		counts,
		bars,
		runs: runs.slice(0, 5).map(({ id, version, status, trainCount, validationCount, createdAt }) => ({
			id,
			version,
			status,
			trainCount,
			validationCount,
			createdAt
		})),
		models: runs.filter(({ status }) => status === 'ready').length,
		evaluations: evaluations.slice(0, 5),
		readiness: readiness(counts),
		next: nextStep({
			role: scope.role,
			counts,
			run: run
				? { ...run, isOver: isOver(run), isReady: run.status === 'ready', hasFailed: run.status === 'failed' }
				: null,
			evaluations: evaluations.map((each) => ({
				...each,
				isVoting: each.status === 'voting',
				isRevealed: each.revealed
			}))
		})
	};
}) satisfies PageServerLoad;
