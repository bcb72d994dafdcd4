import type { CostEstimate } from '../../core/runs/cost.ts';
import { type DurationRange, estimateDuration } from '../../core/runs/duration.ts';
import { AppError } from '../../core/errors.ts';
import { authorize } from '../../core/permissions.ts';
import { type Finding, type PreflightFacts, isClear, preflight } from '../../core/runs/preflight.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import type { RecipeLimits } from '../../core/runs/recipe-limits.ts';
import { trainingCost } from '../../core/runs/training-cost.ts';
import { openAccess } from '../connections/connections.ts';
import { providers } from '../providers/registry.ts';
import type { Access, BaseModel } from '../providers/provider.ts';
import { ProviderError } from '../providers/errors.ts';
import { projectOf } from '../project/projects.ts';
import type { Scope } from '../access/scope.ts';
import { type DataFacts, readFacts, readPast } from './facts.ts';

/** A person waits for this page: a provider that does not answer by then is said not to answer. */
const answerWithinMs = 8_000;

/** What the provider says, before anything is uploaded or ordered. */
export type ProviderFacts = Pick<PreflightFacts, 'contextTokens' | 'keyOk' | 'keyReason' | 'model'> & {
	centsPerMillion: number | null;
	limits: RecipeLimits | null;
};

export type Preflight = {
	findings: Finding[];
	/** No finding blocks. */
	isClear: boolean;
	recipe: Recipe;
	baseModel: string;
	providerName: string;
	/** What would be sent. */
	trainCount: number;
	validationCount: number;
	/** Of one pass over the training set, and over the validation set. */
	tokens: number;
	validationTokens: number;
	centsPerMillion: number | null;
	/** What the provider accepts for this model, where it says so. */
	limits: RecipeLimits | null;
	cost: CostEstimate;
	duration: DurationRange;
	/** Earlier runs on the same model, for a duration that follows the recipe as it is edited. */
	past: { billedTokens: number; minutes: number }[];
	isSandbox: boolean;
	lastRun: PreflightFacts['lastRun'];
};

const unknownModel = { contextTokens: null, centsPerMillion: null, limits: null };
const refused = (reason: string): ProviderFacts => ({
	...unknownModel,
	keyOk: false,
	keyReason: reason,
	model: { trainable: true, servable: null }
});

const modelFacts = (model: BaseModel | null): Omit<ProviderFacts, 'keyOk' | 'keyReason'> =>
	model
		? {
				model: { trainable: model.trainable, servable: model.servable, until: model.until ?? null },
				contextTokens: model.contextTokens,
				centsPerMillion: model.trainingCentsPerMillion,
				limits: model.limits ?? null
			}
		: { model: null, ...unknownModel };

/** Asks whether the key works, training is open, and this model can be trained and called. Never throws for the provider's sake. */
export const askProvider = async (access: Access, modelId: string): Promise<ProviderFacts> => {
	const provider = providers[access.provider];
	const waiting = { ...access, signal: AbortSignal.timeout(answerWithinMs) };
	const late = `${provider.name} has not answered within ${answerWithinMs / 1000} seconds. Try again in a few minutes.`;
	const reason = (problem: Error) => (waiting.signal.aborted ? late : problem.message);
	try {
		const [check, model] = await Promise.all([
			provider.check(waiting),
			provider.model(waiting, modelId).catch(noAnswer)
		]);
		if (!check.ok) return refused(check.reason);
		if (check.training === 'closed') {
			return refused(check.note ?? `${provider.name} has closed training for this account. Use another connection.`);
		}
		if (model instanceof ProviderError) return refused(reason(model));
		return { keyOk: true, ...modelFacts(model) };
	} catch (problem) {
		if (problem instanceof ProviderError || problem instanceof AppError) return refused(reason(problem));
		throw problem;
	}
};

/** The check explains a refused key better than the model's question does. */
const noAnswer = (problem: unknown): ProviderError => {
	if (problem instanceof ProviderError) return problem;
	throw problem;
};

export const findingsOf = (data: DataFacts, provider: ProviderFacts) => preflight({ ...data, ...provider });

/** Everything worth knowing before a training: what blocks or warns, what it costs and how long it takes. */
export const getPreflight = async (scope: Scope, slug: string, recipe?: Recipe): Promise<Preflight> => {
	authorize(scope, 'runs:see');
	const { project, wanted, data, past, access } = await scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const wanted = recipe ?? project.recipe;
		return {
			project,
			wanted,
			data: await readFacts(tx, project, wanted),
			past: await readPast(tx, project),
			access: project.connectionId ? await openAccess(tx, project.connectionId) : null
		};
	});
	const provider = access
		? await askProvider(access, project.baseModel)
		: refused('The project has no connection. Choose one in its settings.');
	const findings = findingsOf(data, provider);
	const cost = trainingCost(data, wanted, provider.centsPerMillion);
	return {
		findings,
		isClear: isClear(findings),
		recipe: wanted,
		baseModel: project.baseModel,
		providerName: access ? providers[access.provider].name : 'no provider',
		trainCount: data.trainCount,
		validationCount: data.validationCount,
		tokens: data.tokens,
		validationTokens: data.validationTokens,
		centsPerMillion: provider.centsPerMillion,
		limits: provider.limits,
		cost,
		duration: estimateDuration({ billedTokens: cost.billedTokens, past, sandbox: access?.provider === 'sandbox' }),
		past,
		isSandbox: access?.provider === 'sandbox',
		lastRun: data.lastRun
	};
};

/** Throws *conflict* with every sentence that blocks. */
export const refuseBlocked = (findings: readonly Finding[]) => {
	if (isClear(findings)) return;
	const sentences = findings.filter(({ level }) => level === 'block').map(({ sentence }) => sentence);
	throw new AppError('conflict', sentences.join(' '));
};
