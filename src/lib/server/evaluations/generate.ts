import { and, eq, isNull } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { openAccess } from '../connections.ts';
import { evaluations, outputs, pairings, runs } from '../db/schema.ts';
import { enqueue } from '../jobs/queue.ts';
import { providers } from '../providers/index.ts';
import { ProviderError } from '../providers/provider-error.ts';
import { announce } from '../realtime/announce.ts';
import type { Scope, Tx } from '../scope.ts';
import { ensureServed, releaseServing } from '../servings.ts';
import { type Answer, type Patience, answerAll, usualPatience } from './answering.ts';
import type { Evaluation, Letter } from './rows.ts';

/** A model that is being deployed is looked at so often. */
const lookAgainMs = 3000;
/** Pages hear of progress so often, not of each answer. */
const announceEveryMs = 400;

/** A step: the questions that this contender has not answered. */
const unanswered = (tx: Tx, evaluationId: string, contender: Letter) =>
	tx
		.select({ id: pairings.id, position: pairings.position, prompt: pairings.prompt })
		.from(pairings)
		.leftJoin(outputs, and(eq(outputs.pairingId, pairings.id), eq(outputs.contender, contender)))
		.where(and(eq(pairings.evaluationId, evaluationId), isNull(outputs.id)))
		.orderBy(pairings.position);

const generating = async (scope: Scope, evaluationId: string): Promise<Evaluation | undefined> => {
	const [found] = await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, evaluationId)));
	return found?.status === 'generating' ? found : undefined;
};

const connectionFor = async (tx: Tx, evaluation: Evaluation, runId: string | null): Promise<string> => {
	if (runId === null) return evaluation.connectionId;
	const [run] = await tx.select({ connectionId: runs.connectionId }).from(runs).where(eq(runs.id, runId));
	return run!.connectionId;
};

/** The name by which the model answers now, or null while it is being deployed. */
const callable = async (scope: Scope, evaluation: Evaluation, runId: string | null): Promise<string | null> => {
	if (runId === null) return evaluation.baseModel;
	const serving = await ensureServed(scope, runId);
	if (serving.ready) return serving.callAs;
	if (serving.status === 'failed') {
		throw new AppError(
			'conflict',
			serving.problem ?? 'The model could not be deployed. Try again, or look at its run.'
		);
	}
	return null;
};

/** Stores an answer, once: whoever comes second finds it there. */
const keeper = (scope: Scope, evaluation: Evaluation, contender: Letter) => {
	let announcedAt = 0;
	return ({ id }: { id: string }, answer: Answer) =>
		scope.tx(async (tx) => {
			const { text, finishReason, promptTokens, completionTokens, latencyMs } = answer;
			await tx
				.insert(outputs)
				.values({
					projectId: evaluation.projectId,
					evaluationId: evaluation.id,
					pairingId: id,
					contender,
					// Postgres has no way to write U+0000 in a text
					text: text.replaceAll('\u0000', '').toWellFormed(),
					finishReason,
					promptTokens,
					completionTokens,
					latencyMs
				})
				.onConflictDoNothing();
			if (performance.now() - announcedAt < announceEveryMs) return;
			announcedAt = performance.now();
			await announce(tx, `evaluation:${evaluation.id}`, evaluation.projectId);
		});
};

/** Lets one contender answer all that is still open. False: its model is not callable yet. */
const answerAs = async (
	scope: Scope,
	evaluation: Evaluation,
	contender: Letter,
	signal: AbortSignal,
	patience: Patience
) => {
	const runId = contender === 'a' ? evaluation.runId : evaluation.againstRunId;
	const open = await scope.tx((tx) => unanswered(tx, evaluation.id, contender));
	if (open.length > 0) {
		const model = await callable(scope, evaluation, runId);
		if (model === null) return false;
		const access = await scope.tx(async (tx) => openAccess(tx, await connectionFor(tx, evaluation, runId)));
		const { temperature, maxTokens, seed } = evaluation;
		let askedAt = performance.now();
		await answerAll(
			open,
			async ({ prompt }, stop) => {
				// a long generation counts as use, or the janitor would stop the model under it
				if (runId !== null && performance.now() - askedAt > 60_000) {
					askedAt = performance.now();
					await ensureServed(scope, runId);
				}
				const request = { model, messages: prompt, temperature, maxTokens, seed };
				return providers[access.provider].chat({ ...access, signal: stop }, request);
			},
			keeper(scope, evaluation, contender),
			{ signal, patience }
		);
	}
	if (runId !== null) await releaseServing(scope, runId);
	return true;
};

/** A step: the next station, if nobody else was there first. */
const become = async (tx: Tx, evaluation: Evaluation, to: { status: 'voting' | 'failed'; problem: string | null }) => {
	await tx
		.update(evaluations)
		.set(to)
		.where(and(eq(evaluations.id, evaluation.id), eq(evaluations.status, 'generating')));
	await announce(tx, `evaluation:${evaluation.id}`, evaluation.projectId);
	await announce(tx, `project:${evaluation.projectId}`, evaluation.projectId);
};

/** Ends in `failed`, and stops paying, unless somebody else has meanwhile answered what we could not. */
const giveUp = async (scope: Scope, evaluation: Evaluation, contender: Letter, problem: Error): Promise<boolean> => {
	const failed = await scope.tx(async (tx) => {
		const open = await unanswered(tx, evaluation.id, contender);
		if (open.length > 0) await become(tx, evaluation, { status: 'failed', problem: problem.message });
		return open.length > 0;
	});
	for (const runId of failed ? [evaluation.runId, evaluation.againstRunId] : []) {
		if (runId !== null) await releaseServing(scope, runId);
	}
	return failed;
};

/**
 * Lets both contenders answer what is still open, then opens the vote. Safe to run again after any interruption, and twice
 * at once: each answer is stored the moment it comes, once. A model that is being deployed is come back to. What waiting
 * cannot mend ends in `failed` with a sentence; the end of `signal` is thrown, so that the job goes back into its queue.
 */
export const generateOutputs = async (
	scope: Scope,
	evaluationId: string,
	signal: AbortSignal,
	patience: Patience = usualPatience
): Promise<void> => {
	authorize(scope, 'evaluations:create');
	const evaluation = await generating(scope, evaluationId);
	if (!evaluation) return;
	for (const contender of ['a', 'b'] as const) {
		try {
			if (await answerAs(scope, evaluation, contender, signal, patience)) continue;
		} catch (problem) {
			signal.throwIfAborted();
			if (!(problem instanceof ProviderError || problem instanceof AppError)) throw problem;
			if (await giveUp(scope, evaluation, contender, problem)) return;
			continue;
		}
		await scope.tx(async (tx) => {
			await enqueue(tx, scope, 'evaluation.generate', { evaluationId }, { after: new Date(Date.now() + lookAgainMs) });
			await announce(tx, `evaluation:${evaluationId}`, evaluation.projectId);
		});
		return;
	}
	await scope.tx((tx) => become(tx, evaluation, { status: 'voting', problem: null }));
};
