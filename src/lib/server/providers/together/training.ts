import { setTimeout as wait } from 'node:timers/promises';
import type { FineTuningCreateParams } from 'together-ai/resources/fine-tuning';
import type { FileResponse } from 'together-ai/resources/files';
import { type Place, act, ask } from '../call.ts';
import type { Access, CostEstimate, TrainingFile, TrainingOrder } from '../provider.ts';
import { ProviderError } from '../errors.ts';
import { clientsOf } from './client.ts';
import { numbered } from '../unreadable.ts';

const uploadTimeoutMs = 600_000;
const checkTimeoutMs = 300_000; // how long Together may look at a file
const mostEvals = 10; // every one is billed, and more points do not make the curve clearer

/** Evaluations are off unless asked for, even with a validation file. */
const evalsFor = (order: Omit<TrainingOrder, 'mark'>) =>
	order.validationFileId === null ? 0 : Math.min(mostEvals, Math.max(4, 2 * order.recipe.epochs));

const loraOf = ({ recipe }: Omit<TrainingOrder, 'mark'>) => ({
	type: 'Lora' as const,
	lora_r: recipe.loraRank,
	lora_alpha: recipe.loraAlpha,
	lora_dropout: recipe.loraDropout,
	lora_trainable_modules: 'all-linear'
});

const method = { method: 'sft', train_on_inputs: 'auto' } as const;

/** `files.upload` of the SDK breaks on Node (../README.md), so the form is ours. Only the bare name is sent. */
export async function uploadFile(access: Access, place: Place, file: TrainingFile): Promise<{ fileId: string }> {
	const { v1 } = clientsOf(access);
	const sent = await ask(
		access,
		place,
		async (options) => {
			const body = new FormData();
			body.append('purpose', 'fine-tune');
			body.append('file_name', file.name);
			body.append('file_type', 'jsonl');
			body.append('file', new File([file.body], file.name, { type: 'application/jsonl' }));
			return numbered(await v1.post<FileResponse>('/files/upload', { body, ...options }), place);
		},
		uploadTimeoutMs
	);

	const waiting = AbortSignal.timeout(checkTimeoutMs);
	for (let pauseMs = 100; ; pauseMs = Math.min(pauseMs * 1.5, 3_000)) {
		const now = await ask(access, place, async (options) => numbered(await v1.files.retrieve(sent.id, options), place));
		const { processing_status: status, validation_report: report } = now;
		if (status === 'COMPLETED' || status === undefined) return { fileId: sent.id };
		if (status === 'INVALID_FORMAT' || status === 'FAILED') {
			const why = report?.error ?? 'It gave no reason.';
			throw new ProviderError('refused', `${place.name} does not accept the file ${file.name}. ${why}`, {
				detail: why
			});
		}
		const { signal } = access;
		if (waiting.aborted) {
			throw new ProviderError(
				'down',
				`${place.name} takes unusually long to check the file. Try again in a few minutes.`
			);
		}
		await wait(pauseMs, undefined, signal ? { signal } : {}).catch(() => {
			throw new ProviderError('cut', `The request to ${place.name} was stopped.`);
		});
	}
}

/** What Together itself expects it to cost. `null` while it has not looked at the files yet. */
export async function estimateCost(
	access: Access,
	place: Place,
	order: Omit<TrainingOrder, 'mark'>
): Promise<CostEstimate | null> {
	const answer = await ask(access, place, (options) =>
		clientsOf(access).v1.fineTuning.estimatePrice(
			{
				model: order.model,
				training_file: order.trainingFileId,
				...(order.validationFileId === null ? {} : { validation_file: order.validationFileId }),
				n_epochs: order.recipe.epochs,
				n_evals: evalsFor(order),
				training_method: method,
				training_type: loraOf(order)
			},
			options
		)
	);
	if (!answer.estimation_available || answer.estimated_total_price === undefined) return null;
	return {
		cents: Math.ceil(answer.estimated_total_price * 100 - 1e-6),
		trainTokens: answer.estimated_train_token_count ?? null,
		allowed: answer.allowed_to_proceed ?? true,
		basis: `The estimate of ${place.name} for these files and settings.`
	};
}

/** One order. There is no field for our mark but the suffix, which has at most 40 characters. */
export async function placeOrder(access: Access, place: Place, order: TrainingOrder): Promise<{ jobId: string }> {
	const { recipe } = order;
	const evals = evalsFor(order);
	const body: FineTuningCreateParams = {
		model: order.model,
		training_file: order.trainingFileId,
		...(order.validationFileId === null ? {} : { validation_file: order.validationFileId }),
		n_epochs: recipe.epochs,
		n_evals: evals,
		n_checkpoints: 1,
		batch_size: recipe.batchSize,
		learning_rate: recipe.learningRate,
		warmup_ratio: recipe.warmupRatio,
		lr_scheduler: { lr_scheduler_type: 'cosine', lr_scheduler_args: { min_lr_ratio: 0, num_cycles: 0.5 } },
		training_method: method,
		training_type: loraOf(order),
		random_seed: order.seed,
		suffix: order.mark
	};
	const job = await act(access, place, async (options) =>
		numbered(await clientsOf(access).v1.fineTuning.create(body, options), place)
	);
	return { jobId: job.id };
}
