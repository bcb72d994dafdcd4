import { eq } from 'drizzle-orm';
import { Chat } from '../../contract/servings.ts';
import { AppError } from '../../core/errors.ts';
import { query } from '../access/operation.ts';
import { takePlace } from '../access/places.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { openAccess } from '../connections/rows.ts';
import { servings } from '../platform/db/schema.ts';
import { log } from '../platform/log.ts';
import { ProviderError } from '../providers/errors.ts';
import type { Access, ChatRequest } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import { runOf } from '../runs/rows.ts';
import { idleMinutes } from '../../core/servings/serving.ts';
import { inMinutes, mustBeReady } from './begin.ts';
import { aliveServing } from './rows.ts';

/** Of one team; each holds a connection to a provider. */
const atOnce = 8;

type Callable = { access: Access; model: string };

const baseModel = async (tx: Tx, { project }: ProjectScope): Promise<Callable> => {
	if (!project.connectionId)
		throw new AppError('conflict', 'The project has no connection. Choose one in its settings.');
	return { access: await openAccess(tx, project.connectionId), model: project.baseModel };
};

/** A run's model by the name under which it answers now; asking is use, and puts the end off. Throws *conflict*. */
const modelOf = async (tx: Tx, scope: ProjectScope, runId: string): Promise<Callable> => {
	const run = await runOf(tx, scope, runId);
	mustBeReady(run);
	const access = await openAccess(tx, run.connectionId);
	if (providers[access.provider].servesTunedModels === 'at-once') return { access, model: run.model! };
	const alive = await aliveServing(tx, run.id);
	const model = alive?.status === 'ready' ? alive.deployment?.callAs : undefined;
	if (!alive || !model)
		throw new AppError('conflict', 'This run’s model is not callable now. Start it, and ask again when it is ready.');
	await tx
		.update(servings)
		.set({ idleAt: inMinutes(idleMinutes) })
		.where(eq(servings.id, alive.id));
	return { access, model };
};

const said = (event: object) => `data: ${JSON.stringify(event)}\n\n`;

const broken = (problem: unknown) => {
	if (problem instanceof ProviderError) return { code: 'conflict', message: problem.message };
	const { code, message } = log.bug(problem, { operation: Chat.name });
	return { code, message };
};

/**
 * Asks, and gives what the model says as it says it. Whoever stops reading ends the question; `over` is called when it has ended,
 * read or not.
 */
const answerOf = ({ access, model }: Callable, request: Omit<ChatRequest, 'model'>, over: () => Promise<void>) => {
	const stop = new AbortController();
	const { readable, writable } = new TransformStream<string, string>();
	const writer = writable.getWriter();
	const say = (event: object) => void writer.write(said(event)).catch(() => {}); // nobody reads any more
	const asked = providers[access.provider]
		.chat({ ...access, signal: stop.signal }, { model, ...request }, (text) => say({ text }))
		.then(({ finishReason, promptTokens, completionTokens }) =>
			say({ done: true, finishReason, promptTokens, completionTokens })
		)
		.catch((problem: unknown) => say({ error: broken(problem) }))
		.finally(() => void writer.close().catch(() => {}))
		.finally(over);
	const pieces = async function* () {
		try {
			yield* readable;
		} finally {
			stop.abort();
			await asked;
		}
	};
	return pieces();
};

/** One answer of the base model or of a run's model, piece by piece. Nothing of it is kept. */
export const chat = query(Chat, async (scope, { runId, ...request }) => {
	const callable = await scope.tx((tx) => (runId === null ? baseModel(tx, scope) : modelOf(tx, scope, runId)));
	const place = await takePlace(`chat:${scope.teamId}`, atOnce);
	if (!place)
		throw new AppError(
			'rate_limited',
			`${atOnce} answers are on their way for this team. Ask again when one is there.`
		);
	return { name: 'answer.txt', pieces: answerOf(callable, request, place.leave) };
});
