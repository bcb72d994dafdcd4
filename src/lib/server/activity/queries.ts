import { GetDashboard } from '../../contract/activity.ts';
import { may } from '../../core/permissions.ts';
import { nextStep } from '../../core/project/next-step.ts';
import { readiness } from '../../core/project/readiness.ts';
import { isOver } from '../../core/runs/status.ts';
import { query } from '../access/operation.ts';
import { type ProjectScope, together } from '../access/scope.ts';
import { type ListedEvaluation, listEvaluations } from '../evaluations/list.ts';
import { countExamples, ratingHistogram } from '../examples/browse.ts';
import { type ListedRun, listRuns } from '../runs/queries.ts';

const shown = 5;

const runLine = ({ id, version, status, trainCount, validationCount, createdAt }: ListedRun) => ({
	id,
	version,
	status,
	trainCount,
	validationCount,
	createdAt
});

const evaluationLine = ({ id, number, title, status, planned, judged, mine, score }: ListedEvaluation) => ({
	id,
	number,
	title,
	status,
	planned,
	judged,
	mine,
	score: score && { kind: score.kind, title: score.title }
});

/** Everything a dashboard is made of, at one moment; all of it the newest first. */
const factsOf = (scope: ProjectScope) =>
	together(scope, async (scope) => {
		const { slug } = scope.project;
		const [counts, bars, runs, evaluations] = await Promise.all([
			countExamples(scope, slug),
			ratingHistogram(scope, slug),
			may(scope.role, 'runs:see') ? listRuns(scope, slug) : [],
			listEvaluations(scope, slug)
		]);
		return { counts, bars, runs, evaluations };
	});

/** How far a project is, and what is next for the person. */
export const getDashboard = query(GetDashboard, async (scope) => {
	const { counts, bars, runs, evaluations } = await factsOf(scope);
	const { total, unrated, quality, train, validation, unassigned } = counts;
	const [run] = runs;
	const next = nextStep({
		mayTrain: may(scope.role, 'runs:start'),
		counts,
		run: run
			? { ...run, isOver: isOver(run), isReady: run.status === 'ready', hasFailed: run.status === 'failed' }
			: null,
		evaluations: evaluations.map((each) => ({
			...each,
			isVoting: each.status === 'voting',
			isRevealed: each.score !== null
		}))
	});
	return {
		counts: { total, unrated, quality, train, validation, unassigned },
		bars,
		runs: runs.slice(0, shown).map(runLine),
		models: runs.filter(({ status }) => status === 'ready').length,
		evaluations: evaluations.slice(0, shown).map(evaluationLine),
		readiness: readiness(counts),
		next,
		topics: [
			...runs.filter((each) => !isOver(each)).map(({ id }) => `run:${id}`),
			...evaluations.filter(({ score }) => !score).map(({ id }) => `evaluation:${id}`)
		]
	};
});
