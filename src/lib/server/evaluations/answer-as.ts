import { eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { withFewShot } from '../../core/evaluations/few-shot.ts';
import { answerPriceOf } from '../connections/commands.ts';
import { openAccess } from '../connections/rows.ts';
import { outputs, runs } from '../platform/db/schema.ts';
import { providers } from '../providers/registry.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Access, ChatRequest, Provider } from '../providers/provider.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { type Wanted, ensureServed, releaseServing } from '../servings/commands.ts';
import { type Answer, type Patience, answerAll } from '../providers/answering.ts';
import { proveDeployed } from './proof.ts';
import { type Seat, isGenerating, noteProgress, noteWaiting, unanswered } from './generation.ts';
import type { payer } from './payer.ts';
import type { Evaluation, Letter } from './evaluation.ts';
import { fewShotsOf, sideOf } from './sides.ts';
import type { Together } from './together.ts';
import { pairingsOf } from './votes.ts';

/** Pages hear of progress so often, not of each answer. */
const announceEveryMs = 400;

/** A step: where a contender is called, and the model it is or was tuned from. */
export const originOf = async (tx: Tx, evaluation: Evaluation, contender: Letter) => {
	const { runId, origin } = sideOf(evaluation, contender);
	if (origin) return origin;
	const of = { connectionId: runs.connectionId, model: runs.baseModel };
	const [run] = await tx.select(of).from(runs).where(eq(runs.id, runId!));
	return run!;
};

/** What may be deployed for a contender: the model of a run, or its base; null for a model of a connection, which nobody deploys here. */
type Served = { runId: string; ofBase: boolean };
export const servedFor = (evaluation: Evaluation, contender: Letter): Served | null => {
	const { kind, runId } = sideOf(evaluation, contender);
	return runId === null ? null : { runId, ofBase: kind === 'base' };
};

/** A model is started for an evaluation only as long as it is being generated: somebody may have stopped it for good. */
const wantedBy = ({ id, wantedAt }: Evaluation, { ofBase }: Served): Wanted => ({
	since: wantedAt,
	still: (tx) => isGenerating(tx, id),
	ofBase
});

/** The name by which the model answers now, or null while it is being deployed. */
const callable = async (scope: Scope, evaluation: Evaluation, served: Served): Promise<string | null> => {
	const serving = await ensureServed(scope, served.runId, wantedBy(evaluation, served));
	if (!serving.ready && serving.stoppedByPerson)
		throw new AppError('conflict', 'Somebody stopped the model while it answered. Try again to start it once more.');
	if (serving.ready || serving.status !== 'failed') {
		const waitsFor = serving.ready ? null : (serving.problem ?? null);
		await scope.tx((tx) => noteWaiting(tx, evaluation, waitsFor));
		return serving.ready ? serving.callAs : null;
	}
	throw new AppError('conflict', serving.problem ?? 'The model could not be deployed. Try again, or look at its run.');
};

/** A step: where else an answer belongs, by its place: the pairing of the same prompt in the second comparison. */
const twinsOf = async (tx: Tx, { also }: Seat): Promise<ReadonlyMap<number, string>> => {
	if (!also) return new Map();
	const all = await pairingsOf(tx, also.evaluation.id);
	return new Map(all.map(({ id, position }) => [position, id]));
};

/** Stores an answer, once, in one go wherever it belongs: whoever comes second finds it there. */
const keeper = (scope: Scope, { evaluation, letter, also }: Seat, twins: ReadonlyMap<number, string>) => {
	let announcedAt = 0;
	return ({ id, position }: { id: string; position: number }, answer: Answer) =>
		scope.tx(async (tx) => {
			const { text, finishReason, promptTokens, completionTokens, latencyMs } = answer;
			const kept = {
				projectId: evaluation.projectId,
				// Postgres has no way to write U+0000 in a text
				text: text.replaceAll('\u0000', '').toWellFormed(),
				finishReason,
				promptTokens,
				completionTokens,
				latencyMs
			};
			const own = { ...kept, evaluationId: evaluation.id, pairingId: id, contender: letter };
			const twin = also && {
				...kept,
				evaluationId: also.evaluation.id,
				pairingId: twins.get(position)!,
				contender: also.letter
			};
			await tx
				.insert(outputs)
				.values(twin ? [own, twin] : [own])
				.onConflictDoNothing();
			if (performance.now() - announcedAt < announceEveryMs) return;
			announcedAt = performance.now();
			await noteProgress(tx, evaluation);
		});
};

/** The model was stopped under us: by a person, the janitor or the provider. */
class NoLongerServed extends Error {}

/**
 * For a model that is deployed: counts each question as use, asks nothing more once somebody has stopped it, and finds out
 * when it has gone meanwhile or answers by another name. What the provider does not know of while our row says *ready* has
 * just been stopped there: the row follows within a poll, so that is waited for like an outage.
 */
const guarded = (scope: Scope, evaluation: Evaluation, served: Served, model: string) => {
	const look = async () => {
		const serving = await ensureServed(scope, served.runId, wantedBy(evaluation, served));
		if (!(serving.ready && serving.callAs === model)) throw new NoLongerServed();
	};
	return async <T>(ask: () => Promise<T>): Promise<T> => {
		await look();
		try {
			return await ask();
		} catch (problem) {
			if (!(problem instanceof ProviderError) || !['not_found', 'down'].includes(problem.kind)) throw problem;
			await look();
			throw new ProviderError('down', problem.message, { detail: problem.detail });
		}
	};
};

/** What the provider says of a model; null where it says nothing. What waiting may mend is thrown, unless nobody waits. */
const modelAt = (provider: Provider, access: Access, id: string, { waits }: { waits: boolean }) =>
	provider.model(access, id).catch((problem: unknown) => {
		if (problem instanceof ProviderError && !(waits && problem.retry)) return null;
		throw problem;
	});

/**
 * Tells a model whether to think, as the plan has it. Asked of the provider with the first question, as patiently as that; a model of
 * which it does not say that it thinks is told nothing.
 */
const toldToThink = (provider: Provider, access: Access, baseModel: string, thinking: boolean) => {
	let asked: Promise<Pick<ChatRequest, 'thinking'>> | undefined;
	const look = async () => ((await modelAt(provider, access, baseModel, { waits: true }))?.thinks ? { thinking } : {});
	return () =>
		(asked ??= look().catch((problem: unknown) => {
			asked = undefined;
			throw problem;
		}));
};

/** Whether a contender has to be deployed before it answers; null where the provider does not say now, and is asked again. */
const mustDeploy = async (
	scope: Scope,
	evaluation: Evaluation,
	{ ofBase }: Served,
	{ access, model }: { access: Access; model: string }
): Promise<boolean | null> => {
	const provider = providers[access.provider];
	if (provider.servesTunedModels === 'at-once' || !ofBase) return provider.servesTunedModels === 'after-deploy';
	try {
		return (await modelAt(provider, access, model, { waits: true }))?.answersAtOnce === false;
	} catch (problem) {
		if (!(problem instanceof ProviderError)) throw problem;
		await scope.tx((tx) => noteWaiting(tx, evaluation, problem.message));
		return null;
	}
};

/** What the contenders of one generation have in common. */
export type Sharing = { together: Together<Seat>; payingFor: ReturnType<typeof payer>; atOnce: number };

/**
 * Lets one contender answer what is still open, as soon as the others can answer too, each answer stored the moment it comes; then its
 * model may be stopped. False: one of them is not callable now, come back.
 */
export const answerAs = async (
	scope: Scope,
	seat: Seat,
	{ together, payingFor, atOnce }: Sharing,
	signal: AbortSignal,
	patience: Patience
): Promise<boolean> => {
	const { evaluation, letter: contender } = seat;
	const served = servedFor(evaluation, contender);
	const open = await scope.tx((tx) => unanswered(tx, evaluation.id, contender));
	if (open.length > 0) {
		const { access, origin } = await scope.tx(async (tx) => {
			const origin = await originOf(tx, evaluation, contender);
			return { origin, access: await openAccess(tx, origin.connectionId) };
		});
		const isDeployed = served && (await mustDeploy(scope, evaluation, served, { access, model: origin.model }));
		if (served && isDeployed === null) return false;
		const model = served && (isDeployed || !served.ofBase) ? await callable(scope, evaluation, served) : origin.model;
		if (model === null || !(await together.ready(seat))) return false;
		signal.throwIfAborted();
		const { temperature, maxTokens, seed, systemPrompt } = evaluation;
		const fewShot = fewShotsOf(evaluation)[contender];
		const provider = providers[access.provider];
		const at = { connectionId: origin.connectionId, provider: access.provider };
		const price = isDeployed ? null : await answerPriceOf(scope, at, model);
		const guard =
			served && isDeployed ? guarded(scope, evaluation, served, model) : <T>(ask: () => Promise<T>) => ask();
		const told = toldToThink(provider, access, origin.model, evaluation.thinking);
		// as a stream: of an answer that is cut in the middle, that part is there
		const chat = async (asked: Omit<ChatRequest, 'model'>, stop: AbortSignal) => {
			const request = { ...asked, ...(await told()), model };
			const answer = () => provider.chat({ ...access, signal: stop }, request, () => {});
			return guard(() => payingFor(isDeployed ? 'by-time' : price, request, answer));
		};
		const ask = async ({ prompt, position }: (typeof open)[number], stop: AbortSignal) => {
			await together.turn(seat, position);
			return chat({ messages: withFewShot(prompt, fewShot, systemPrompt), temperature, maxTokens, seed }, stop);
		};
		try {
			if (served && isDeployed && open.length === evaluation.planned)
				await proveDeployed(scope, evaluation, { ...served, ask: chat, signal, patience });
			const twins = await scope.tx((tx) => twinsOf(tx, seat));
			await answerAll(open, ask, keeper(scope, seat, twins), { signal, patience, atOnce });
		} catch (problem) {
			if (problem instanceof NoLongerServed) return false;
			throw problem;
		}
	}
	if (served) await releaseServing(scope, served.runId, served.ofBase);
	return true;
};
