import type { FineTuningCreateParams } from 'together-ai/resources/fine-tuning';
import { type Place, act, ask, orNull } from '../call.ts';
import type { Access, CostEstimate, CountedRows, TrainingOrder } from '../provider.ts';
import { clientsOf } from './client.ts';
import { numbered, unreadable } from '../unreadable.ts';

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

const methodOf = ({ method, recipe }: Omit<TrainingOrder, 'mark'>) =>
	method === 'dpo' ? ({ method, dpo_beta: recipe.beta } as const) : ({ method, train_on_inputs: 'auto' } as const);

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
				training_method: methodOf(order),
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

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Its tokenizer and its context, for the first rows of a file that it has accepted. Preferences are not counted there. */
export async function countRows(
	access: Access,
	place: Place,
	{ model, method, trainingFileId }: Pick<TrainingOrder, 'model' | 'method' | 'trainingFileId'>,
	most: number
): Promise<CountedRows | null> {
	if (method !== 'sft') return null;
	const answer = await orNull(
		ask(access, place, (options) =>
			clientsOf(access).v1.fineTuning.preview(
				{ model, training_file: trainingFileId, top_k: most, training_method: 'sft' },
				options
			)
		)
	);
	if (!answer) return null;
	const { max_seq_length: contextTokens, rows } = answer;
	if (!isCount(contextTokens) || !Array.isArray(rows)) throw unreadable(place);
	if (rows.length === 0) return null;
	const counted = rows
		.slice(0, most)
		.map(({ num_tokens: tokens, truncated }) => ({ tokens, isCut: truncated === true }));
	if (!counted.every(({ tokens }) => isCount(tokens))) throw unreadable(place);
	return { contextTokens, rows: counted };
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
		training_method: methodOf(order),
		training_type: loraOf(order),
		random_seed: order.seed,
		suffix: order.mark
	};
	const job = await act(access, place, async (options) =>
		numbered(await clientsOf(access).v1.fineTuning.create(body, options), place)
	);
	return { jobId: job.id };
}
