import { AppError } from '../../core/errors.ts';
import { type AnswerPrice, answerCents } from '../../core/servings/answer-price.ts';
import { tokensOf } from '../../core/text/tokens.ts';
import type { Scope } from '../access/scope.ts';
import { paying } from '../budget/rows.ts';
import type { ChatRequest, Completion } from '../providers/provider.ts';
import type { AnswerPurpose } from '../../core/budget/month.ts';

/**
 * Each answer is paid before it is asked for; what a machine costs is counted by its serving. Where the budget does not pay for one more
 * beside those that are being written, it waits for them: they mostly cost less than was set aside. Throws *over budget* when none is.
 */
export const payer = (scope: Scope, { projectId }: { projectId: string }, purpose: AnswerPurpose) => {
	const writing = new Set<Promise<unknown>>();
	return async (
		price: AnswerPrice | 'by-time' | null,
		request: ChatRequest,
		ask: () => Promise<Completion>
	): Promise<Completion> => {
		if (price === 'by-time') return ask();
		const promptTokens = tokensOf(request.messages);
		const most = { promptTokens, completionTokens: request.maxTokens };
		const payment = { projectId, purpose, mostCents: price && answerCents(price, most) };
		if (payment.mostCents === 0) return ask();
		let cents = 0;
		const write = async () => {
			const answer = await ask();
			const completionTokens = answer.completionTokens ?? tokensOf([{ role: 'assistant', content: answer.text }]);
			if (price) cents = answerCents(price, { promptTokens: answer.promptTokens ?? promptTokens, completionTokens });
			return answer;
		};
		for (;;) {
			const asked: Promise<Completion> = paying(
				scope,
				payment,
				() => {
					writing.add(asked);
					return write();
				},
				() => cents
			);
			try {
				return await asked;
			} catch (problem) {
				const isOver = problem instanceof AppError && problem.code === 'over_budget';
				if (!isOver || writing.size === 0) throw problem;
				await Promise.race([...writing].map((other) => other.catch(() => {})));
			} finally {
				writing.delete(asked);
			}
		}
	};
};
