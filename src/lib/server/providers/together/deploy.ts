import type { Endpoint } from 'together-ai/resources/beta/endpoints/endpoints';
import { type Place, act, ask, orNull } from '../call.ts';
import { ProviderError } from '../errors.ts';
import type { Access, Deployment, Weights } from '../provider.ts';
import { numbered } from '../unreadable.ts';
import { all, clientsOf, projectOf } from './client.ts';
import { nameFor, route, stateOf } from './deployments.ts';
import { type Placing, placingOf, reasonFor } from './hardware.ts';

/**
 * Without a question for so long Together itself stops it: a worker of ours that died, or a database that was lost, leaves no bill
 * that grows for ever. Longer than any start and any idle time of ours; the types do not know the field yet.
 */
const inactiveMinutes = 60;

/**
 * Endpoint, deployment, traffic, in this order, each found by its name before it is created: after a lost answer the
 * same call goes on where the last one ended. Looked for before anything else can refuse: what exists may be billed.
 */
export async function startDeployment(
	access: Access,
	place: Place,
	weights: Weights,
	mark: string
): Promise<Deployment> {
	const { beta } = clientsOf(access).v2;
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
	const placing = found ? null : await placingFor(access, place, { projectId, weights, endpoint: known });
	const endpoint =
		known ??
		(await act(access, place, async (options) =>
			numbered(await beta.endpoints.create({ projectId, name }, options), place)
		));

	const autoscaling = { minReplicas: 1, maxReplicas: 1 };
	const running = { autoscaling, inactiveTimeout: inactiveMinutes };
	const deployment =
		found ??
		(await act(access, place, async (options) => {
			const { model, config } = placing!;
			const wish = { projectId, name, model, config, ...running };
			return numbered(await beta.endpoints.deployments.create(endpoint.id, wish, options), place);
		}));
	if (found && ['stopping', 'stopped'].includes(stateOf(found))) {
		await act(access, place, (options) =>
			beta.endpoints.deployments.update(found.id, { projectId, endpointId: endpoint.id, ...running }, options)
		);
	}

	const isRouted = endpoint.trafficSplit.some((each) => each.deploymentId === deployment.id && each.weight > 0);
	if (!isRouted) await route(access, place, { projectId, endpointId: endpoint.id, deploymentId: deployment.id }, 1);
	const callAs = endpoint.name.includes('/') ? endpoint.name : `${project.slug}/${endpoint.name}`;
	return { endpointId: endpoint.id, deploymentId: deployment.id, projectId, callAs };
}

/** Where a new deployment runs. Where nothing offers itself, the empty endpoint of an earlier try does not stay. */
async function placingFor(
	access: Access,
	place: Place,
	{ projectId, weights, endpoint }: { projectId: string; weights: Weights; endpoint: Endpoint | undefined }
): Promise<Placing> {
	const placing = await placingOf(access, place, projectId, weights);
	if (placing) return placing;
	if (endpoint) {
		const { endpoints } = clientsOf(access).v2.beta;
		await orNull(ask(access, place, (options) => endpoints.delete(endpoint.id, { projectId }, options)));
	}
	throw new ProviderError('refused', reasonFor(weights));
}
