import { setTimeout as wait } from 'node:timers/promises';
import type { Endpoint, EndpointDeployment } from 'together-ai/resources/beta/endpoints/endpoints';
import { type Place, act, ask, orNull } from '../call.ts';
import type { Access, Deployment, DeploymentState } from '../provider.ts';
import { ProviderError } from '../errors.ts';
import { all, doorsOf, projectOf } from './client.ts';
import { configsFor, reasonNot } from './hardware.ts';
import { numbered } from '../unreadable.ts';

/** Endpoints of ours are known by the beginning of their name: by `chat`, and by people who look for strays. */
const ours = 'aitelier-';
const nameFor = (mark: string) => `${ours}${mark.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;

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
const stateOf = ({ status }: EndpointDeployment): DeploymentState => {
	const word = status.state.replace('DEPLOYMENT_STATE_', '');
	return Object.hasOwn(states, word) ? states[word as keyof typeof states] : 'starting';
};

/**
 * Endpoint, deployment, traffic, in this order, each found by its name before it is created: after a lost answer the
 * same call goes on where the last one ended. Looked for before anything else can refuse: what exists may be billed.
 */
export async function startDeployment(
	access: Access,
	place: Place,
	modelObject: string,
	mark: string
): Promise<Deployment> {
	const { beta } = doorsOf(access).v2;
	const project = await projectOf(access, place);
	const projectId = project.id;
	const name = nameFor(mark);
	const isNamed = (each: { name: string }) => each.name === name || each.name.endsWith(`/${name}`);
	const endpoints = await ask(access, place, (options) =>
		all<Endpoint>(beta.endpoints.list({ projectId, limit: 100 }, options), place)
	);
	const known = endpoints.find(isNamed);
	const existing = known
		? await ask(access, place, (options) =>
				all(beta.endpoints.deployments.list(known.id, { projectId }, options), place)
			)
		: [];
	const found = existing.find(isNamed);
	const config = found ? null : await configOf(access, place, { projectId, modelObject, endpoint: known });
	const endpoint =
		known ??
		(await act(access, place, async (options) =>
			numbered(await beta.endpoints.create({ projectId, name }, options), place)
		));

	const autoscaling = { minReplicas: 1, maxReplicas: 1 };
	const deployment =
		found ??
		(await act(access, place, async (options) => {
			const model = `projects/${projectId}/models/${modelObject}`;
			const wish = { projectId, name, model, config: config!, autoscaling };
			return numbered(await beta.endpoints.deployments.create(endpoint.id, wish, options), place);
		}));
	if (found && ['stopping', 'stopped'].includes(stateOf(found))) {
		await act(access, place, (options) =>
			beta.endpoints.deployments.update(found.id, { projectId, endpointId: endpoint.id, autoscaling }, options)
		);
	}

	const isRouted = endpoint.trafficSplit.some((each) => each.deploymentId === deployment.id && each.weight > 0);
	if (!isRouted) await route(access, place, { projectId, endpointId: endpoint.id, deploymentId: deployment.id }, 1);
	const callAs = endpoint.name.includes('/') ? endpoint.name : `${project.slug}/${endpoint.name}`;
	return { endpointId: endpoint.id, deploymentId: deployment.id, projectId, callAs };
}

/** The configuration for a new deployment. Where there is none, the empty endpoint of an earlier try does not stay. */
async function configOf(
	access: Access,
	place: Place,
	{ projectId, modelObject, endpoint }: { projectId: string; modelObject: string; endpoint: Endpoint | undefined }
): Promise<string> {
	const [config] = await configsFor(access, place, projectId, modelObject);
	// public configurations belong to a project of Together's own
	if (config) return `projects/${config.projectId}/configs/${config.id}`;
	if (endpoint) {
		const { endpoints } = doorsOf(access).v2.beta;
		await orNull(ask(access, place, (options) => endpoints.delete(endpoint.id, { projectId }, options)));
	}
	throw new ProviderError('refused', reasonNot);
}

type Ids = Omit<Deployment, 'callAs'>;

/** Without traffic a ready deployment answers 503. An empty list would be refused, so none is weight 0. */
const route = (access: Access, place: Place, { projectId, endpointId, deploymentId }: Ids, weight: number) =>
	ask(access, place, (options) =>
		doorsOf(access).v2.beta.endpoints.update(
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
			doorsOf(access).v2.beta.endpoints.deployments.retrieve(deploymentId, { projectId, endpointId }, options)
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
 * No replicas, then, once it stands still (also for having failed), no traffic, and away with deployment and endpoint. Waits a few seconds for the
 * standstill; where it takes longer, the next call does the rest.
 */
export async function stopDeployment(access: Access, place: Place, ids: Ids): Promise<void> {
	const { projectId, endpointId, deploymentId } = ids;
	const { endpoints } = doorsOf(access).v2.beta;
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
