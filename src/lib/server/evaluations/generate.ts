import { eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { evaluations } from '../platform/db/schema.ts';
import { enqueue } from '../jobs/queue.ts';
import { ProviderError } from '../providers/errors.ts';
import { markFrom, tellProblem } from '../runs/rows.ts';
import type { Scope } from '../access/scope.ts';
import { releaseServing } from '../servings/commands.ts';
import { answerAs, originOf, servedFor } from './answer-as.ts';
import { baseProblem } from './asking.ts';
import { type Patience, usualPatience } from '../providers/answering.ts';
import { become, lettersOf, noteProgress, noteWaiting, unanswered } from './generation.ts';
import type { Evaluation, Letter } from './rows.ts';
import { sideOf } from './sides.ts';

/** A model that is being deployed is looked at so often. */
const lookAgainMs = 3000;

/**
 * Ends in `failed`, and stops paying, unless somebody else has meanwhile answered what we could not. True when it did.
 */
const giveUp = async (scope: Scope, evaluation: Evaluation, contender: Letter, problem: Error): Promise<boolean> => {
	const failed = await scope.tx(async (tx) => {
		const open = await unanswered(tx, evaluation.id, contender);
		if (open.length === 0) return false;
		await become(tx, evaluation, { status: 'failed', problem: problem.message });
		if (problem instanceof ProviderError)
			await markFrom(tx, (await originOf(tx, evaluation, contender)).connectionId, problem);
		return true;
	});
	for (const letter of failed ? lettersOf(evaluation) : []) {
		const served = servedFor(evaluation, letter);
		if (served) await releaseServing(scope, served.runId, served.ofBase);
	}
	return failed;
};

/** Whether it ends here, because a base cannot take part: said before a run's model is deployed, which is billed. */
const isHopeless = async (scope: Scope, evaluation: Evaluation): Promise<boolean> => {
	for (const letter of lettersOf(evaluation)) {
		const { kind, runId } = sideOf(evaluation, letter);
		if (kind !== 'base') continue;
		const open = await scope.tx((tx) => unanswered(tx, evaluation.id, letter));
		if (open.length < evaluation.planned) continue;
		const problem = await baseProblem(scope, runId);
		if (problem !== null && (await giveUp(scope, evaluation, letter, new AppError('conflict', problem)))) return true;
	}
	return false;
};

/** What nobody deploys answers first: when it fails, nothing has been started that is billed by the minute. */
const inTurn = (evaluation: Evaluation): Letter[] =>
	lettersOf(evaluation).toSorted((one, two) => {
		const waits = (letter: Letter) => Number(servedFor(evaluation, letter) !== null);
		return waits(one) - waits(two);
	});

/**
 * Lets the contenders answer what is still open, then opens the vote. Safe to run again after any interruption, and twice
 * at once: each answer is stored the moment it comes, once. A model that is being deployed is come back to. What waiting
 * cannot mend ends in `failed` with a sentence; the end of `signal` is thrown, so that the job goes back into its queue.
 */
export const generateOutputs = async (
	scope: Scope,
	evaluationId: string,
	signal: AbortSignal,
	patience: Patience = usualPatience
): Promise<void> => {
	const [evaluation] = await scope.tx((tx) => tx.select().from(evaluations).where(eq(evaluations.id, evaluationId)));
	if (evaluation?.status !== 'generating') return;
	if (await isHopeless(scope, evaluation)) return;
	for (const contender of inTurn(evaluation)) {
		try {
			if (await answerAs(scope, evaluation, contender, signal, patience)) continue;
		} catch (problem) {
			signal.throwIfAborted();
			if (!(problem instanceof ProviderError || problem instanceof AppError)) {
				// said where it is waited for, then thrown: a bug is tried again, and stands in the log
				return tellProblem(problem, (known) => scope.tx((tx) => noteWaiting(tx, evaluation, known.message)));
			}
			if (await giveUp(scope, evaluation, contender, problem)) return;
			continue;
		}
		await scope.tx(async (tx) => {
			await enqueue(tx, 'evaluation.generate', { evaluationId }, { after: new Date(Date.now() + lookAgainMs) });
			await noteProgress(tx, evaluation);
		});
		return;
	}
	await scope.tx((tx) => become(tx, evaluation, { status: 'voting', problem: null }));
};
