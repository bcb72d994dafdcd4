import { type SandboxModel, catalogue, modelOf } from './catalogue.ts';
import { isReady, jobsOf } from './jobs.ts';
import { tunedName } from './openai-jobs.ts';
import { type Call, Refusal, type Reply, iso, seconds } from './wire.ts';

export const hardware = {
	id: 'sandbox-gpu-1',
	name: '1x Sandbox GPU',
	description: 'One pretended GPU.',
	gpuType: 'SANDBOX',
	gpuCount: 1,
	gpuMemoryGib: 80,
	priceCentsPerHour: 399,
	regions: [{ name: 'here', headroom: { relation: 'RELATION_GTE', value: 8 } }]
};

export const publicProject = 'proj_public';
export const configOf = (model: SandboxModel) => `cr_${model.id}`;

const isServable = (model: SandboxModel) => model.trainable && model.trait !== 'not-servable';

const supported = (model: SandboxModel) => ({
	id: `sm_${model.id}`,
	name: model.id,
	displayName: model.name,
	displayType: 'chat',
	publisher: 'aitelier',
	status: model.recommended ? 'SUPPORTED_MODEL_STATUS_RECOMMENDED' : 'SUPPORTED_MODEL_STATUS_SUPPORTED',
	products: [
		...(model.trainable ? ['PRODUCT_FINE_TUNING'] : []),
		...(isServable(model) ? ['PRODUCT_DEDICATED'] : []),
		'PRODUCT_SERVERLESS'
	],
	contextLength: String(model.contextTokens),
	capabilities: ['CAPABILITY_CHAT'],
	features: [],
	baseModel: '',
	baseModelId: '',
	inputModalities: ['MODALITY_TEXT'],
	outputModalities: ['MODALITY_TEXT'],
	createdAt: iso(model.createdAtMs),
	updatedAt: iso(model.createdAtMs),
	deploymentProfiles: isServable(model)
		? [
				{
					profileId: configOf(model),
					certifiedConfigRevisionId: configOf(model),
					config: `projects/${publicProject}/configs/${configOf(model)}`,
					gpuType: hardware.gpuType,
					gpuCount: hardware.gpuCount,
					model: '',
					modelName: model.id,
					parallelism: 'TP1',
					quantization: 'none'
				}
			]
		: []
});

/** A page of a v2 list: `limit` and a cursor that is simply where to go on. */
export function cursorPage<T>(call: Call, items: readonly T[]): Reply {
	const from = Number(call.query.get('after') ?? 0) || 0;
	const limit = Math.max(1, Math.min(Number(call.query.get('limit')) || 50, 200));
	const end = from + limit;
	const more = end < items.length ? { next_cursor: String(end) } : {};
	return { json: { object: 'list', data: items.slice(from, end), ...more } };
}

export const togetherModels = {
	/** A bare array, as at Together. */
	list: (): Reply => ({
		json: catalogue.map((model) => ({
			id: model.id,
			object: 'model',
			created: seconds(model.createdAtMs),
			type: 'chat',
			display_name: model.name,
			organization: 'aitelier',
			context_length: model.contextTokens,
			pricing: { base: 0, hourly: 0, input: 0, output: 0, finetune: model.trainable ? model.dollarsPerMillion : 0 }
		}))
	}),

	whoami: ({ account }: Call): Reply => ({
		json: {
			api_key_id: `key_${account.id}`,
			organization_id: `org_${account.id}`,
			organization_name: 'Sandbox',
			project_id: account.project,
			project_name: 'Sandbox',
			project_slug: account.slug,
			user_id: account.id
		}
	}),

	supported(call: Call): Reply {
		const product = call.query.get('product');
		const models = catalogue.map(supported).filter((model) => !product || model.products.includes(product));
		return cursorPage(call, models);
	},

	hardware: (): Reply => ({ json: { object: 'list', data: [hardware] } }),

	/** The configurations on which a tuned model can run; an empty list means that it can not be deployed. */
	configs(call: Call): Reply {
		const id = /models\/ml_(.+)$/.exec(call.query.get('referenceModel') ?? '')?.[1];
		const job = jobsOf(call, 'together').find((each) => each.id === `ft-${id}`);
		const model = job && isReady(call, job) ? modelOf(job.model) : undefined;
		if (!model || !isServable(model)) return cursorPage(call, []);
		return cursorPage(call, [
			{
				id: configOf(model),
				projectId: publicProject,
				referenceModel: call.query.get('referenceModel'),
				referenceModelId: `ml_${id}`,
				selectors: [
					{ key: 'accelerator_type', value: hardware.gpuType },
					{ key: 'accelerator_count', value: String(hardware.gpuCount) }
				],
				certifications: []
			}
		]);
	}
};

export const openaiModels = {
	list(call: Call): Reply {
		const base = catalogue.map((model) => ({
			id: model.id,
			object: 'model',
			created: seconds(model.createdAtMs),
			owned_by: 'system',
			shutdown_date: null
		}));
		const tuned = jobsOf(call, 'openai')
			.filter((job) => isReady(call, job))
			.map((job) => ({
				id: tunedName(job),
				object: 'model',
				created: seconds(job.createdAtMs),
				owned_by: 'org-sandbox'
			}));
		return { json: { object: 'list', data: [...base, ...tuned] } };
	},

	remove(call: Call): Reply {
		const job = jobsOf(call, 'openai').find((each) => tunedName(each) === call.params.id);
		if (!job) throw new Refusal(404, 'There is no such model.', { code: 'model_not_found' });
		call.sandbox.store.drop(call.account, 'models', job.id);
		delete call.account.jobs[job.id];
		call.sandbox.store.save(call.account);
		return { json: { id: call.params.id, object: 'model', deleted: true } };
	}
};
