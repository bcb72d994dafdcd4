import { setTimeout as wait } from 'node:timers/promises';
import type { JobCreateParams } from 'openai/resources/fine-tuning/jobs/jobs';
import { act, ask, sentOnce } from '../call.ts';
import { type Server, clientOf } from './client.ts';
import { methodsOf } from '../../../core/runs/method.ts';
import { type Dialect, differenceIn, settingsOf } from './dialects.ts';
import { cancelJob } from './jobs.ts';
import type { Access, TrainingFile, TrainingOrder } from '../provider.ts';
import { ProviderError } from '../errors.ts';
import { numbered } from '../unreadable.ts';

const uploadTimeoutMs = 600_000;
const checks = 8; // `processed` is deprecated and not everywhere; the real check happens in the job

/** A file with a length, not a stream: it can be sent again. */
export async function uploadFile(access: Access, server: Server, file: TrainingFile): Promise<{ fileId: string }> {
	const client = clientOf(access);
	let sent = await ask(
		access,
		server,
		async (options) => {
			const named = new File([file.body], file.name, { type: 'application/jsonl' });
			const sending = client.files.create(
				{ file: named, purpose: 'fine-tune' },
				{ fetchOptions: sentOnce, ...options }
			);
			return numbered(await sending, server);
		},
		uploadTimeoutMs
	);
	for (let check = 0; check < checks && sent.status === 'uploaded'; check++) {
		await wait(250 * 2 ** check);
		sent = await ask(access, server, async (options) =>
			numbered(await client.files.retrieve(sent.id, options), server)
		);
	}
	if (sent.status === 'error') {
		const why = server.quote && sent.status_details ? ` ${sent.status_details}` : '';
		throw new ProviderError('refused', `${server.name} does not accept the file ${file.name}.${why}`, {
			...(sent.status_details ? { detail: sent.status_details } : {})
		});
	}
	return { fileId: sent.id };
}

const bodyOf = (order: TrainingOrder, dialect: Dialect): JobCreateParams => {
	const hyperparameters = settingsOf(dialect, order) as Record<string, number>;
	return {
		model: order.model,
		training_file: order.trainingFileId,
		...(order.validationFileId === null ? {} : { validation_file: order.validationFileId }),
		suffix: order.mark,
		seed: order.seed & 0x7fffffff,
		...(dialect.hasMetadata ? { metadata: { aitelier_job: order.mark } } : {}),
		...(dialect.place === 'top'
			? { hyperparameters }
			: order.method === 'dpo'
				? { method: { type: 'dpo', dpo: { hyperparameters } } }
				: { method: { type: 'supervised', supervised: { hyperparameters } } })
	};
};

/** One order, with our mark where the server keeps it, by which it is found again. One that was taken otherwise is stopped at once. */
export async function placeOrder(access: Access, server: Server, order: TrainingOrder): Promise<{ jobId: string }> {
	const { dialect } = server;
	if (!dialect)
		throw new ProviderError('closed', `${server.name} is only asked: nobody has said how it takes a training order.`);
	if (!methodsOf(access.provider).includes(order.method))
		throw new ProviderError('refused', `${server.name} trains with examples only.`);
	try {
		const job = await act(access, server, async (options) =>
			numbered(await clientOf(access).fineTuning.jobs.create(bodyOf(order, dialect), options), server)
		);
		const difference = server.isOfficial(access) ? null : differenceIn(dialect, order, job);
		if (difference !== null) await callOff(access, server, job.id, difference);
		return { jobId: job.id };
	} catch (problem) {
		if (problem instanceof ProviderError && problem.kind === 'closed') await removeFiles(access, server, order);
		throw problem;
	}
}

/** What cannot be stopped goes on where the person sees it, and can cancel it. */
async function callOff(access: Access, server: Server, jobId: string, difference: string): Promise<void> {
	try {
		await cancelJob(access, server, jobId);
	} catch (problem) {
		if (problem instanceof ProviderError) return;
		throw problem;
	}
	throw new ProviderError(
		'refused',
		`${server.name} took the order with other settings. ${difference} It was cancelled before it trained.`,
		{ detail: difference }
	);
}

/** Nothing will ever be trained with them, so they do not stay with the provider. */
async function removeFiles(access: Access, server: Server, order: TrainingOrder): Promise<void> {
	const ids = [order.trainingFileId, order.validationFileId].filter((id) => id !== null);
	await Promise.allSettled(
		ids.map((id) => ask(access, server, (options) => clientOf(access).files.delete(id, options)))
	);
}
