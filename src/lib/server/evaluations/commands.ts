import { and, eq, sql } from 'drizzle-orm';
import { RevealResults } from '../../contract/evaluation-results.ts';
import { CreateEvaluation, Remark, RetryGeneration, Vote } from '../../contract/evaluations.ts';
import { CreateScoring, ScoreAnswer } from '../../contract/scoring.ts';
import { AppError, Changed } from '../../core/errors.ts';
import type { Mark } from '../../core/evaluations/ballots.ts';
import { nameOfScores, nameOfSides } from '../../core/evaluations/contender.ts';
import type { ScoreMark } from '../../core/evaluations/scoring.ts';
import { command } from '../access/operation.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { deed } from '../events/deed.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { evaluations, judgings } from '../platform/db/schema.ts';
import { refusing } from '../platform/db/transaction.ts';
import { awaitCompared } from '../examples/compare.ts';
import { lockedProject } from '../project/rows.ts';
import { awaitPromptsCompared } from '../prompts/compare.ts';
import { voter } from './ballots.ts';
import { mustAnswer, roomOf } from './asking.ts';
import { refuseTwin, setUp } from './contest.ts';
import { peopleOf } from './electorate.ts';
import { become } from './generation.ts';
import { endJudging } from './judging-rows.ts';
import type { Evaluation } from './evaluation.ts';
import { evaluationOf, noEvaluation, sharedOf } from './rows.ts';
import { countedResult, keepCounted } from './verdict.ts';
import { nextAttempt } from './tries.ts';
import { countedScores } from './scores.ts';
import { competitorOf, competitorsOf, keyOf, labelsFor } from './sides.ts';
import { givenIn, voteIsOver } from './votes.ts';

/**
 * Fixes what will be compared, prompt by prompt, and how many votes make a verdict; the answers are written by a job.
 * Refuses a run that is not ready, a model that does not answer, more pairs than there are prompts that can be asked, and a second click.
 */
export const createEvaluation = command(CreateEvaluation, async (scope, input) => {
	const isPool = input.promptsFrom === 'pool';
	const isShown =
		input.contender?.fewShot !== undefined ||
		(typeof input.against === 'object' && input.against.fewShot !== undefined);
	if (isPool || isShown) await awaitPromptsCompared(scope);
	if (!isPool || isShown) await awaitCompared(scope);
	const meant = await scope.tx((tx) => competitorsOf(tx, scope.project.id, input));
	await mustAnswer(scope, meant, input);
	const room = await roomOf(scope, [meant.a, meant.b]);
	return scope.tx(async (tx) => {
		const project = await lockedProject(tx, scope);
		const { a, b } = await competitorsOf(tx, project.id, input);
		await refuseTwin(tx, project.id, a, b);
		return setUp(tx, scope, { project, a, b, from: input.promptsFrom, room }, input, {
			name: input.name || nameOfSides(labelsFor(a, b)),
			delta: input.delta,
			attempt: await nextAttempt(tx, project.id, [keyOf(a), keyOf(b)])
		});
	});
});

/** The same for one model, whose answers are scored beside the expected ones. */
export const createScoring = command(CreateScoring, async (scope, input) => {
	await awaitCompared(scope);
	if (input.contender?.fewShot) await awaitPromptsCompared(scope);
	const one = (tx: Tx, projectId: string) =>
		competitorOf(tx, projectId, input.runId ?? input.contender!, input.runId ? 'runId' : 'contender');
	const meant = await scope.tx((tx) => one(tx, scope.project.id));
	await mustAnswer(scope, { a: meant, b: null }, input);
	const room = await roomOf(scope, [meant]);
	return scope.tx(async (tx) => {
		const project = await lockedProject(tx, scope);
		const a = await one(tx, project.id);
		await refuseTwin(tx, project.id, a, null);
		return setUp(tx, scope, { project, a, b: null, from: 'validation', room }, input, {
			name: input.name || nameOfScores(labelsFor(a, null).a),
			kind: 'scoring',
			sendableFrom: input.sendableFrom ?? project.qualityThreshold
		});
	});
});

const addVote = deed<{ judged: number; skipped: number; total: number }>('evaluation.voted', 'cast_vote', 7);

/** What `cast_vote` raises, as sentences. */
const refusedVote = refusing({
	AI043: noEvaluation,
	AI044: () => new AppError('not_found', 'There is no such comparison, or it is not yours.'),
	AI045: () => new AppError('conflict', 'This vote was already used for another comparison.'),
	AI047: () => new AppError('conflict', 'Judge the pair first: a remark belongs to a vote.', 'ballotId'),
	AI046: () => new AppError('conflict', 'Pairs get choices, and answers of a scoring get scores.'),
	AI042: ({ now }: { now: Mark | ScoreMark | null }) =>
		/^\d+$/.test(now ?? '')
			? new Changed('You have scored this answer meanwhile.', 'saw', Number(now))
			: new Changed('You have judged this meanwhile.', 'saw', now),
	AI030: voteIsOver
});

/**
 * Appends this voter's vote on their own ballot; null takes the earlier one back, and the pair comes again. The same `clientId`
 * twice counts once. Answers with their progress. Once the results are known nothing is taken, and nothing is taken back. Throws
 * *changed*, and writes nothing, when they had chosen something else than they `saw`.
 */
export const castVote = command(Vote, (scope, { evaluationId, ballotId, choice, saw, clientId }) => {
	voter(scope);
	const projectId = scope.project.id;
	const values = [projectId, evaluationId, ballotId, choice, saw !== undefined, saw ?? null, clientId];
	return addVote(scope, { subject: evaluationId, projectId }, values).catch(refusedVote);
});

const addScore = deed<{ judged: number; skipped: number; total: number }>('evaluation.voted', 'cast_vote', 7);
const markOf = (score: number | 'skip' | null) => (score === null ? null : String(score));

/** The same of a scoring: how good an answer is, from 1 to 10. */
export const scoreAnswer = command(ScoreAnswer, (scope, { evaluationId, ballotId, score, saw, clientId }) => {
	voter(scope);
	const projectId = scope.project.id;
	const seen = markOf(saw ?? null);
	const values = [projectId, evaluationId, ballotId, markOf(score), saw !== undefined, seen, clientId];
	return addScore(scope, { subject: evaluationId, projectId }, values).catch(refusedVote);
});

const writeRemark = deed<object>('evaluation.remarked', 'add_remark', 7);

/**
 * Adds scores of the two answers, as they stood on the screen, and a note to this voter's vote on their own ballot; the last remark
 * counts, while the vote stands. The same `clientId` twice counts once. Once the results are known nothing is taken.
 */
export const addRemark = command(Remark, async (scope, { evaluationId, ballotId, first, second, note, clientId }) => {
	voter(scope);
	const projectId = scope.project.id;
	// nobody can type U+0000, and no text of Postgres keeps it
	const words = note.replaceAll('\u0000', '');
	const values = [projectId, evaluationId, ballotId, first, second, words, clientId];
	await writeRemark(scope, { subject: evaluationId, projectId }, values).catch(refusedVote);
	return { ballotId };
});

/** A step: one evaluation is revealed, with what came out. */
const revealOne = async (tx: Tx, scope: ProjectScope, evaluation: Evaluation) => {
	const { id, projectId, number, name } = evaluation;
	// by the clock, not the beginning of this transaction, which may have waited for a vote; rounded up, because it is read in
	// milliseconds
	const revealedAt = sql`date_trunc('milliseconds', clock_timestamp()) + interval '1 millisecond'`;
	// who comes later, or leaves, changes nothing that is known
	const electorate = await peopleOf(tx, id);
	if (evaluation.kind === 'scoring') {
		const { scored, counted } = await countedScores(tx, evaluation);
		await tx.update(evaluations).set({ revealedAt, scored, counted, electorate }).where(eq(evaluations.id, id));
		const { histogram: _bars, interval: _range, count: judged, ...numbers } = scored;
		const details = { number, name, judged, planned: evaluation.planned, ...numbers };
		await record(tx, scope, { event: 'evaluation.scored', subject: id, projectId, details });
		return;
	}
	const found = await countedResult(tx, evaluation);
	await tx.update(evaluations).set({ revealedAt, electorate }).where(eq(evaluations.id, id));
	await keepCounted(tx, evaluation, found);
	const { result, judged, planned } = found;
	const { kind: verdict, title: _title, interval: _interval, winInterval: _winInterval, ...counts } = result;
	await record(tx, scope, {
		event: 'evaluation.revealed',
		subject: id,
		projectId,
		details: { number, name, judged, planned, verdict, ...counts }
	});
};

/**
 * Shows who wrote what, to everybody, writes down when, keeps what came out, and ends the vote, also on what nobody has judged. The three
 * of a three-way together: who knows the names in one of them knows them in the others.
 * Before everything planned is judged the statistics ask for more (core/evaluations/README.md), and the results say that it was
 * early. Again changes nothing.
 */
export const revealResults = command(RevealResults, (scope, { evaluationId }) =>
	scope.tx(async (tx) => {
		const asked = await evaluationOf(tx, scope.project.id, evaluationId);
		const shared = await sharedOf(tx, asked, { lock: true });
		const open = shared.filter(({ revealedAt }) => revealedAt === null);
		if (open.length === 0) return null;
		let votes = 0;
		for (const { id } of open) votes += (await givenIn(tx, id)).votes.length;
		if (votes === 0) throw new AppError('conflict', 'No person has voted yet, so there is nothing to reveal.');
		for (const one of open) await revealOne(tx, scope, one);
		if (open[0]!.kind === 'comparison') await enqueue(tx, 'evaluation.tell', { evaluationId: open[0]!.id });
		return null;
	})
);

/** Goes on where it stopped. For a failed one, and for one that hangs: a job that still waits makes it a no-op. */
export const retryGeneration = command(RetryGeneration, (scope, { evaluationId }) =>
	scope.tx(async (tx) => {
		const asked = await evaluationOf(tx, scope.project.id, evaluationId);
		const shared = await sharedOf(tx, asked, { lock: true });
		const [lead] = shared;
		if (lead!.status === 'voting') return null;
		for (const { id, projectId, name } of shared) {
			await tx
				.update(evaluations)
				.set({ status: 'generating', problem: null, wantedAt: sql`now()` })
				.where(eq(evaluations.id, id));
			await record(tx, scope, { event: 'evaluation.retried', subject: id, projectId, details: { name } });
		}
		await enqueue(tx, 'evaluation.generate', { evaluationId: lead!.id });
		return null;
	})
);

/** A step: whatever is being answered or judged in a project ends, with this sentence, and can be tried again. */
export const stopGenerating = async (tx: Tx, projectId: string, problem: string): Promise<void> => {
	const open = await tx
		.select()
		.from(evaluations)
		.where(and(eq(evaluations.projectId, projectId), eq(evaluations.status, 'generating')));
	for (const evaluation of open) await become(tx, evaluation, { status: 'failed', problem });
	const judged = await tx
		.select()
		.from(judgings)
		.where(and(eq(judgings.projectId, projectId), eq(judgings.status, 'judging')));
	for (const judging of judged) await endJudging(tx, judging, { status: 'failed', problem });
};
