import { type Place, ask, orNull } from '../call.ts';
import type { Access, BaseModel, TrainingLimits } from '../provider.ts';
import { all, clientsOf } from './client.ts';
import { readBasePrice } from './hardware.ts';

/**
 * Everything Together runs, with what its lists say: trainable, deployable (with a certified profile), recommended. A
 * tunable model without an entry may be deployable or not. Its list of prices says 0 for training; only the sandbox's is true.
 */
export async function listModels(access: Access, place: Place): Promise<BaseModel[]> {
	const { v1, v2 } = clientsOf(access);
	const [running, tunableIds, offered] = await Promise.all([
		ask(access, place, (options) => v1.models.list({}, options)),
		orNull(ask(access, place, (options) => v1.get<{ models?: string[] }>('/fine-tunes/models/supported', options))),
		orNull(
			ask(access, place, (options) =>
				all(v2.beta.models.listSupported({ product: 'PRODUCT_FINE_TUNING', limit: 100 }, options), place)
			)
		)
	]);
	const known = new Map(running.map((model) => [model.id, model]));
	const offers = new Map(offered?.map((model) => [model.name, model]));
	const trainable = new Set([...(tunableIds?.models ?? []), ...offers.keys()]);
	const chatting = running
		.filter((model) => ['chat', 'language', 'code'].includes(model.type))
		.map((model) => model.id);

	return [...new Set([...chatting, ...trainable])].map((id) => {
		const model = known.get(id);
		const offer = offers.get(id);
		const dollars = access.provider === 'sandbox' ? model?.pricing?.finetune : undefined;
		return {
			id,
			name: offer?.displayName || model?.display_name || id,
			trainable: trainable.has(id),
			servable: offer ? offer.products.includes('PRODUCT_DEDICATED') && offer.deploymentProfiles.length > 0 : null,
			contextTokens: Number(offer?.contextLength) || model?.context_length || null,
			trainingCentsPerMillion: dollars ? dollars * 100 : null,
			thinks: offer?.features?.includes('FEATURE_REASONING') ?? false,
			...(offer ? { answersAtOnce: offer.products.includes('PRODUCT_SERVERLESS') } : {}),
			answerPrice: priceOf(model?.pricing),
			recommended: offer?.status === 'SUPPORTED_MODEL_STATUS_RECOMMENDED' && trainable.has(id)
		};
	});
}

const adapterNote = 'What comes out is an adapter, which is merged into its base when it is deployed.';

/** Its list says dollars per million tokens; a model that is only trained has no price there. */
const priceOf = (pricing: { input: number; output: number } | undefined) =>
	pricing && pricing.input + pricing.output > 0
		? { prompt: pricing.input * 100, completion: pricing.output * 100 }
		: null;

/** One model; whether it can be trained, and within which limits, is asked for it alone. */
export async function readModel(access: Access, place: Place, id: string): Promise<BaseModel | null> {
	const [models, limits] = await Promise.all([listModels(access, place), readLimits(access, place, id)]);
	const known = models.find((model) => model.id === id);
	if (!known) return null;
	const contextTokens = limits?.contextTokens ?? known.contextTokens;
	const note = limits?.isMerged === false ? adapterNote : null;
	return {
		...known,
		...(known.answersAtOnce === false && { deployedCentsPerHour: await readBasePrice(access, place, id) }),
		trainable: limits !== null,
		contextTokens,
		limits: limits?.recipe ?? null,
		...(limits && { withPreferences: limits.withPreferences }),
		note
	};
}

/** A limit that is no number (`max`) is none. */
const limit = (name: keyof TrainingLimits, least: unknown, most: unknown): TrainingLimits =>
	typeof least === 'number' && typeof most === 'number' && least <= most ? { [name]: [least, most] } : {};

/** 404 means that the model can not be trained. */
async function readLimits(
	access: Access,
	place: Place,
	model_name: string
): Promise<{
	contextTokens: number;
	isMerged: boolean;
	recipe: TrainingLimits;
	withPreferences: NonNullable<BaseModel['withPreferences']>;
} | null> {
	const limits = await orNull(
		ask(access, place, (options) => clientsOf(access).v1.fineTuning.modelLimits({ model_name }, options))
	);
	if (!limits) return null;
	const { lora_training: lora } = limits;
	const recipe = (mostInBatch: unknown): TrainingLimits => ({
		...limit('epochs', 1, limits.max_num_epochs),
		...limit('batchSize', lora.min_batch_size, mostInBatch),
		...limit('learningRate', limits.min_learning_rate, limits.max_learning_rate),
		...limit('loraRank', 1, lora.max_rank)
	});
	return {
		contextTokens: limits.max_seq_length_sft,
		isMerged: limits.merge_output_lora,
		recipe: recipe(lora.max_batch_size),
		withPreferences: {
			contextTokens: limits.max_seq_length_dpo ?? null,
			limits: recipe(lora.max_batch_size_dpo)
		}
	};
}
