import { eq } from 'drizzle-orm';
import { Chat } from '../../contract/servings.ts';
import type { Input } from '../../contract/operation.ts';
import { AppError } from '../../core/errors.ts';
import { type AnswerPrice, answerCents } from '../../core/servings/answer-price.ts';
import { idleMinutes } from '../../core/servings/serving.ts';
import { tokensOf } from '../../core/text/tokens.ts';
import { query } from '../access/operation.ts';
import { takePlace } from '../access/places.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { paying } from '../budget/rows.ts';
import { answerPriceOf } from '../connections/commands.ts';
import { openAccess } from '../connections/rows.ts';
import { servings } from '../platform/db/schema.ts';
import { log } from '../platform/log.ts';
import type { Access, ChatRequest } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { runOf } from '../runs/rows.ts';
import { type Cost, answerOf } from './answer.ts';
import { inMinutes, mustBeReady } from './begin.ts';
import { aliveServing } from './rows.ts';

/** Of one team; each holds a connection to a provider. */
const atOnce = 8;

/** Who answers, and how that is billed: by the hour of its machine, which the serving counts, or by the token. */
type Callable = {
	access: Access;
	model: string;
	connectionId: string;
	billed: { centsPerHour: number | null } | 'by-token';
};
type Asked = Omit<Input<typeof Chat>, 'messages' | 'temperature' | 'maxTokens'>;

const modelAt = async (tx: Tx, connectionId: string, model: string): Promise<Callable> => ({
	access: await openAccess(tx, connectionId),
	model,
	connectionId,
	billed: 'by-token'
});

const baseModel = (tx: Tx, { project }: ProjectScope): Promise<Callable> => {
	if (!project.connectionId)
		throw new AppError('conflict', 'The project has no connection. Choose one in its settings.');
	return modelAt(tx, project.connectionId, project.baseModel);
};

/** A run's model by the name under which it answers now; asking is use, and puts the end off. Throws *conflict*. */
const modelOf = async (tx: Tx, scope: ProjectScope, runId: string): Promise<Callable> => {
	const run = await runOf(tx, scope, runId);
	mustBeReady(run);
	const at = await modelAt(tx, run.connectionId, run.model ?? '');
	if (providers[at.access.provider].servesTunedModels === 'at-once') {
		if (!run.model) throw new AppError('conflict', 'The provider gave this model no name to call it by.');
		return at;
	}
	const alive = await aliveServing(tx, run.id);
	const model = alive?.status === 'ready' ? alive.deployment?.callAs : undefined;
	if (!alive || !model)
		throw new AppError('conflict', 'This run’s model is not callable now. Start it, and ask again when it is ready.');
	await tx
		.update(servings)
		.set({ idleAt: inMinutes(idleMinutes) })
		.where(eq(servings.id, alive.id));
	return { ...at, model, billed: { centsPerHour: alive.centsPerHour } };
};

const callable = (tx: Tx, scope: ProjectScope, { runId, connectionId, model }: Asked): Promise<Callable> =>
	runId !== null ? modelOf(tx, scope, runId) : connectionId ? modelAt(tx, connectionId, model!) : baseModel(tx, scope);

/** What an answer costs, by its tokens where the provider says them, else by ours. */
const costBy = (price: AnswerPrice | null, request: Pick<ChatRequest, 'messages'>): Cost =>
	price
		? ({ promptTokens, completionTokens }, text) =>
				answerCents(price, {
					promptTokens: promptTokens ?? tokensOf(request.messages),
					completionTokens: completionTokens ?? tokensOf([{ role: 'assistant', content: text }])
				})
		: () => null;

/** A machine is paid for by its time, asked or not: this is the answer's share of it. */
const costByTime =
	(centsPerHour: number | null): Cost =>
	(_, __, totalMs) =>
		centsPerHour === null ? null : (centsPerHour * totalMs) / 3_600_000;

/** One answer of the base model, of a run's model or of any model of a connection, piece by piece. Nothing of it is kept. */
export const chat = query(Chat, async (scope, { runId, connectionId, model: named, ...request }) => {
	const asked = await scope.tx((tx) => callable(tx, scope, { runId, connectionId, model: named }));
	const { access, model, billed } = asked;
	const byToken = billed === 'by-token';
	const price = byToken
		? await answerPriceOf(scope, { connectionId: asked.connectionId, provider: access.provider }, model)
		: null;
	const place = await takePlace(`chat:${scope.teamId}`, atOnce);
	if (!place)
		throw new AppError(
			'rate_limited',
			`${atOnce} answers are on their way for this team. Ask again when one is there.`
		);
	const answer = answerOf(
		{ access, model },
		request,
		byToken ? costBy(price, request) : costByTime(billed.centsPerHour)
	);
	const most = { promptTokens: tokensOf(request.messages), completionTokens: request.maxTokens };
	const payment = {
		projectId: scope.project.id,
		purpose: 'playground' as const,
		// what a machine costs is counted by its serving
		mostCents: byToken ? price && answerCents(price, most) : 0
	};
	let begin = () => {};
	const begun = new Promise<void>((resolve) => (begin = resolve));
	const write = () => (begin(), answer.write());
	const over = paying(scope, payment, write, () => answer.cents() ?? 0).finally(place.leave);
	// refused before it is asked; what fails afterwards stays set aside, and stands in the log
	await Promise.race([begun, over]);
	const written = over.catch((problem: unknown) => void log.bug(problem, { operation: Chat.name }));
	return { name: 'answer.txt', pieces: answer.read(written) };
});
