import { catalogue, modelOf, priceOf } from './catalogue.ts';
import { fileOf, isChecked } from './files.ts';
import { batchLimits, mostEpochs } from './together-jobs.ts';
import { number } from './values.ts';
import { type Call, type Reply, jsonOf } from './wire.ts';

/** What a training would cost, and what it may look like. */
export const togetherOffers = {
	estimate(call: Call): Reply {
		const sent = jsonOf(call);
		const unavailable = (unavailable_reason: string): Reply => ({
			json: { estimation_available: false, unavailable_reason }
		});
		const training = fileOf(call, sent.training_file, 'together');
		const validation = sent.validation_file ? fileOf(call, sent.validation_file, 'together') : null;
		if (!isChecked(call, training)) return unavailable('train_file_not_validated');
		if (training.problem) return unavailable('train_file_invalid');
		if (validation?.problem) return unavailable('eval_file_invalid');
		const epochs = number(sent.n_epochs) ?? 1;
		const evals = number(sent.n_evals) ?? 0;
		const model = modelOf(sent.model) ?? catalogue[0]!;
		const tokens = { trainTokens: training.tokens, validationTokens: validation?.tokens ?? 0 };
		return {
			json: {
				estimation_available: true,
				estimated_total_price: priceOf(model, { epochs, evals, ...tokens }),
				estimated_train_token_count: epochs * tokens.trainTokens,
				estimated_eval_token_count: evals * tokens.validationTokens,
				allowed_to_proceed: !call.key.includes('broke'),
				user_limit: 100
			}
		};
	},

	limits(call: Call): Reply {
		const model = modelOf(call.query.get('model_name'));
		if (!model?.trainable) return { status: 404, json: { message: 'This model can not be trained.' } };
		const [least, most] = batchLimits(model);
		const batches = { min_batch_size: least, max_batch_size: most, max_batch_size_dpo: most };
		return {
			json: {
				model_name: model.id,
				max_num_epochs: mostEpochs,
				max_num_evals: 100,
				max_num_checkpoints: 10,
				min_learning_rate: 1e-8,
				max_learning_rate: 1,
				default_gradient_accumulation_steps: 1,
				min_max_seq_length: 256,
				max_seq_length_sft: model.contextTokens,
				max_seq_length_dpo: model.contextTokens / 2,
				merge_output_lora: model.trait !== 'adapter-only',
				supports_full_training: false,
				supports_tools: true,
				supports_vision: false,
				supports_reasoning: model.trait === 'thinks',
				lora_training: {
					...batches,
					max_rank: 64,
					default_rank: 16,
					target_modules: ['q_proj', 'k_proj', 'v_proj', 'o_proj']
				}
			}
		};
	},

	supported: (): Reply => ({ json: { models: catalogue.filter((model) => model.trainable).map((model) => model.id) } })
};
