import type { Config } from 'together-ai/resources/beta/models/configs';
import { type Place, ask } from '../call.ts';
import type { Access } from '../provider.ts';
import { all, clientsOf, projectOf } from './client.ts';

/** The configurations on which a model can run; none means that it can not be deployed. */
export const configsFor = (access: Access, place: Place, projectId: string, modelObject: string): Promise<Config[]> =>
	ask(access, place, (options) =>
		all(
			clientsOf(access).v2.beta.models.configs.list(
				{ projectId, referenceModel: `projects/${projectId}/models/${modelObject}` },
				options
			),
			place
		)
	);

export const reasonNot =
	'This model can be trained, but Together offers no hardware on which it could run. Choose another base model.';

/** The selector of a configuration, whatever of the seen spellings its key has. */
const selected = (config: Config, key: RegExp) => config.selectors.find((each) => key.test(each.key))?.value;

/** Whether a tuned model can be deployed, and the lowest price of an hour on hardware that suits it. */
export async function readDeployability(access: Access, place: Place, modelObject: string) {
	const project = await projectOf(access, place);
	const [config] = await configsFor(access, place, project.id, modelObject);
	if (!config) return { ok: false, centsPerHour: null, reason: reasonNot };
	const { data } = await ask(access, place, (options) => clientsOf(access).v2.beta.endpoints.hardware.list(options));
	const type = selected(config, /accelerator_?type|gpu_?type/i)?.toLowerCase();
	const count = Number(selected(config, /accelerator_?count|gpu_?count/i) ?? 1);
	const fitting = data.filter((each) => type?.includes(each.gpuType.toLowerCase()) && each.gpuCount === count);
	const prices = fitting.map((each) => each.priceCentsPerHour);
	return { ok: true, centsPerHour: prices.length ? Math.min(...prices) : null };
}
