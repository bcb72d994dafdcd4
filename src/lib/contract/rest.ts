// What scripts can do, and where: one row for each operation that a key may carry out. The handler, the OpenAPI document and the
// reference are made from this table and from the operations themselves.
import * as activity from './activity.ts';
import * as budget from './budget.ts';
import * as connections from './connections.ts';
import * as evaluationResults from './evaluation-results.ts';
import * as evaluations from './evaluations.ts';
import * as judgings from './judgings.ts';
import * as scoring from './scoring.ts';
import * as examples from './examples.ts';
import * as fewShot from './few-shot.ts';
import * as guests from './guests.ts';
import * as keys from './keys.ts';
import type { Operation } from './operation.ts';
import * as pairs from './pairs.ts';
import * as playground from './playground.ts';
import * as project from './project.ts';
import * as prompts from './prompts.ts';
import * as ratings from './ratings.ts';
import * as runComparison from './run-comparison.ts';
import * as runs from './runs.ts';
import * as servings from './servings.ts';
import * as splits from './splits.ts';
import * as threeWay from './three-way.ts';
import * as tokens from './tokens.ts';
import * as webhooks from './webhooks.ts';

export const methods = ['GET', 'POST', 'PATCH', 'DELETE'] as const;
export type Method = (typeof methods)[number];

export type RestRow = {
	operation: Operation;
	method: Method;
	/** Below /api/v1. `{project}` is its slug; every other name is a field of the operation's input. */
	path: string;
	/** Of the answer; 200 where none is given. */
	status?: 201;
	/** The body is a file, read as it arrives: the operation's `lines`. Its other fields stand in the query. */
	takesFile?: true;
	/** A list that goes on: the fields by which its pages are asked for (`cursor`) and found in its output. */
	paged?: { place: string; rows: string; next: string };
};

const inProject = '/projects/{project}';
const aWebhook = '/webhooks/{webhookId}';
const rows = (operation: Operation, method: Method, path: string, more: Partial<RestRow> = {}): RestRow => ({
	operation,
	method,
	path,
	...more
});
/** What of an operation's input the file is. */
export const inFile = ['fileName', 'lines'];
/** The fields of a list by which pages move: a script gives a cursor instead. */
export const ownPlaces = ['before', 'after', 'page'];
/** Newest first, by number: a row that is added meanwhile moves none of the others. */
const byNumber = { place: 'before', rows: 'rows', next: 'older' };

export const rest: readonly RestRow[] = [
	rows(keys.GetMe, 'GET', '/me'),
	rows(connections.ListEveryModel, 'GET', '/models'),
	rows(connections.ListStrays, 'GET', '/strays'),

	rows(project.ListProjects, 'GET', '/projects'),
	rows(project.CreateProject, 'POST', '/projects', { status: 201 }),
	rows(project.GetProject, 'GET', inProject),
	rows(budget.GetBudget, 'GET', `${inProject}/budget`),
	rows(activity.GetDashboard, 'GET', `${inProject}/stats`),
	rows(activity.ListActivity, 'GET', `${inProject}/activity`, { paged: byNumber }),

	rows(examples.ListExamples, 'GET', `${inProject}/examples`, { paged: byNumber }),
	rows(examples.AddExample, 'POST', `${inProject}/examples`, { status: 201 }),
	rows(examples.GetExample, 'GET', `${inProject}/examples/{exampleId}`),
	rows(ratings.RateExample, 'POST', `${inProject}/examples/{exampleId}/rating`),
	rows(ratings.RewriteExample, 'POST', `${inProject}/examples/{exampleId}/rewrite`),
	rows(ratings.UndoRewrite, 'POST', `${inProject}/examples/{exampleId}/rewrite/undo`),
	rows(examples.DeleteExamples, 'POST', `${inProject}/examples/delete`),
	rows(examples.RestoreExamples, 'POST', `${inProject}/examples/undelete`),
	rows(examples.ImportExamples, 'POST', `${inProject}/imports`, { status: 201, takesFile: true }),
	rows(examples.GetImport, 'GET', `${inProject}/imports/{importId}`),
	rows(examples.ExportExamples, 'GET', `${inProject}/export`),

	rows(prompts.ListPrompts, 'GET', `${inProject}/prompts`, { paged: byNumber }),
	rows(prompts.AddPrompts, 'POST', `${inProject}/prompts`, { status: 201 }),
	rows(prompts.GetPrompt, 'GET', `${inProject}/prompts/{promptId}`),
	rows(prompts.DeletePrompts, 'POST', `${inProject}/prompts/delete`),
	rows(prompts.RestorePrompts, 'POST', `${inProject}/prompts/undelete`),
	rows(prompts.ImportPrompts, 'POST', `${inProject}/prompts/import`, { status: 201, takesFile: true }),

	rows(splits.PreviewSplit, 'GET', `${inProject}/split/preview`),
	rows(splits.ListTwins, 'GET', `${inProject}/split/twins`),
	rows(splits.ApplySplit, 'POST', `${inProject}/split`),
	rows(splits.MoveExamples, 'POST', `${inProject}/split/move`),

	rows(runs.GetPreflight, 'GET', `${inProject}/runs/preflight`),
	rows(pairs.ListTrainingPairs, 'GET', `${inProject}/runs/pairs`, {
		paged: { place: 'after', rows: 'rows', next: 'next' }
	}),
	rows(runComparison.CompareRuns, 'GET', `${inProject}/runs/compare`),
	rows(runs.ListRuns, 'GET', `${inProject}/runs`, { paged: byNumber }),
	rows(runs.StartRun, 'POST', `${inProject}/runs`, { status: 201 }),
	rows(runs.GetRun, 'GET', `${inProject}/runs/{runId}`),
	rows(runs.CancelRun, 'POST', `${inProject}/runs/{runId}/cancel`),
	rows(runs.DownloadRunFile, 'GET', `${inProject}/runs/{runId}/files/{kind}`),
	rows(servings.ListServings, 'GET', `${inProject}/servings`),
	rows(servings.StartServing, 'POST', `${inProject}/runs/{runId}/serving`, { status: 201 }),
	rows(servings.PriceServing, 'GET', `${inProject}/runs/{runId}/serving`),
	rows(servings.StopServing, 'DELETE', `${inProject}/runs/{runId}/serving`),
	rows(servings.Chat, 'POST', `${inProject}/chat`),

	rows(evaluations.ListEvaluations, 'GET', `${inProject}/evaluations`, { paged: byNumber }),
	rows(evaluations.CreateEvaluation, 'POST', `${inProject}/evaluations`, { status: 201 }),
	rows(scoring.CreateScoring, 'POST', `${inProject}/scorings`, { status: 201 }),
	rows(fewShot.GetFewShot, 'GET', `${inProject}/few-shot`),
	rows(threeWay.CreateThreeWay, 'POST', `${inProject}/three-ways`, { status: 201 }),
	rows(threeWay.GetThreeWay, 'GET', `${inProject}/evaluations/{evaluationId}/three-way`),
	rows(evaluations.GetEvaluation, 'GET', `${inProject}/evaluations/{evaluationId}`),
	rows(evaluations.RetryGeneration, 'POST', `${inProject}/evaluations/{evaluationId}/retry`),
	rows(evaluations.NextPairs, 'GET', `${inProject}/evaluations/{evaluationId}/pairs`),
	rows(evaluations.Vote, 'POST', `${inProject}/evaluations/{evaluationId}/votes`),
	rows(evaluations.Remark, 'POST', `${inProject}/evaluations/{evaluationId}/remarks`),
	rows(scoring.NextAnswers, 'GET', `${inProject}/evaluations/{evaluationId}/answers`),
	rows(scoring.ScoreAnswer, 'POST', `${inProject}/evaluations/{evaluationId}/scores`),
	rows(scoring.GetScores, 'GET', `${inProject}/evaluations/{evaluationId}/scores`),
	rows(scoring.ExportScores, 'GET', `${inProject}/evaluations/{evaluationId}/scores/export`),
	rows(guests.ListGuestLinks, 'GET', `${inProject}/evaluations/{evaluationId}/guest-links`),
	rows(guests.InviteGuests, 'POST', `${inProject}/evaluations/{evaluationId}/guest-links`, { status: 201 }),
	rows(guests.RevokeGuestLink, 'DELETE', `${inProject}/evaluations/{evaluationId}/guest-links/{linkId}`),
	rows(guests.RestoreGuestLink, 'POST', `${inProject}/evaluations/{evaluationId}/guest-links/{linkId}/restore`),
	rows(evaluationResults.RevealResults, 'POST', `${inProject}/evaluations/{evaluationId}/reveal`),
	rows(evaluationResults.GetResults, 'GET', `${inProject}/evaluations/{evaluationId}/results`),
	rows(evaluationResults.GetContinuation, 'GET', `${inProject}/evaluations/{evaluationId}/continuation`),
	rows(evaluationResults.ContinueEvaluation, 'POST', `${inProject}/evaluations/{evaluationId}/continue`, {
		status: 201
	}),
	rows(evaluationResults.ExportResults, 'GET', `${inProject}/evaluations/{evaluationId}/export`),

	rows(judgings.ListJudgings, 'GET', `${inProject}/evaluations/{evaluationId}/judgings`),
	rows(judgings.StartJudging, 'POST', `${inProject}/evaluations/{evaluationId}/judgings`, { status: 201 }),
	rows(judgings.PriceJudging, 'GET', `${inProject}/evaluations/{evaluationId}/judgings/price`),
	rows(judgings.CancelJudging, 'POST', `${inProject}/evaluations/{evaluationId}/judgings/{judgingId}/cancel`),
	rows(judgings.RetryJudging, 'POST', `${inProject}/evaluations/{evaluationId}/judgings/{judgingId}/retry`),

	rows(playground.GetPlayground, 'GET', `${inProject}/playground`),
	rows(playground.ListPairs, 'GET', `${inProject}/pairs`, { paged: byNumber }),
	rows(playground.KeepPair, 'POST', `${inProject}/pairs`, { status: 201 }),
	rows(playground.WithdrawPair, 'DELETE', `${inProject}/pairs/{pairId}`),

	rows(webhooks.ListWebhooks, 'GET', '/webhooks'),
	rows(webhooks.CreateWebhook, 'POST', '/webhooks', { status: 201 }),
	rows(webhooks.GetWebhook, 'GET', aWebhook),
	rows(webhooks.UpdateWebhook, 'PATCH', aWebhook),
	rows(webhooks.RemoveWebhook, 'DELETE', aWebhook),
	rows(webhooks.RollSecret, 'POST', `${aWebhook}/roll`),
	rows(webhooks.PauseWebhook, 'POST', `${aWebhook}/pause`),
	rows(webhooks.ResumeWebhook, 'POST', `${aWebhook}/resume`),
	rows(webhooks.SendTest, 'POST', `${aWebhook}/test`, { status: 201 }),
	rows(webhooks.ListDeliveries, 'GET', `${aWebhook}/deliveries`, { paged: byNumber }),
	rows(webhooks.SendAgain, 'POST', `${aWebhook}/deliveries/{deliveryId}/again`)
];

/** What a program asks before it has a key: addresses of their own (routes/api/v1/device). */
const open: readonly RestRow[] = [
	rows(tokens.BeginDevice, 'POST', '/device'),
	rows(tokens.TakeToken, 'POST', '/device/token')
];
/** All there is to read about: the first to ask, then the rest of the way in. */
export const documented: readonly RestRow[] = [...rest.slice(0, 1), ...open, ...rest.slice(1)];

/**
 * The row that shows what a write changes, and whose tag a request may name (`If-Match`): at the same address, or at that of the one
 * thing below which it lies. None for a write that makes something new.
 */
export const stateRowOf = ({ method, path }: RestRow): RestRow | undefined => {
	if (method === 'GET') return undefined;
	const parent = path.slice(0, path.lastIndexOf('/'));
	const shows = (at: string) => rest.find((row) => row.method === 'GET' && row.path === at && at.endsWith('Id}'));
	return shows(path) ?? shows(parent);
};
