import type { AnswerPurpose } from '../../core/budget/month.ts';
import { AppError } from '../../core/errors.ts';
import { answerCents } from '../../core/servings/answer-price.ts';
import { tokensOf } from '../../core/text/tokens.ts';
import type { ProjectScope, Scope } from '../access/scope.ts';
import { paying } from '../budget/rows.ts';
import { answerPriceOf } from '../connections/commands.ts';
import { connectionOf, openAccess } from '../connections/rows.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Access } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { markFrom, runById } from '../runs/rows.ts';
import { baseDeployability } from '../servings/commands.ts';
import type { Evaluation, Letter } from './evaluation.ts';
import { type Competitor, sideOf } from './sides.ts';

/** Somebody waits for the comparison to begin; a provider that does not say by then is asked again by the job. */
const askWithinMs = 8_000;

/**
 * Why the base of a run cannot take part in a comparison, in a sentence, asked before anything is deployed and billed; null where it
 * answers, by itself or deployed as it is, or the provider does not say.
 */
export const baseProblem = async (scope: Scope, runId: string): Promise<string | null> => {
	try {
		const { run, access } = await scope.tx(async (tx) => {
			const run = await runById(tx, runId);
			return { run, access: await openAccess(tx, run.connectionId) };
		});
		const provider = providers[access.provider];
		if (provider.servesTunedModels === 'at-once') return null;
		const asked = { ...access, signal: AbortSignal.timeout(askWithinMs) };
		if ((await provider.model(asked, run.baseModel))?.answersAtOnce !== false) return null;
		const { problem } = await baseDeployability(run, asked);
		return (
			problem &&
			`The base model ${run.baseModel} does not answer without being deployed. ${problem} Nothing was deployed, and nothing is billed: compare the run with another run, or train on a base that answers.`
		);
	} catch (problem) {
		if (problem instanceof ProviderError || problem instanceof AppError) return null;
		throw problem;
	}
};

/** How the answers will be asked for: what refuses that is better known now. */
type Sampling = { temperature: number; maxTokens?: number | undefined; purpose?: AnswerPurpose };
type OfConnection = Omit<Extract<Competitor, { kind: 'model' }>, 'fewShot'>;

/** Any answer will do: the first word of it ends the question. */
const question = [{ role: 'user' as const, content: 'Are you there? Answer with one word.' }];

/** Asks a model one short question and pays for it. Throws what its provider says; what does not come in time says nothing. */
const askOnce = async (
	scope: Scope,
	projectId: string,
	access: Access,
	{ connectionId, model }: OfConnection,
	{ temperature, maxTokens = 256, purpose = 'generating' }: Sampling
) => {
	const price = await answerPriceOf(scope, { connectionId, provider: access.provider }, model);
	const promptTokens = tokensOf(question);
	const begun = new AbortController();
	const signal = AbortSignal.any([begun.signal, AbortSignal.timeout(askWithinMs)]);
	let text = '';
	const heard = (piece: string) => {
		text += piece;
		// of the piece alone: blanks that never end would be read again with each of them
		if (piece.trim() !== '') begun.abort();
	};
	const request = { model, messages: question, temperature, maxTokens };
	const spent = () =>
		price && answerCents(price, { promptTokens, completionTokens: tokensOf([{ role: 'assistant', content: text }]) });
	await paying(
		scope,
		{
			projectId,
			purpose,
			mostCents: price && answerCents(price, { promptTokens, completionTokens: maxTokens })
		},
		() => providers[access.provider].chat({ ...access, signal }, request, heard, heard),
		() => spent() ?? 0
	);
};

/** Why a model of a connection cannot take part, in a sentence; null where it answers, or is only busy or slow. */
const modelProblem = async (
	scope: Scope,
	projectId: string,
	one: OfConnection,
	how: Sampling
): Promise<string | null> => {
	const access = await scope.tx((tx) => openAccess(tx, one.connectionId));
	const named = `“${one.model}” of ${one.place}`;
	try {
		const provider = providers[access.provider];
		const known = await provider.model({ ...access, signal: AbortSignal.timeout(askWithinMs) }, one.model);
		if (known?.answersAtOnce === false)
			return `${named} does not answer without being deployed, and what is deployed here are the models of runs and their bases. Nothing was deployed, and nothing is billed: choose a model that answers by itself.`;
		await askOnce(scope, projectId, access, one, how);
		return null;
	} catch (problem) {
		if (!(problem instanceof ProviderError)) throw problem;
		if (problem.kind === 'busy' || problem.kind === 'cut') return null;
		await scope.tx((tx) => markFrom(tx, one.connectionId, problem));
		return `${named} does not answer now. ${problem.message} Nothing was started.`;
	}
};

const problemOf = async (scope: ProjectScope, one: Competitor, how: Sampling): Promise<string | null> => {
	if (one.kind === 'model') return modelProblem(scope, scope.project.id, one, how);
	return one.kind === 'base' ? baseProblem(scope, one.run.id) : null;
};

/** Asks who can be asked before anything is deployed: bases and models of connections. Throws *conflict* with the reason. */
export const mustAnswer = async (
	scope: ProjectScope,
	{ a, b }: { a: Competitor; b: Competitor | null },
	how: Sampling
): Promise<void> => {
	const [ofA, ofB] = await Promise.all([problemOf(scope, a, how), b && problemOf(scope, b, how)]);
	if (ofA) throw new AppError('conflict', ofA, 'contender');
	if (ofB) throw new AppError('conflict', ofB, 'against');
};

/** How much each of those with a prompt of their own takes, in tokens; null where nobody says. */
export const roomOf = async (scope: Scope, some: readonly (Competitor | null)[]): Promise<(number | null)[]> =>
	Promise.all(
		some.map(async (one) => {
			if (!one?.fewShot) return null;
			try {
				const access = await scope.tx((tx) => openAccess(tx, one.connectionId));
				const asked = { ...access, signal: AbortSignal.timeout(askWithinMs) };
				return (await providers[access.provider].model(asked, one.model))?.contextTokens ?? null;
			} catch (problem) {
				// why it cannot take part is said by whoever asks it; here nothing is known
				if (problem instanceof ProviderError || problem instanceof AppError) return null;
				throw problem;
			}
		})
	);

/** The same of a model that is to judge. */
export const mustJudge = async (scope: ProjectScope, one: Omit<OfConnection, 'kind'>): Promise<void> => {
	const problem = await modelProblem(
		scope,
		scope.project.id,
		{ kind: 'model', ...one },
		{ temperature: 0, purpose: 'judging' }
	);
	if (problem) throw new AppError('conflict', problem, 'model');
};

/** The same of a side that was made before, as the job finds it: null too where nobody can be asked. */
export const sideProblem = async (scope: Scope, evaluation: Evaluation, letter: Letter): Promise<AppError | null> => {
	const side = sideOf(evaluation, letter);
	try {
		const { projectId, temperature, maxTokens } = evaluation;
		const problem =
			side.kind === 'model'
				? await modelProblem(scope, projectId, await ofConnection(scope, side.origin), { temperature, maxTokens })
				: side.kind === 'base' && (await baseProblem(scope, side.runId));
		return problem ? new AppError('conflict', problem) : null;
	} catch (problem) {
		if (problem instanceof AppError) return problem;
		throw problem;
	}
};

const ofConnection = async (
	scope: Scope,
	origin: Pick<OfConnection, 'connectionId' | 'model'>
): Promise<OfConnection> => {
	const { name: place } = await scope.tx((tx) => connectionOf(tx, origin.connectionId));
	return { kind: 'model', place, ...origin };
};
