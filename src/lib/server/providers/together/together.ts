import { providerFacts } from '../../../contract/providers.ts';
import { type Place, ask, endedBy } from '../call.ts';
import { chatBody, toCompletion } from '../chat.ts';
import { checkKey } from '../check.ts';
import { chunksIn } from '../event-stream.ts';
import type { Access, ChatRequest, Completion, Provider, ProviderId } from '../provider.ts';
import { collect } from '../stream.ts';
import { clientsOf } from './client.ts';
import { startDeployment } from './deploy.ts';
import { isEndpoint, listDeployed, readState, stopDeployment } from './deployments.ts';
import { readDeployability } from './hardware.ts';
import { cancelJob, findJobs, reportJob } from './jobs.ts';
import { listModels, readModel } from './models.ts';
import { countRows, estimateCost, placeOrder } from './training.ts';
import { uploadFile } from './upload.ts';

const answerTimeoutMs = 180_000;

/** Together's wire protocol; the sandbox speaks it too, at another address. */
function speakTogether(id: ProviderId): Provider {
	const { name } = providerFacts[id];
	const place: Place = { name, quote: true };

	async function chat(
		access: Access,
		request: ChatRequest,
		onText?: (piece: string) => void,
		onThought?: (piece: string) => void
	): Promise<Completion> {
		const clients = clientsOf(access);
		const { completions } = (isEndpoint(request.model) ? clients.inference : clients.v1).chat;
		const { thinking } = request;
		// models that can be told are told in one of these ways; the others are not asked
		const thoughts =
			thinking === undefined
				? {}
				: { reasoning: { enabled: thinking }, chat_template_kwargs: { enable_thinking: thinking } };
		const body = { ...chatBody(request), ...thoughts, max_tokens: request.maxTokens } as Parameters<
			typeof completions.create
		>[0];
		if (!onText) {
			const answer = await ask(
				access,
				place,
				(options) => completions.create({ ...body, stream: false }, options),
				answerTimeoutMs
			);
			return toCompletion(answer);
		}
		return ask(
			access,
			place,
			(options) => {
				const open = async (signal: AbortSignal) =>
					chunksIn(await completions.create({ ...body, stream: true }, endedBy(options, signal)).asResponse());
				return collect(access, open, onText, undefined, onThought);
			},
			answerTimeoutMs
		);
	}

	return {
		id,
		name,
		servesTunedModels: 'after-deploy',
		check: (access) =>
			checkKey(async () => {
				const models = await listModels(access, place);
				await ask(access, place, (options) => clientsOf(access).v1.fineTuning.list(options));
				return { ok: true, models: models.length, training: 'open' };
			}),
		models: (access) => listModels(access, place),
		model: (access, model) => readModel(access, place, model),
		estimate: (access, order) => estimateCost(access, place, order),
		upload: (access, file) => uploadFile(access, place, file),
		count: (access, order, most) => countRows(access, place, order, most),
		submit: (access, order) => placeOrder(access, place, order),
		find: (access, mark) => findJobs(access, place, mark),
		report: (access, jobId) => reportJob(access, place, jobId),
		cancel: (access, jobId) => cancelJob(access, place, jobId),
		deployable: (access, weights) => readDeployability(access, place, weights),
		deploy: (access, weights, mark) => startDeployment(access, place, weights, mark),
		deployed: (access) => listDeployed(access, place),
		deploymentState: (access, deployment) => readState(access, place, deployment),
		stop: (access, deployment) => stopDeployment(access, place, deployment),
		chat
	};
}

export const together = speakTogether('together');
export const sandbox = speakTogether('sandbox');
