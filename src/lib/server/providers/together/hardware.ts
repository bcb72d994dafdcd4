import type { Config } from 'together-ai/resources/beta/models/configs';
import type { SupportedModel, SupportedModelDeploymentProfile } from 'together-ai/resources/beta/models/models';
import { type Place, ask } from '../call.ts';
import type { Access, Weights } from '../provider.ts';
import { all, clientsOf, projectOf } from './client.ts';

/** A kind of machine: the word for its graphics processor, in small letters, and how many it has. */
type Hardware = { type: string | undefined; count: number };

/** What a deployment names: the model and the configuration on which it runs, and the machine that this is. */
export type Placing = { model: string; config: string; hardware: Hardware };

export const reasonNot =
	'This model can be trained, but Together offers no hardware on which it could run. Choose another base model.';
const reasonNotBase = (base: string) =>
	`Together offers no hardware on which the base model ${base} could run as it is, so nothing can be compared with it.`;

/** Why weights cannot run, in a sentence. */
export const reasonFor = ({ base }: Weights): string => (base ? reasonNotBase(base) : reasonNot);

/** The selector of a configuration, whatever of the seen spellings its key has. */
const selected = (config: Config, key: RegExp) => config.selectors.find((each) => key.test(each.key))?.value;

const hardwareOf = (config: Config): Hardware => ({
	type: selected(config, /accelerator_?type|gpu_?type/i)?.toLowerCase(),
	count: Number(selected(config, /accelerator_?count|gpu_?count/i) ?? 1)
});

const isOn = ({ type, count }: Hardware, each: { gpuType: string; gpuCount: number }): boolean =>
	type?.includes(each.gpuType.toLowerCase()) === true && each.gpuCount === count;

/** The configuration of a tuned model; null where there is none, and it cannot be deployed. */
async function placeTuned(
	access: Access,
	place: Place,
	projectId: string,
	modelObject: string
): Promise<Placing | null> {
	const model = `projects/${projectId}/models/${modelObject}`;
	const { configs } = clientsOf(access).v2.beta.models;
	const [config] = await ask(access, place, (options) =>
		all<Config>(configs.list({ projectId, referenceModel: model }, options), place)
	);
	// public configurations belong to a project of Together's own
	return config
		? { model, config: `projects/${config.projectId}/configs/${config.id}`, hardware: hardwareOf(config) }
		: null;
}

/** On what a base can be deployed as it is. */
async function profilesOf(access: Access, place: Place, base: string): Promise<SupportedModelDeploymentProfile[]> {
	const { models } = clientsOf(access).v2.beta;
	const offers = await ask(access, place, (options) =>
		all<SupportedModel>(models.listSupported({ product: 'PRODUCT_DEDICATED', limit: 100 }, options), place)
	);
	const { deploymentProfiles = [] } = offers.find(({ name }) => name === base) ?? {};
	return deploymentProfiles.filter(({ model, config }) => model && config);
}

/** The profile of a base, on the machine of its tuned model where it has one there. */
async function placeBase(access: Access, place: Place, base: string, tuned: Placing | null): Promise<Placing | null> {
	const profiles = await profilesOf(access, place, base);
	const profile = profiles.find((each) => tuned && isOn(tuned.hardware, each)) ?? profiles[0];
	if (!profile) return null;
	const hardware = { type: profile.gpuType.toLowerCase(), count: profile.gpuCount };
	return { model: profile.model, config: profile.config, hardware };
}

/** Where weights run; null where nothing offers itself. */
export async function placingOf(
	access: Access,
	place: Place,
	projectId: string,
	{ modelObject, base }: Weights
): Promise<Placing | null> {
	const tuned = await placeTuned(access, place, projectId, modelObject);
	return base ? placeBase(access, place, base, tuned) : tuned;
}

/** The lowest price of an hour on such a machine, in cents; null where none is named. */
export async function priceOn(access: Access, place: Place, hardware: Hardware): Promise<number | null> {
	const { data } = await ask(access, place, (options) => clientsOf(access).v2.beta.endpoints.hardware.list(options));
	const prices = data.filter((each) => isOn(hardware, each)).map((each) => each.priceCentsPerHour);
	return prices.length > 0 ? Math.min(...prices) : null;
}

/** Whether weights can be deployed, and the lowest price of an hour on hardware that suits them. */
export async function readDeployability(access: Access, place: Place, weights: Weights) {
	const { id } = await projectOf(access, place);
	const placing = await placingOf(access, place, id, weights);
	if (!placing) return { ok: false, centsPerHour: null, reason: reasonFor(weights) };
	return { ok: true, centsPerHour: await priceOn(access, place, placing.hardware) };
}

/** What an hour of a base costs where it has to be deployed to answer, in cents; null where it cannot be, or has no price. */
export async function readBasePrice(access: Access, place: Place, base: string): Promise<number | null> {
	const [profile] = await profilesOf(access, place, base);
	return profile ? priceOn(access, place, { type: profile.gpuType.toLowerCase(), count: profile.gpuCount }) : null;
}
