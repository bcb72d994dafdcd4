import { type SandboxModel, catalogue } from './catalogue.ts';
import { dropJob, isReady, jobsOf } from './jobs.ts';
import { baseReference, publicProject, weightsOf } from './project-models.ts';
import { refuseOldWay } from './together-files.ts';
import { tunedName } from './openai-jobs.ts';
import { iso, seconds } from './values.ts';
import { type Call, Refusal, type Reply, cursorPage } from './wire.ts';

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
		...(model.trait === 'not-serverless' ? [] : ['PRODUCT_SERVERLESS'])
	],
	contextLength: String(model.contextTokens),
	capabilities: ['CAPABILITY_CHAT'],
	features: model.trait === 'thinks' ? ['FEATURE_REASONING'] : [],
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
					model: baseReference(model),
					certifiedModelRevisionId: '',
					performanceBenchmarks: {},
					modelName: model.id,
					parallelism: 'TP1',
					quantization: 'none'
				}
			]
		: []
});

/** On which hardware a model runs. */
const configShown = (model: SandboxModel, reference: string) => ({
	id: configOf(model),
	projectId: publicProject,
	referenceModel: reference,
	referenceModelId: reference.split('/').at(-1),
	selectors: [
		{ key: 'accelerator_type', value: hardware.gpuType },
		{ key: 'accelerator_count', value: String(hardware.gpuCount) }
	],
	certifications: []
});

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

	/** Since the third version what belongs together stands together. */
	whoamiNested: ({ account }: Call): Reply => ({
		json: {
			type: 'project_api_key',
			api_key: { id: `key_${account.id}` },
			organization: { id: `org_${account.id}`, name: 'Sandbox' },
			project: { id: account.project, name: 'Sandbox', slug: account.slug }
		}
	}),

	projects: ({ account }: Call): Reply => ({
		json: { object: 'list', data: [{ id: account.project, name: 'Sandbox', slug: account.slug }] }
	}),

	whoami(call: Call): Reply {
		refuseOldWay(call);
		const { account } = call;
		return {
			json: {
				api_key_id: `key_${account.id}`,
				organization_id: `org_${account.id}`,
				organization_name: 'Sandbox',
				project_id: account.project,
				project_name: 'Sandbox',
				project_slug: account.slug,
				user_id: account.id
			}
		};
	},

	supported(call: Call): Reply {
		const product = call.query.get('product');
		const models = catalogue.map(supported).filter((model) => !product || model.products.includes(product));
		return cursorPage(call, models);
	},

	oneSupported(call: Call): Reply {
		const model = catalogue.map(supported).find(({ id, name }) => id === call.params.id || name === call.params.id);
		if (!model) throw new Refusal(404, 'There is no such model.', { code: 'model_not_found' });
		return { json: model };
	},

	oneHardware(call: Call): Reply {
		if (call.params.id !== hardware.id) throw new Refusal(404, 'There is no such hardware.');
		return { json: hardware };
	},

	hardware: (): Reply => ({ json: { object: 'list', data: [hardware] } }),

	oneConfig(call: Call): Reply {
		const model = catalogue.find((each) => configOf(each) === call.params.id);
		if (!model) throw new Refusal(404, 'There is no such configuration.');
		return { json: configShown(model, baseReference(model)) };
	},

	/** The configurations on which a tuned model can run; an empty list means that it can not be deployed. */
	configs(call: Call): Reply {
		const reference = call.query.get('referenceModel') ?? call.query.get('referenceModelId') ?? '';
		const weights = weightsOf(call, reference);
		if (!weights || !isServable(weights.base)) return cursorPage(call, []);
		return cursorPage(call, [configShown(weights.base, reference)]);
	}
};

const dayIn = (nowMs: number, days: number) => iso(nowMs + days * 86_400_000).slice(0, 10);

const known = (call: Call) => {
	const base = catalogue.map((model) => ({
		id: model.id,
		object: 'model',
		created: seconds(model.createdAtMs),
		owned_by: 'system',
		shutdown_date: model.trait === 'retires' ? dayIn(call.sandbox.now(), 20) : null
	}));
	const tuned = jobsOf(call, 'openai')
		.filter((job) => isReady(call, job))
		.map((job) => ({
			id: tunedName(job),
			object: 'model',
			created: seconds(job.createdAtMs),
			owned_by: 'org-sandbox'
		}));
	return [...base, ...tuned];
};

export const openaiModels = {
	list: (call: Call): Reply => ({ json: { object: 'list', data: known(call) } }),

	retrieve(call: Call): Reply {
		const model = known(call).find(({ id }) => id === call.params.id);
		if (!model) throw new Refusal(404, 'There is no such model.', { code: 'model_not_found' });
		return { json: model };
	},

	remove(call: Call): Reply {
		const job = jobsOf(call, 'openai').find((each) => tunedName(each) === call.params.id);
		if (!job) throw new Refusal(404, 'There is no such model.', { code: 'model_not_found' });
		dropJob(call, job);
		return { json: { id: call.params.id, object: 'model', deleted: true } };
	}
};
