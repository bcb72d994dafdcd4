import { setTimeout as wait } from 'node:timers/promises';
import type { EndpointDeployment } from 'together-ai/resources/beta/endpoints/endpoints';
import { type Place, ask, orNull } from '../call.ts';
import type { Access, Deployment, DeploymentState } from '../provider.ts';
import { ProviderError } from '../errors.ts';
import { clientsOf, projectOf } from './client.ts';

/** Endpoints of ours are known by the beginning of their name: by `chat`, and by people who look for strays. */
const ours = 'aitelier-';

/** The name of what is deployed under our mark. */
export const nameFor = (mark: string) => `${ours}${mark.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;

/** Whether a model's name is that of an endpoint of ours, which answers on the inference host. */
export const isEndpoint = (model: string) => model.includes(`/${ours}`);

const states = {
	PROVISIONING: 'starting',
	SCALING: 'starting',
	READY: 'ready',
	DEGRADED: 'ready',
	STOPPING: 'stopping',
	STOPPED: 'stopped',
	FAILED: 'failed'
} as const satisfies Record<string, DeploymentState>;

/** A word we do not know is taken for a start that goes on: whoever waits gives up after a time of their own. */
export const stateOf = ({ status }: EndpointDeployment): DeploymentState => {
	const word = status.state.replace('DEPLOYMENT_STATE_', '');
	return Object.hasOwn(states, word) ? states[word as keyof typeof states] : 'starting';
};

type Ids = Omit<Deployment, 'callAs'>;

/** Without traffic a ready deployment answers 503. An empty list would be refused, so none is weight 0. */
export const route = (access: Access, place: Place, { projectId, endpointId, deploymentId }: Ids, weight: number) =>
	ask(access, place, (options) =>
		clientsOf(access).v2.beta.endpoints.update(
			endpointId,
			{ projectId, trafficSplit: [{ deploymentId, weight }] },
			options
		)
	);

/** Null only when it is certain to be gone: to the key of another account everything of ours looks as if it were. */
async function look(
	access: Access,
	place: Place,
	{ projectId, endpointId, deploymentId }: Ids
): Promise<EndpointDeployment | null> {
	const deployment = await orNull(
		ask(access, place, (options) =>
			clientsOf(access).v2.beta.endpoints.deployments.retrieve(deploymentId, { projectId, endpointId }, options)
		)
	);
	if (deployment || (await projectOf(access, place)).id === projectId) return deployment;
	throw new ProviderError(
		'key',
		'This key belongs to another account than the running model. Enter the key with which it was started, so that it can be stopped.',
		{ keyIsGood: true }
	);
}

/** One that does not exist any more has been stopped and removed. */
export async function readState(access: Access, place: Place, ids: Ids): Promise<DeploymentState> {
	const deployment = await look(access, place, ids);
	return deployment ? stateOf(deployment) : 'stopped';
}

const standsStill = (deployment: EndpointDeployment) => ['stopped', 'failed'].includes(stateOf(deployment));

/**
 * No replicas, then, once it stands still (also for having failed), no traffic, and away with deployment and endpoint. Waits
 * a few seconds for the standstill; where it takes longer, the next call does the rest.
 */
export async function stopDeployment(access: Access, place: Place, ids: Ids): Promise<void> {
	const { projectId, endpointId, deploymentId } = ids;
	const { endpoints } = clientsOf(access).v2.beta;
	let deployment = await look(access, place, ids);
	if (deployment) {
		if (!['stopping', 'stopped'].includes(stateOf(deployment))) {
			const autoscaling = { minReplicas: 0, maxReplicas: 0 };
			await ask(access, place, (options) =>
				endpoints.deployments.update(deploymentId, { projectId, endpointId, autoscaling }, options)
			);
		}
		for (let pauseMs = 150; deployment && !standsStill(deployment) && pauseMs < 3_000; pauseMs *= 2) {
			await wait(pauseMs);
			deployment = await look(access, place, ids);
		}
		if (deployment && !standsStill(deployment)) return;
		await orNull(route(access, place, ids, 0));
		await orNull(
			ask(access, place, (options) => endpoints.deployments.delete(deploymentId, { projectId, endpointId }, options))
		);
	}
	await orNull(ask(access, place, (options) => endpoints.delete(endpointId, { projectId }, options)));
}
