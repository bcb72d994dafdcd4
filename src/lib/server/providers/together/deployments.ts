import { setTimeout as wait } from 'node:timers/promises';
import type { Endpoint, EndpointDeployment } from 'together-ai/resources/beta/endpoints/endpoints';
import { type Place, ask, orNull } from '../call.ts';
import type { Access, Deployed, Deployment, DeploymentState } from '../provider.ts';
import { ProviderError } from '../errors.ts';
import { all, clientsOf, projectOf } from './client.ts';

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
const stateIn = (state: string): DeploymentState => {
	const word = state.replace('DEPLOYMENT_STATE_', '');
	return Object.hasOwn(states, word) ? states[word as keyof typeof states] : 'starting';
};
export const stateOf = ({ status }: EndpointDeployment): DeploymentState => stateIn(status.state);

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

/** The mark in the name of an endpoint of ours, `<project>/aitelier-<mark>`; null for one that somebody else has made. */
const markIn = (name: string): string | null => {
	const bare = name.slice(name.lastIndexOf('/') + 1);
	return bare.startsWith(ours) ? bare.slice(ours.length) : null;
};

/** What is deployed under names of ours in the project of this key, each deployment by itself. */
export async function listDeployed(access: Access, place: Place): Promise<Deployed[]> {
	const { id: projectId } = await projectOf(access, place);
	const endpoints = await ask(access, place, (options) =>
		all<Endpoint>(clientsOf(access).v2.beta.endpoints.list({ projectId, limit: 100 }, options), place)
	);
	return endpoints.flatMap(({ id: endpointId, name: callAs, createdAt, deployments }) => {
		const mark = markIn(callAs);
		const since = new Date(createdAt);
		const about = { mark: mark ?? '', createdAt: Number.isNaN(since.getTime()) ? null : since };
		return (mark === null ? [] : (deployments ?? [])).map(({ id: deploymentId, state }) => ({
			...about,
			deployment: { endpointId, deploymentId, projectId, callAs },
			isStopped: stateIn(String(state)) === 'stopped'
		}));
	});
}
