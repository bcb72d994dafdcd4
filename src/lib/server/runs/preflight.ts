import type { TrainingPrice } from '../../core/connections/prices.ts';
import { AppError } from '../../core/errors.ts';
import { type Finding, type PreflightFacts, isClear, preflight } from '../../core/runs/preflight.ts';
import type { Method } from '../../core/runs/method.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import { dayOf } from '../../core/runs/retirement.ts';
import type { RecipeLimits } from '../../core/runs/recipe-limits.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Access, BaseModel, ProviderId } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import type { DataFacts } from './facts.ts';

/** A person waits for this page: a provider that does not answer by then is said not to answer. */
const answerWithinMs = 8_000;

/** What the provider says, before anything is uploaded or ordered. */
export type ProviderFacts = Pick<PreflightFacts, 'contextTokens' | 'keyOk' | 'keyReason' | 'model'> & {
	provider: ProviderId | null;
	price: TrainingPrice;
	limits: RecipeLimits | null;
};

const unknownModel = {
	contextTokens: null,
	price: { centsPerMillion: null, minimumCents: 0, priceNote: null },
	limits: null
};

/** What is known where the provider cannot be asked, with the reason. */
export const refused = (reason: string, provider: ProviderId | null = null): ProviderFacts => ({
	provider,
	...unknownModel,
	keyOk: false,
	keyReason: reason,
	model: { trainable: true, servable: null }
});

const modelFacts = (model: BaseModel | null, method: Method): Omit<ProviderFacts, 'provider' | 'keyOk' | 'keyReason'> =>
	model
		? {
				model: {
					trainable: model.trainable,
					servable: model.servable,
					until: model.until ?? null,
					note: model.note ?? null,
					...(model.methods && { methods: model.methods }),
					...(model.answersAtOnce === false && {
						answersAtOnce: false,
						deployedCentsPerHour: model.deployedCentsPerHour ?? null
					})
				},
				price: priceOf(model, method),
				...limitsOf(model, method)
			}
		: { model: null, ...unknownModel };

const priceOf = (model: BaseModel, method: Method): TrainingPrice => {
	const { trainingCentsPerMillion: usual, preferencesCentsPerMillion: own, minimumCents = 0, priceNote = null } = model;
	return { centsPerMillion: method === 'dpo' && own !== undefined ? own : usual, minimumCents, priceNote };
};

/** Both answers of a pair have to fit, and other batches, where the provider says so. */
const limitsOf = (model: BaseModel, method: Method): Pick<ProviderFacts, 'contextTokens' | 'limits'> => {
	const own = method === 'dpo' ? model.withPreferences : undefined;
	return {
		contextTokens: own?.contextTokens ?? model.contextTokens,
		limits: own?.limits ?? model.limits ?? null
	};
};

/** Asks whether the key works, training is open, and this model can be trained and called. Never throws for the provider's sake. */
export const askProvider = async (access: Access, modelId: string, method: Method): Promise<ProviderFacts> => {
	const provider = providers[access.provider];
	const refusal = (why: string) => refused(why, access.provider);
	const waiting = { ...access, signal: AbortSignal.timeout(answerWithinMs) };
	const late = `${provider.name} has not answered within ${answerWithinMs / 1000} seconds. Try again in a few minutes.`;
	const reason = (problem: Error) => (waiting.signal.aborted ? late : problem.message);
	try {
		const [check, model] = await Promise.all([
			provider.check(waiting),
			provider.model(waiting, modelId).catch(noAnswer)
		]);
		if (!check.ok) return refusal(check.reason);
		if (check.training === 'closed') {
			return refusal(check.note ?? `${provider.name} has closed training for this account. Use another connection.`);
		}
		if (model instanceof ProviderError) return refusal(reason(model));
		return { provider: access.provider, keyOk: true, ...modelFacts(model, method) };
	} catch (problem) {
		if (problem instanceof ProviderError || problem instanceof AppError) return refusal(reason(problem));
		throw problem;
	}
};

/** The check explains a refused key better than the model's question does. */
const noAnswer = (problem: unknown): ProviderError => {
	if (problem instanceof ProviderError) return problem;
	throw problem;
};

/** The checklist, from both sides. */
export const findingsOf = (data: DataFacts & { recipe: Recipe; fitted?: readonly string[] }, provider: ProviderFacts) =>
	preflight({ ...data, ...provider, today: dayOf(new Date()) });

/** Throws *conflict* with every sentence that blocks. */
export const refuseBlocked = (findings: readonly Finding[]) => {
	if (isClear(findings)) return;
	const sentences = findings.filter(({ level }) => level === 'block').map(({ sentence }) => sentence);
	throw new AppError('conflict', sentences.join(' '));
};
