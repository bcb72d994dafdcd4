import { and, desc, eq, sql } from 'drizzle-orm';
import { withFewShot } from '../../core/evaluations/few-shot.ts';
import { type AnswerCost, type ThreeRole } from '../../core/evaluations/three-way.ts';
import { type AnswerPrice, answerCents } from '../../core/servings/answer-price.ts';
import { tokensOf } from '../../core/text/tokens.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { answerPriceOf } from '../connections/commands.ts';
import { connectionOf } from '../connections/rows.ts';
import { outputs, pairings, runs, servings } from '../platform/db/schema.ts';
import type { ProviderId } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { isOf } from '../runs/rows.ts';
import { originOf } from './answer-as.ts';
import type { Evaluation, Letter } from './evaluation.ts';
import { fewShotsOf, sideOf } from './sides.ts';

/** What the answers of one contender took on average. */
type Spent = { promptTokens: number; completionTokens: number; counted: boolean; medianMs: number | null };

/** By whom they are billed: where it is called, and whether it is deployed for them. */
type Biller = {
	connectionId: string;
	provider: ProviderId;
	model: string;
	deployed: boolean;
	centsPerHour: number | null;
};

/** A step: how long the questions and answers of a contender were: as the provider counted them, and of those it did not count, by their text. */
export const spentBy = async (tx: Tx, evaluation: Evaluation, letter: Letter): Promise<Spent> => {
	const isUncounted = sql`${outputs.promptTokens} is null or ${outputs.completionTokens} is null`;
	const isIts = and(eq(outputs.evaluationId, evaluation.id), eq(outputs.contender, letter));
	const [all] = await tx
		.select({
			answers: sql<number>`count(*)::int`,
			asked: sql<number>`coalesce(sum(${outputs.promptTokens}) filter (where not (${isUncounted})), 0)::float8`,
			said: sql<number>`coalesce(sum(${outputs.completionTokens}) filter (where not (${isUncounted})), 0)::float8`,
			medianMs: sql<number | null>`percentile_cont(0.5) within group (order by ${outputs.latencyMs})`
		})
		.from(outputs)
		.where(isIts);
	const rest = await tx
		.select({ text: outputs.text, told: outputs.told, prompt: pairings.prompt })
		.from(outputs)
		.innerJoin(pairings, eq(pairings.id, outputs.pairingId))
		.where(and(isIts, isUncounted));
	let { asked, said } = all!;
	const fewShot = fewShotsOf(evaluation)[letter];
	for (const { text, told, prompt } of rest) {
		asked += tokensOf(withFewShot(prompt, fewShot, evaluation.systemPrompt));
		said += told?.tokens ?? tokensOf([{ role: 'assistant', content: text }]);
	}
	const answers = Math.max(1, all!.answers);
	return {
		promptTokens: asked / answers,
		completionTokens: said / answers,
		counted: rest.length === 0,
		medianMs: all!.medianMs === null ? null : Math.round(all!.medianMs)
	};
};

/** A step: who bills the answers of a contender. Only for whoever sees connections. */
export const billerOf = async (tx: Tx, evaluation: Evaluation, letter: Letter): Promise<Biller> => {
	const origin = await originOf(tx, evaluation, letter);
	const { provider } = await connectionOf(tx, origin.connectionId);
	const { kind, runId } = sideOf(evaluation, letter);
	const [served] =
		runId === null
			? []
			: await tx
					.select({ centsPerHour: servings.centsPerHour })
					.from(servings)
					.where(isOf(runId, kind === 'base'))
					.orderBy(desc(servings.createdAt))
					.limit(1);
	const [run] = kind === 'run' ? await tx.select({ model: runs.model }).from(runs).where(eq(runs.id, runId!)) : [];
	const mode = providers[provider].servesTunedModels;
	return {
		connectionId: origin.connectionId,
		provider,
		model: run?.model ?? origin.model,
		deployed: mode === 'after-deploy' && (kind === 'run' || served !== undefined),
		centsPerHour: served?.centsPerHour ?? null
	};
};

/** How much an answer of it costs. */
const costOf = (spent: Spent, { provider, deployed, centsPerHour }: Biller, price: AnswerPrice | null): AnswerCost => {
	if (provider === 'sandbox') return { billed: 'free', centsPerAnswer: 0, centsPerHour: null };
	if (deployed) return { billed: 'hour', centsPerAnswer: null, centsPerHour };
	const centsPerAnswer = price && answerCents(price, spent);
	return { billed: 'token', centsPerAnswer, centsPerHour: null };
};

export type Priced = { role: ThreeRole; cost: AnswerCost };

type Billed = Spent & { role: ThreeRole; biller: Biller | null };

/** What an answer of each costs, at today’s prices: the provider’s own, or as they were entered with the connection. */
export const pricesOf = (scope: Scope, list: readonly Billed[]): Promise<Priced[]> =>
	Promise.all(
		list
			.filter((one): one is Billed & { biller: Biller } => one.biller !== null)
			.map(async ({ role, biller, ...spent }) => {
				const asked = !biller.deployed && biller.provider !== 'sandbox';
				const price = asked ? await answerPriceOf(scope, biller, biller.model) : null;
				return { role, cost: costOf(spent, biller, price) };
			})
	);
