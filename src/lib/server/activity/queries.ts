import { GetDashboard, ListActivity } from '../../contract/activity.ts';
import { events } from '../../contract/events.ts';
import { rowsOnPage } from '../../contract/fields.ts';
import { grouped } from '../../core/activity/grouped.ts';
import { may } from '../../core/permissions.ts';
import { nextStep } from '../../core/project/next-step.ts';
import { readiness } from '../../core/project/readiness.ts';
import { isOver } from '../../core/runs/status.ts';
import { countIn, countedOf } from '../access/counted.ts';
import { query } from '../access/operation.ts';
import { seesScores } from '../access/own-scores.ts';
import { type ProjectScope, type Tx, together } from '../access/scope.ts';
import type { ListedEvaluation } from '../../contract/evaluations.ts';
import { recentEvaluations } from '../evaluations/rows.ts';
import { countExamples, ratingHistogram } from '../examples/queries.ts';
import { recentRuns } from '../runs/rows.ts';
import { type Deed, deedsOf, told } from './deeds.ts';

const shown = 5;
/** Lines of the activity on a dashboard, and how many deeds are read to make them: a long row of ratings is one line. */
const lines = { shown: 20, read: 500 };
/** Of whoever may not see runs. */
const noRuns: Awaited<ReturnType<typeof recentRuns>> = { newest: [], open: [], models: 0 };

const evaluationLine = ({
	id,
	number,
	title,
	status,
	planned,
	judged,
	skipped,
	mine,
	skips,
	revealed,
	score
}: ListedEvaluation) => ({
	id,
	number,
	title,
	status,
	planned,
	judged,
	skipped,
	mine,
	skips,
	revealed,
	score: score && { kind: score.kind, title: score.title }
});

/** What was done, several of one kind in a row as one line. */
const linesOf = (deeds: Deed[]) => {
	const isGrouped = (event: string) => events[event as Deed['event']].several !== null;
	const groups = grouped(deeds, { most: lines.shown, isGrouped });
	// so many were read, and the last row of them may go on
	const isCut = deeds.length === lines.read && groups.length < lines.shown;
	return groups.map(({ newest, count, subjects }, place) => {
		const { several } = events[newest.event];
		const line = { ...told(newest), count };
		if (count === 1 || !several) return line;
		const sentence = several({ count, subjects, details: newest.details as never });
		return { ...line, sentence: isCut && place === groups.length - 1 ? `${sentence} and more` : sentence };
	});
};

/** What was done in the project, the newest first, as far as whoever asks may see it. */
export const listActivity = query(ListActivity, (scope, { before, limit = rowsOnPage }) =>
	scope.tx(async (tx) => {
		const found = await deedsOf(tx, scope, { limit: limit + 1, before });
		const page = found.slice(0, limit);
		return { rows: page.map(told), older: found.length > limit ? page.at(-1)!.seq : null };
	})
);

/** How many examples a training would learn from, if it began now. */
const goodInTrain = async (tx: Tx, { project: { id, qualityThreshold } }: ProjectScope) =>
	countIn(
		await countedOf(tx, id),
		({ side, points }) => side === 'train' && points !== null && points >= qualityThreshold
	);

/** Everything a dashboard is made of, at one moment; all of it the newest first. */
const factsOf = (scope: ProjectScope) =>
	together(scope, async (inside) => ({
		counts: await countExamples(inside),
		goodInTrain: seesScores(scope) ? await inside.tx((tx) => goodInTrain(tx, scope)) : 0,
		bars: seesScores(scope) ? await ratingHistogram(inside) : [],
		runs: may(scope.role, 'runs:see') ? await inside.tx((tx) => recentRuns(tx, scope, shown)) : noRuns,
		evaluations: await inside.tx((tx) => recentEvaluations(tx, scope, shown)),
		deeds: await inside.tx((tx) => deedsOf(tx, scope, { limit: lines.read }))
	}));

/**
 * How far a project is, and what is next for the person. Who may not see others' scores gets nothing that follows from them: no
 * histogram, no quality, no readiness.
 */
export const getDashboard = query(GetDashboard, async (scope) => {
	const { counts, goodInTrain, bars, runs, evaluations, deeds } = await factsOf(scope);
	const { total, unrated, quality, train, validation, unassigned } = counts;
	const [run] = runs.newest;
	const next = nextStep({
		mayTrain: may(scope.role, 'runs:start'),
		counts,
		run: run
			? { ...run, isOver: isOver(run), isReady: run.status === 'ready', hasFailed: run.status === 'failed' }
			: null,
		// a scoring waits for nobody: it is no step of the loop
		evaluations: evaluations.comparisons.map((each) => ({
			...each,
			isVoting: each.status === 'voting',
			isRevealed: each.revealed
		}))
	});
	return {
		counts: { total, unrated, quality: seesScores(scope) ? quality : 0, train, validation, unassigned },
		bars,
		runs: runs.newest.map(({ finishedAt: _, ...line }) => line),
		models: runs.models,
		evaluations: evaluations.newest.map(evaluationLine),
		readiness: seesScores(scope) ? readiness({ ...counts, train: goodInTrain }) : null,
		next,
		activity: linesOf(deeds),
		topics: [...runs.open.map((id) => `run:${id}`), ...evaluations.open.map((id) => `evaluation:${id}`)]
	};
});
