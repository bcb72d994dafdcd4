import type { Model } from 'openai/resources/models';
import { methodsAtOpenai } from '../../../core/runs/method.ts';
import { openaiEnds, openaiTraining } from '../../../core/runs/openai-end.ts';
import { ask, orNull } from '../call.ts';
import { type Server, clientOf } from './client.ts';
import type { Access, BaseModel, ConnectionCheck } from '../provider.ts';
import { ProviderError } from '../errors.ts';

/** What OpenAI lists but what answers no chat. */
const noChat =
	/embedding|whisper|tts|dall-e|image|moderation|realtime|audio|transcribe|babbage|davinci|sora|search|computer-use/;

type Training = 'open' | 'closed' | 'unknown';

const dialectNote =
	'This server answers: its models can be compared and asked in the playground. Nobody has said how it takes a training order, so none is sent there. If it trains as OpenAI does, connect it as “Own training server”.';
const inferenceNote =
	'This server answers, but offers no training. Its models can be compared and asked in the playground.';

type Page = { items: unknown[]; hasMore: boolean };

/** One page of a list; `null` when the answer is no list. The SDK's pages would make an empty one of any text. */
export async function pageOf(access: Access, server: Server, path: string, query = {}): Promise<Page | null> {
	const answer = await ask(access, server, (options) =>
		clientOf(access).get<{ data?: unknown; has_more?: unknown } | null>(path, { query, ...options })
	);
	return Array.isArray(answer?.data) ? { items: answer.data, hasMore: answer.has_more === true } : null;
}

const itemsOf = async (access: Access, server: Server, path: string, query = {}) =>
	(await pageOf(access, server, path, query))?.items ?? null;

/** Whether jobs can be listed: where they cannot, nothing can be trained. */
async function trainingOf(access: Access, server: Server): Promise<{ training: Training; note?: string }> {
	if (!server.dialect) return { training: 'closed', note: dialectNote };
	const { isOver, note } = openaiTraining(new Date());
	if (server.isOfficial(access) && isOver) return { training: 'closed', note };
	try {
		const jobs = await itemsOf(access, server, '/fine_tuning/jobs', { limit: 1 });
		if (!jobs) return { training: 'closed', note: inferenceNote };
		if (!server.isOfficial(access)) return { training: 'open' };
		// Who has never trained was locked out in May 2026; who has, may have been since.
		return { training: jobs.length ? 'open' : 'unknown', note };
	} catch (problem) {
		if (!(problem instanceof ProviderError)) throw problem;
		if (problem.kind === 'closed') return { training: 'closed', note: problem.message };
		// Servers without training answer 404, 405 or 501, or anything else they have for unknown paths.
		if (problem.kind === 'not_found' || problem.kind === 'refused' || /^501\b/.test(problem.detail ?? '')) {
			return { training: 'closed', note: inferenceNote };
		}
		throw problem;
	}
}

/** Anybody can name a server, and its list may hold anything. */
const isNamed = (item: unknown): item is Model => {
	const id = (item as Model | null)?.id;
	return typeof id === 'string' && id !== '';
};

async function listed(access: Access, server: Server): Promise<Model[]> {
	const models = await itemsOf(access, server, '/models');
	if (models) return models.filter(isNamed);
	throw new ProviderError('refused', `${server.name} has no list of models at this address. It often ends with /v1.`);
}

export async function checkConnection(access: Access, server: Server): Promise<ConnectionCheck> {
	const models = await listed(access, server);
	return { ok: true, models: models.length, ...(await trainingOf(access, server)) };
}

const toModel = (model: Model, trainable: boolean, note: string | null, isOfficial: boolean): BaseModel => ({
	id: model.id,
	name: model.id,
	trainable,
	servable: trainable && note === null ? true : null, // tuned models answer at once
	note,
	contextTokens: null,
	trainingCentsPerMillion: null,
	recommended: false,
	...(isOfficial && trainable && { methods: methodsAtOpenai(model.id) }),
	until:
		typeof model.shutdown_date === 'string' ? model.shutdown_date : isOfficial && trainable ? openaiEnds.models : null
});

/** The models that answer a chat. A server that is not OpenAI does not tell which can be trained: all, if any. */
export async function listModels(access: Access, server: Server): Promise<BaseModel[]> {
	const [models, { training }] = await Promise.all([listed(access, server), trainingOf(access, server)]);
	const isOfficial = server.isOfficial(access);
	const isTrainable = ({ id }: Model) =>
		training !== 'closed' && !id.startsWith('ft:') && (!isOfficial || methodsAtOpenai(id).length > 0);
	return models
		.filter(({ id }) => !isOfficial || !noChat.test(id))
		.map((model) => toModel(model, isTrainable(model), server.dialect?.servingNote ?? null, isOfficial));
}

export const readModel = async (access: Access, server: Server, id: string): Promise<BaseModel | null> =>
	(await orNull(listModels(access, server)))?.find((model) => model.id === id) ?? null;
