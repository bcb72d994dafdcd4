import { modelOf } from './catalogue.ts';
import { newId } from './files.ts';
import { isReady, jobsOf } from './jobs.ts';
import { configOf, cursorPage, hardware } from './models.ts';
import type { Job } from './timeline.ts';
import { type Call, Refusal, type Reply, iso, jsonOf, number, record, text } from './wire.ts';

export type Deployment = {
	id: string;
	name: string;
	jobId: string;
	config: string;
	replicas: number;
	createdAtMs: number;
	/** When the number of replicas was last changed. */
	changedAtMs: number;
};
export type Endpoint = {
	id: string;
	name: string;
	createdAtMs: number;
	split: { deploymentId: string; weight: number }[];
	deployments: Record<string, Deployment>;
};

const startMs = 3_000;
const stopMs = 1_500;

type State = 'PROVISIONING' | 'READY' | 'STOPPING' | 'STOPPED' | 'FAILED';

/** Where a deployment stands follows from the clock, like a job. One that has failed stays so, whatever is asked of it. */
export function stateOf(call: Call, deployment: Deployment): State {
	const now = call.sandbox.now();
	const isBroken = call.account.jobs[deployment.jobId]?.trait === 'deploy-fails';
	if (isBroken && (now - deployment.createdAtMs) * call.sandbox.speed >= startMs) return 'FAILED';
	const since = (now - deployment.changedAtMs) * call.sandbox.speed;
	if (deployment.replicas > 0) return since < startMs ? 'PROVISIONING' : 'READY';
	return since < stopMs ? 'STOPPING' : 'STOPPED';
}

/** The endpoint a path names, in the project of this key. */
export function endpointOf(call: Call): Endpoint {
	if (call.params.project !== call.account.project) throw new Refusal(404, 'There is no such project.');
	const endpoint = call.account.endpoints[call.params.endpoint ?? ''];
	if (!endpoint) throw new Refusal(404, 'There is no such endpoint.', { code: 'endpoint_not_found' });
	return endpoint;
}

function deploymentOf(call: Call): { endpoint: Endpoint; deployment: Deployment } {
	const endpoint = endpointOf(call);
	const deployment = endpoint.deployments[call.params.deployment ?? ''];
	if (!deployment) throw new Refusal(404, 'There is no such deployment.', { code: 'deployment_not_found' });
	return { endpoint, deployment };
}

export const scaling = ({ replicas }: Deployment) => ({ minReplicas: replicas, maxReplicas: replicas });

const deploymentShown = (call: Call, endpoint: Endpoint, deployment: Deployment) => ({
	id: deployment.id,
	name: `${endpoint.name}/${deployment.name}`,
	endpointId: endpoint.id,
	projectId: call.account.project,
	model: `projects/${call.account.project}/models/ml_${deployment.jobId.slice(3)}`,
	config: deployment.config,
	hardware: hardware.id,
	autoscaling: scaling(deployment),
	createdAt: iso(deployment.createdAtMs),
	updatedAt: iso(deployment.changedAtMs),
	status: { state: `DEPLOYMENT_STATE_${stateOf(call, deployment)}`, message: '' }
});

/** Both bounds together: none, or at least one replica. */
function replicasOf(sent: Record<string, unknown>): number {
	const { minReplicas, maxReplicas } = record(sent.autoscaling);
	const [least, most] = [number(minReplicas) ?? 0, number(maxReplicas) ?? 0];
	if (least > most || (least === 0) !== (most === 0))
		throw new Refusal(400, 'The bounds have to be both zero or both positive.');
	return least;
}

export const deployments = {
	list(call: Call): Reply {
		const endpoint = endpointOf(call);
		return cursorPage(
			call,
			Object.values(endpoint.deployments).map((each) => deploymentShown(call, endpoint, each))
		);
	},

	create(call: Call): Reply {
		const endpoint = endpointOf(call);
		const sent = jsonOf(call);
		const jobId = `ft-${/models\/ml_([^/]+)/.exec(text(sent.model) ?? '')?.[1]}`;
		const job = jobsOf(call, 'together').find((each) => each.id === jobId && isReady(call, each));
		const base = job && modelOf(job.model);
		if (!job || !base) throw new Refusal(404, 'There is no such model.', { code: 'model_not_found' });
		if (!text(sent.config)?.endsWith(`/${configOf(base)}`) || job.trait === 'not-servable') {
			throw new Refusal(400, 'This configuration does not suit the model.');
		}
		const name = text(sent.name) ?? 'main';
		if (Object.values(endpoint.deployments).some((each) => each.name === name))
			throw new Refusal(409, 'The name is taken.');
		const nowMs = call.sandbox.now();
		const deployment: Deployment = {
			id: newId('dep').replace('-', '_'),
			name,
			jobId,
			config: text(sent.config)!,
			replicas: replicasOf(sent),
			createdAtMs: nowMs,
			changedAtMs: nowMs
		};
		if (call.query.get('validateOnly') !== 'true') {
			endpoint.deployments[deployment.id] = deployment;
			call.sandbox.store.save(call.account);
		}
		return { json: deploymentShown(call, endpoint, deployment) };
	},

	retrieve(call: Call): Reply {
		const { endpoint, deployment } = deploymentOf(call);
		return { json: deploymentShown(call, endpoint, deployment) };
	},

	update(call: Call): Reply {
		const { endpoint, deployment } = deploymentOf(call);
		const replicas = replicasOf(jsonOf(call));
		if (replicas !== deployment.replicas) Object.assign(deployment, { replicas, changedAtMs: call.sandbox.now() });
		call.sandbox.store.save(call.account);
		return { json: deploymentShown(call, endpoint, deployment) };
	},

	remove(call: Call): Reply {
		const { endpoint, deployment } = deploymentOf(call);
		if (!['STOPPED', 'FAILED'].includes(stateOf(call, deployment)))
			throw new Refusal(400, 'The deployment has to be stopped first.');
		if (endpoint.split.some((each) => each.deploymentId === deployment.id && each.weight > 0)) {
			throw new Refusal(400, 'The deployment still gets traffic.');
		}
		delete endpoint.deployments[deployment.id];
		endpoint.split = endpoint.split.filter((each) => each.deploymentId !== deployment.id);
		call.sandbox.store.save(call.account);
		return { json: {} };
	},

	/** Closed at Together since v2. */
	closed(): Reply {
		throw new Refusal(403, 'Endpoints of the first version can not be created or started any more.', {
			type: 'forbidden',
			code: 'endpoints_v1_create_access_disabled'
		});
	}
};

/** The job that answers under an endpoint's name. 503 while nothing behind it is ready or gets traffic. */
export function servedJob(call: Call, name: string): Job | null {
	const endpoint = Object.values(call.account.endpoints).find((each) => each.name === name);
	if (!endpoint) return null;
	const live = endpoint.split.find((each) => {
		const deployment = endpoint.deployments[each.deploymentId];
		return each.weight > 0 && deployment && stateOf(call, deployment) === 'READY';
	});
	const deployment = live && endpoint.deployments[live.deploymentId];
	if (!deployment)
		throw new Refusal(503, 'Nothing behind this endpoint is ready.', { type: 'routing_error', code: 'routing_error' });
	return call.account.jobs[deployment.jobId] ?? null;
}
