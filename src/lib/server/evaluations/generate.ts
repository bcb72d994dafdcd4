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
import { type Seat, become, noteProgress, noteWaiting, seatsOf, unanswered } from './generation.ts';
import { payer } from './payer.ts';
import type { Evaluation } from './evaluation.ts';
import { sharedOf } from './rows.ts';
import { asTogether } from './together.ts';

/** A model that is being deployed is looked at so often. */
const lookAgainMs = 3000;

/**
 * Ends in `failed`, and stops paying, unless somebody else has meanwhile answered what we could not. True when it did.
 */
const giveUp = async (scope: Scope, shared: readonly Evaluation[], seat: Seat, problem: Error): Promise<boolean> => {
	const { evaluation, letter } = seat;
	const failed = await scope.tx(async (tx) => {
		const open = await unanswered(tx, evaluation.id, letter);
		if (open.length === 0) return false;
		for (const one of shared) await become(tx, one, { status: 'failed', problem: problem.message });
		if (problem instanceof ProviderError)
			await markFrom(tx, (await originOf(tx, evaluation, letter)).connectionId, problem);
		return true;
	});
	for (const each of failed ? seatsOf(shared) : []) {
		const served = servedFor(each.evaluation, each.letter);
		if (served) await releaseServing(scope, served.runId, served.ofBase);
	}
	return failed;
};

/** Whether it ends here, because a base or a model of a connection cannot take part: said before a run's model is deployed, which is billed. */
const isHopeless = async (scope: Scope, shared: readonly Evaluation[]): Promise<boolean> => {
	for (const seat of seatsOf(shared)) {
		const { evaluation, letter } = seat;
		const open = await scope.tx((tx) => unanswered(tx, evaluation.id, letter));
		if (open.length < evaluation.planned) continue;
		const problem = await sideProblem(scope, evaluation, letter);
		if (problem && (await giveUp(scope, shared, seat, problem))) return true;
	}
	return false;
};

/** What waiting cannot mend, and whose it is. */
type Failure = { seat: Seat; problem: unknown };

/** Lets all contenders answer at the same time. True when everything is answered, false when somebody has to come back. */
const answerTogether = async (
	scope: Scope,
	shared: readonly Evaluation[],
	signal: AbortSignal,
	patience: Patience
): Promise<boolean | Failure> => {
	const seats = seatsOf(shared);
	const own = new AbortController();
	const stop = AbortSignal.any([signal, own.signal]);
	const sharing: Sharing = {
		together: asTogether(seats, stop),
		payingFor: payer(scope, shared[0]!, 'generating'),
		atOnce: Math.max(1, Math.floor(mostAtOnce / seats.length))
	};
	let failure: Failure | undefined;
	const whole = await Promise.all(
		seats.map(async (seat) => {
			let isWhole = false;
			try {
				isWhole = await answerAs(scope, seat, sharing, stop, patience);
			} catch (problem) {
				// what one cannot answer, the other need not: the first to fail is the reason
				failure ??= { seat, problem };
				own.abort(problem);
			}
			sharing.together.done(seat, isWhole);
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
	const shared = await scope.tx(async (tx) => {
		const [asked] = await tx.select().from(evaluations).where(eq(evaluations.id, evaluationId));
		return asked ? sharedOf(tx, asked) : [];
	});
	const [evaluation] = shared;
	if (evaluation?.status !== 'generating') return;
	if (await isHopeless(scope, shared)) return;
	const answered = await answerTogether(scope, shared, signal, patience);
	if (answered === true)
		return scope.tx(async (tx) => {
			for (const one of shared) await become(tx, one, { status: 'voting', problem: null });
		});
	if (answered !== false) {
		const { seat, problem } = answered;
		if (!(problem instanceof ProviderError || problem instanceof AppError)) {
			// said where it is waited for, then thrown: a bug is tried again, and stands in the log
			return tellProblem(problem, (known) => scope.tx((tx) => noteWaiting(tx, evaluation, known.message)));
		}
		if (await giveUp(scope, shared, seat, problem)) return;
	}
	await scope.tx(async (tx) => {
		const lead = { evaluationId: evaluation.id };
		await enqueue(tx, 'evaluation.generate', lead, { after: new Date(Date.now() + lookAgainMs) });
		await noteProgress(tx, evaluation);
	});
};
