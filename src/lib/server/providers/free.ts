import type { BaseModel, Provider } from './provider.ts';

const freeModel = (model: BaseModel): BaseModel => ({
	...model,
	trainingCentsPerMillion: 0,
	answerPrice: { prompt: 0, completion: 0 },
	...(model.deployedCentsPerHour != null && { deployedCentsPerHour: 0 })
});

/** The built-in sandbox plays a provider to its prices. Nobody pays them, so nobody is shown any. */
export const free = (provider: Provider): Provider => ({
	...provider,
	models: async (access) => (await provider.models(access)).map(freeModel),
	model: async (access, id) => {
		const model = await provider.model(access, id);
		return model && freeModel(model);
	},
	estimate: async (access, order) => {
		const estimate = await provider.estimate(access, order);
		return estimate && { ...estimate, cents: 0 };
	},
	report: async (access, jobId) => ({ ...(await provider.report(access, jobId)), costCents: 0 }),
	deployable: async (access, weights) => ({ ...(await provider.deployable(access, weights)), centsPerHour: 0 })
});
