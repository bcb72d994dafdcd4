import { enteredFor, trainingPriceOf } from '../../core/connections/prices.ts';
import type { Access, BaseModel, Provider } from './provider.ts';

/** A model with the price that its team knows: entered with the connection, told by the provider, or once published. */
const pricedModel = ({ provider, prices }: Access, model: BaseModel): BaseModel => {
	const entered = prices && enteredFor(prices, model.id);
	const about = { provider, model: model.id, entered, told: model.trainingCentsPerMillion };
	const { centsPerMillion, minimumCents, priceNote } = trainingPriceOf({ ...about, method: 'sft' });
	const { prompt = null, completion = null } = entered ?? {};
	return {
		...model,
		...(model.trainable && {
			trainingCentsPerMillion: centsPerMillion,
			minimumCents,
			priceNote,
			preferencesCentsPerMillion: trainingPriceOf({ ...about, method: 'dpo' }).centsPerMillion
		}),
		...(prompt !== null && completion !== null && { answerPrice: { prompt, completion } })
	};
};

/** A provider whose models carry every price that is known here. */
export const priced = (provider: Provider): Provider => ({
	...provider,
	models: async (access) => (await provider.models(access)).map((model) => pricedModel(access, model)),
	model: async (access, id) => {
		const model = await provider.model(access, id);
		return model && pricedModel(access, model);
	}
});
