import { and, eq, sql } from 'drizzle-orm';
import { CancelJudging, ListJudgings, PriceJudging, RetryJudging, StartJudging } from '../../contract/judgings.ts';
import { AppError } from '../../core/errors.ts';
import { usualCriteria, usualReplyTokens } from '../../core/evaluations/judge-question.ts';
import { nothingToJudge } from '../../core/evaluations/kept-texts.ts';
import { judgingCan } from '../../core/evaluations/judging.ts';
import { answerCents } from '../../core/servings/answer-price.ts';
import { tokensOf } from '../../core/text/tokens.ts';
import { command, query } from '../access/operation.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { mustAfford } from '../budget/rows.ts';
import { answerPriceOf } from '../connections/commands.ts';
import { connectionOf } from '../connections/rows.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { judgings, pairings } from '../platform/db/schema.ts';
import { mustJudge } from './asking.ts';
import { asAsked, hiddenNames } from './judge.ts';
import { competingIn, judgingOf, judgingsIn, shownJudgings } from './judging-rows.ts';
import type { Evaluation } from './evaluation.ts';
import { comparisonOf, evaluationOf, titleFor } from './rows.ts';
import { askableConnections } from './set-up.ts';
import { textsOf } from './texts.ts';

/** More opinions are no better ones. */
const mostJudges = 5;

const isAnswered = ({ status }: Evaluation) => status === 'voting';
const unanswered = 'The answers are not all there yet. A model can judge them when they are.';

/** A step: why no further model can be asked now; null where one can. */
const whyNot = async (tx: Tx, evaluation: Evaluation): Promise<string | null> => {
	if (!isAnswered(evaluation)) return unanswered;
	if (evaluation.textsRemovedAt) return nothingToJudge;
	const list = await judgingsIn(tx, evaluation.id);
	const running = list.find(judgingCan.cancel);
	if (running) return `${running.label} is judging now. Wait until it is through, or stop it.`;
	return list.length >= mostJudges ? `${mostJudges} models were asked already; more say no more.` : null;
};

/** The models that were asked to judge, and what another one can be chosen from. */
export const listJudgings = query(ListJudgings, (scope, { evaluationId }) =>
	scope.tx(async (tx) => {
		const evaluation = await comparisonOf(tx, scope.project.id, evaluationId);
		return {
			number: evaluation.number,
			title: titleFor(scope, evaluation),
			revealed: evaluation.revealedAt !== null,
			reason: await whyNot(tx, evaluation),
			pairs: evaluation.planned,
			criteria: usualCriteria,
			connections: await askableConnections(tx),
			judges: await shownJudgings(tx, evaluation, await judgingsIn(tx, evaluation.id), { withProblems: true })
		};
	})
);

/** So many pairs are read to say what all cost: the texts of one are like those of the others. */
const mostRead = 100;

/** About what it costs: the tokens of what is asked, counted in the texts, and of the usual reply. */
const estimated = async (
	scope: ProjectScope,
	wanted: { evaluationId: string; connectionId: string; model: string }
) => {
	const { connectionId, model } = wanted;
	const { evaluation, provider, perPair, ownAnswers } = await scope.tx(async (tx) => {
		const evaluation = await comparisonOf(tx, scope.project.id, wanted.evaluationId);
		if (!isAnswered(evaluation)) throw new AppError('conflict', unanswered);
		if (evaluation.textsRemovedAt) throw new AppError('conflict', nothingToJudge);
		const { provider } = await connectionOf(tx, connectionId);
		const some = await tx
			.select({ id: pairings.id })
			.from(pairings)
			.where(eq(pairings.evaluationId, evaluation.id))
			.orderBy(pairings.position)
			.limit(mostRead);
		const names = await hiddenNames(tx, evaluation.id, evaluation.projectId);
		const texts = await textsOf(
			tx,
			some.map(({ id }) => id)
		);
		const tokens = [...texts].map(([pairingId, text]) =>
			tokensOf(asAsked(text, { pairingId, swapped: false }, { id: '', criteria: usualCriteria }, names).messages)
		);
		return {
			evaluation,
			provider,
			ownAnswers: (await competingIn(tx, evaluation))(wanted),
			perPair: tokens.reduce((sum, count) => sum + count, 0) / Math.max(1, tokens.length)
		};
	});
	const questions = 2 * evaluation.planned;
	const [promptTokens, replyTokens] = [Math.round(questions * perPair), questions * usualReplyTokens];
	const price = await answerPriceOf(scope, { connectionId, provider }, model);
	return {
		questions,
		promptTokens,
		replyTokens,
		estimateCents: price && answerCents(price, { promptTokens, completionTokens: replyTokens }),
		isFree: provider === 'sandbox',
		ownAnswers
	};
};

export const priceJudging = query(PriceJudging, (scope, wanted) => estimated(scope, wanted));

/**
 * Asks a model to judge every pair, in both orders. It is asked one short question first, and the month has to pay for all of it. What it
 * says stays hidden until the reveal, and is in no verdict. Throws *conflict* for a second click.
 */
export const startJudging = command(StartJudging, async (scope, { criteria, ...wanted }) => {
	const { evaluationId, connectionId, model } = wanted;
	const place = await scope.tx(async (tx) => {
		const reason = await whyNot(tx, await comparisonOf(tx, scope.project.id, evaluationId));
		if (reason) throw new AppError('conflict', reason);
		return (await connectionOf(tx, connectionId)).name;
	});
	await mustJudge(scope, { connectionId, model, place });
	const { estimateCents } = await estimated(scope, wanted);
	return scope.tx(async (tx) => {
		// whoever presses twice waits here, and then finds the first
		const evaluation = await evaluationOf(tx, scope.project.id, evaluationId, { lock: true });
		const reason = await whyNot(tx, evaluation);
		if (reason) throw new AppError('conflict', reason);
		const label = `${model} (${place})`;
		const before = (await judgingsIn(tx, evaluationId)).find(
			(one) => one.connectionId === connectionId && one.model === model && one.criteria === criteria
		);
		if (before)
			throw new AppError(
				'conflict',
				judgingCan.retry(before)
					? `${label} was asked by these criteria, and stopped before the end. Let it go on.`
					: `${label} has judged by these criteria. It would say the same again: choose another model, or other criteria.`,
				'criteria'
			);
		const { projectId, number, planned: pairs } = evaluation;
		const [made] = await tx
			.insert(judgings)
			.values({ projectId, evaluationId, connectionId, model, label, criteria, createdBy: scope.userId })
			.returning();
		await enqueue(tx, 'judging.ask', { judgingId: made!.id });
		await record(tx, scope, {
			event: 'judging.started',
			subject: evaluationId,
			projectId,
			details: { number, model: label, pairs }
		});
		await mustAfford(tx, projectId, estimateCents);
		return { id: made!.id };
	});
});

/** Asks nothing more from the next question on; what was asked is still paid and kept. Again changes nothing. */
export const cancelJudging = command(CancelJudging, (scope, { evaluationId, judgingId }) =>
	scope.tx(async (tx) => {
		const { projectId, number } = await comparisonOf(tx, scope.project.id, evaluationId);
		const judging = await judgingOf(tx, evaluationId, judgingId, { lock: true });
		if (!judgingCan.cancel(judging)) return null;
		await tx
			.update(judgings)
			.set({ status: 'cancelled', problem: null, endedAt: sql`now()` })
			.where(eq(judgings.id, judgingId));
		const details = { number, model: judging.label };
		await record(tx, scope, { event: 'judging.cancelled', subject: evaluationId, projectId, details });
		return null;
	})
);

/** Goes on where it stopped. Where it judges, or is through, nothing changes. */
export const retryJudging = command(RetryJudging, (scope, { evaluationId, judgingId }) =>
	scope.tx(async (tx) => {
		const { projectId, number, textsRemovedAt } = await evaluationOf(tx, scope.project.id, evaluationId, {
			lock: true
		});
		const judging = await judgingOf(tx, evaluationId, judgingId, { lock: true });
		if (!judgingCan.retry(judging)) return null;
		if (textsRemovedAt) throw new AppError('conflict', nothingToJudge);
		const [other] = await tx
			.select({ label: judgings.label })
			.from(judgings)
			.where(and(eq(judgings.evaluationId, evaluationId), eq(judgings.status, 'judging')));
		if (other) throw new AppError('conflict', `${other.label} is judging now. Wait until it is through, or stop it.`);
		await tx
			.update(judgings)
			.set({ status: 'judging', problem: null, endedAt: null })
			.where(eq(judgings.id, judgingId));
		await enqueue(tx, 'judging.ask', { judgingId });
		const details = { number, model: judging.label };
		await record(tx, scope, { event: 'judging.retried', subject: evaluationId, projectId, details });
		return null;
	})
);
