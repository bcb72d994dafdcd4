import type { ChatCompletionCreateParams } from 'openai/resources/chat/completions';
import { providerFacts } from '../../../contract/providers.ts';
import { ask, endedBy } from '../call.ts';
import { chatBody, toCompletion } from '../chat.ts';
import { checkKey } from '../check.ts';
import { chunksIn } from '../event-stream.ts';
import { type Server, clientOf } from './client.ts';
import { cancelJob, findJobs, reportJob } from './jobs.ts';
import { checkConnection, listModels, readModel } from './models.ts';
import { placeOrder, uploadFile } from './training.ts';
import type { Access, ChatRequest, Completion, Provider, ProviderId } from '../provider.ts';
import { ProviderError } from '../errors.ts';
import { collect } from '../stream.ts';

const answerTimeoutMs = 180_000;

/** OpenAI's models that think first take no temperature. */
const thinks = /^(o\d|gpt-[5-9])/;

function bodyOf(request: ChatRequest, { isOfficial, isOpenai }: { isOfficial: boolean; isOpenai: boolean }) {
	const { temperature, ...body } = chatBody(request);
	// OpenAI's newer models refuse `max_tokens`; other servers often know nothing else.
	const most = isOfficial ? { max_completion_tokens: request.maxTokens } : { max_tokens: request.maxTokens };
	const warmth = isOfficial && thinks.test(request.model) ? {} : { temperature };
	const { thinking } = request;
	const thoughts = isOpenai || thinking === undefined ? {} : { chat_template_kwargs: { enable_thinking: thinking } };
	return { ...body, ...most, ...warmth, ...thoughts } as Omit<ChatCompletionCreateParams, 'stream'>;
}

async function chat(
	server: Server,
	access: Access,
	request: ChatRequest,
	onText?: (piece: string) => void,
	onThought?: (piece: string) => void
): Promise<Completion> {
	const { completions } = clientOf(access).chat;
	const body = bodyOf(request, { isOfficial: server.isOfficial(access), isOpenai: access.provider === 'openai' });
	if (!onText) {
		return toCompletion(
			await ask(access, server, (options) => completions.create({ ...body, stream: false }, options), answerTimeoutMs)
		);
	}
	const streamed = { ...body, stream: true as const, stream_options: { include_usage: true } };
	return ask(
		access,
		server,
		(options) => {
			const open = async (signal: AbortSignal) =>
				chunksIn(await completions.create(streamed, endedBy(options, signal)).asResponse());
			return collect(access, open, onText, undefined, onThought);
		},
		answerTimeoutMs
	);
}

const nothingToDeploy = () => new ProviderError('refused', 'A model tuned here answers at once and is not deployed.');

/** OpenAI's wire protocol, which many other servers speak too. A tuned model answers at once, under its own name. */
export const speakOpenai = (id: ProviderId, server: Server): Provider => ({
	id,
	name: providerFacts[id].name,
	servesTunedModels: 'at-once',
	check: (access) => checkKey(() => checkConnection(access, server)),
	models: (access) => listModels(access, server),
	model: (access, model) => readModel(access, server, model),
	estimate: async () => null,
	upload: (access, file) => uploadFile(access, server, file),
	count: async () => null,
	submit: (access, order) => placeOrder(access, server, order),
	find: (access, mark, order) => findJobs(access, server, mark, order),
	report: (access, jobId) => reportJob(access, server, jobId),
	cancel: (access, jobId) => cancelJob(access, server, jobId),
	deployable: async () => ({ ok: true, centsPerHour: null }),
	deploy: () => Promise.reject(nothingToDeploy()),
	deployed: async () => [],
	deploymentState: () => Promise.reject(nothingToDeploy()),
	stop: () => Promise.reject(nothingToDeploy()),
	chat: (access, request, onText, onThought) => chat(server, access, request, onText, onThought)
});
