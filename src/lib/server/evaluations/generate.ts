import { eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { evaluations } from '../platform/db/schema.ts';
import { enqueue } from '../jobs/queue.ts';
import { ProviderError } from '../providers/errors.ts';
import { markFrom, tellProblem } from '../runs/rows.ts';
import type { Scope } from '../access/scope.ts';
import { releaseServing } from '../servings/commands.ts';
import { type Sharing, answerAs, originOf, servedFor } from './answer-as.ts';
import { sideProblem } from './asking.ts';
import { type Patience, mostAtOnce, usualPatience } from '../providers/answering.ts';
import { become, lettersOf, noteProgress, noteWaiting, unanswered } from './generation.ts';
import { payer } from './payer.ts';
import type { Evaluation, Letter } from './rows.ts';
import { asTogether } from './together.ts';

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

/** Whether it ends here, because a base or a model of a connection cannot take part: said before a run's model is deployed, which is billed. */
const isHopeless = async (scope: Scope, evaluation: Evaluation): Promise<boolean> => {
	for (const letter of lettersOf(evaluation)) {
		const open = await scope.tx((tx) => unanswered(tx, evaluation.id, letter));
		if (open.length < evaluation.planned) continue;
		const problem = await sideProblem(scope, evaluation, letter);
		if (problem && (await giveUp(scope, evaluation, letter, problem))) return true;
	}
	return false;
};

/** What waiting cannot mend, and whose it is. */
type Failure = { contender: Letter; problem: unknown };

/** Lets all contenders answer at the same time. True when everything is answered, false when somebody has to come back. */
const answerTogether = async (
	scope: Scope,
	evaluation: Evaluation,
	signal: AbortSignal,
	patience: Patience
): Promise<boolean | Failure> => {
	const letters = lettersOf(evaluation);
	const own = new AbortController();
	const stop = AbortSignal.any([signal, own.signal]);
	const sharing: Sharing = {
		together: asTogether(letters, stop),
		payingFor: payer(scope, evaluation, 'generating'),
		atOnce: mostAtOnce / letters.length
	};
	let failure: Failure | undefined;
	const whole = await Promise.all(
		letters.map(async (contender) => {
			let isWhole = false;
			try {
				isWhole = await answerAs(scope, evaluation, contender, sharing, stop, patience);
			} catch (problem) {
				// what one cannot answer, the other need not: the first to fail is the reason
				failure ??= { contender, problem };
				own.abort(problem);
			}
			sharing.together.done(contender, isWhole);
			return isWhole;
		})
	);
	signal.throwIfAborted();
	return failure ?? whole.every(Boolean);
};

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
	const answered = await answerTogether(scope, evaluation, signal, patience);
	if (answered === true) return scope.tx((tx) => become(tx, evaluation, { status: 'voting', problem: null }));
	if (answered !== false) {
		const { contender, problem } = answered;
		if (!(problem instanceof ProviderError || problem instanceof AppError)) {
			// said where it is waited for, then thrown: a bug is tried again, and stands in the log
			return tellProblem(problem, (known) => scope.tx((tx) => noteWaiting(tx, evaluation, known.message)));
		}
		if (await giveUp(scope, evaluation, contender, problem)) return;
	}
	await scope.tx(async (tx) => {
		await enqueue(tx, 'evaluation.generate', { evaluationId }, { after: new Date(Date.now() + lookAgainMs) });
		await noteProgress(tx, evaluation);
	});
};
