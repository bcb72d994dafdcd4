import { type SandboxModel, catalogue, modelOf } from './catalogue.ts';
import { isReady, jobsOf } from './jobs.ts';
import type { Job } from './timeline.ts';
import { iso } from './values.ts';
import { type Call, Refusal, type Reply, cursorPage } from './wire.ts';

/** Of the provider itself: base models, and configurations for everybody. */
export const publicProject = 'proj_public';

/** What is deployed: what a job gave, or a base model as it is. */
export type Weights = { base: SandboxModel; job: Job | null };

const basePart = 'base_';
const adapterPart = '_adapter';

/** The number of a base model, of what a job made of one, and of its adapter alone. */
export const numberOf = ({ base, job }: Weights) => `ml_${job ? job.id.slice(3) : `${basePart}${base.id}`}`;
export const adapterNumberOf = (job: Job) => `ml_${job.id.slice(3)}${adapterPart}`;

/** Under which name the provider itself keeps the weights of a base model. */
export const baseReference = (base: SandboxModel) =>
	`projects/${publicProject}/models/${numberOf({ base, job: null })}`;

/** What a reference names, `projects/…/models/ml_…`; null where there is nothing of this name. An adapter alone is merged into its base. */
export function weightsOf(call: Call, reference: string): Weights | null {
	const number = /(?:^|models\/)ml_([^/]+)/.exec(reference)?.[1] ?? '';
	if (number.startsWith(basePart)) {
		const base = modelOf(number.slice(basePart.length));
		return base ? { base, job: null } : null;
	}
	const isAdapter = number.endsWith(adapterPart);
	const id = `ft-${isAdapter ? number.slice(0, -adapterPart.length) : number}`;
	const job = jobsOf(call, 'together').find((each) => each.id === id && isReady(call, each));
	const base = job && modelOf(job.model);
	return job && base && (isAdapter || job.trait !== 'adapter-only') ? { base, job } : null;
}

const shown = (call: Call, { base, job }: Weights, isAdapter = false) => ({
	id: job && isAdapter ? adapterNumberOf(job) : numberOf({ base, job }),
	name: job ? `${call.account.slug}/${job.suffix ?? job.id}${isAdapter ? '-adapter' : ''}` : base.id,
	projectId: job ? call.account.project : publicProject,
	organizationId: `org_${call.account.id}`,
	visibility: 'VISIBILITY_PRIVATE',
	weights: {
		type: isAdapter ? 'WEIGHTS_TYPE_ADAPTER' : 'WEIGHTS_TYPE_DEFAULT',
		contextLength: String(base.contextTokens)
	},
	...(job ? { baseModel: baseReference(base), baseModelId: numberOf({ base, job: null }) } : {}),
	createdAt: iso(job ? job.createdAtMs : base.createdAtMs),
	updatedAt: iso(job ? job.createdAtMs : base.createdAtMs)
});

/** What a job leaves in the project: the merged model, where there is one, and the adapter. */
const left = (call: Call, job: Job) => {
	const base = modelOf(job.model)!;
	const adapter = shown(call, { base, job }, true);
	return job.trait === 'adapter-only' ? [adapter] : [shown(call, { base, job }), adapter];
};

const known = (call: Call) => [
	...jobsOf(call, 'together')
		.filter((job) => isReady(call, job) && modelOf(job.model))
		.flatMap((job) => left(call, job)),
	...(call.params.project === publicProject ? catalogue.map((base) => shown(call, { base, job: null })) : [])
];

export const projectModels = {
	list: (call: Call): Reply => cursorPage(call, known(call)),

	retrieve(call: Call): Reply {
		const model = known(call).find(({ id, name }) => id === call.params.id || name === call.params.id);
		if (!model) throw new Refusal(404, 'There is no such model.', { code: 'model_not_found' });
		return { json: model };
	}
};
