import { type SandboxModel, modelOf } from './catalogue.ts';
import { newId } from './files.ts';
import { configOf, hardware } from './models.ts';
import { baseReference, weightsOf } from './project-models.ts';
import type { Deployment, Endpoint } from './records.ts';
import type { Job } from './timeline.ts';
import { iso, number, record, text } from './values.ts';
import { type Call, Refusal, type Reply, cursorPage, jsonOf } from './wire.ts';

const startMs = 3_000;
const stopMs = 1_500;

type State = 'PROVISIONING' | 'READY' | 'STOPPING' | 'STOPPED' | 'FAILED';

/** Where a deployment stands follows from the clock, like a job. One that has failed stays so, whatever is asked of it. */
export function stateOf(call: Call, deployment: Deployment): State {
	const now = call.sandbox.now();
	const isBroken = call.account.jobs[deployment.jobId ?? '']?.trait === 'deploy-fails';
	if (isBroken && (now - deployment.createdAtMs) * call.sandbox.speed >= startMs) return 'FAILED';
	const since = (now - deployment.changedAtMs) * call.sandbox.speed;
	const { inactiveMinutes = 0, usedAtMs = deployment.changedAtMs } = deployment;
	if (inactiveMinutes > 0 && now - usedAtMs >= inactiveMinutes * 60_000) return 'STOPPED';
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
	model: deployment.jobId
		? `projects/${call.account.project}/models/ml_${deployment.jobId.slice(3)}`
		: baseReference(modelOf(deployment.baseId)!),
	modelId: deployment.jobId ? `ml_${deployment.jobId.slice(3)}` : `ml_base_${deployment.baseId}`,
	config: deployment.config,
	configId: deployment.config.split('/').at(-1),
	inactiveTimeout: deployment.inactiveMinutes ?? 0,
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

/** Minutes; 0 or nothing lets it run for ever. */
function inactivityOf(sent: Record<string, unknown>, now = 0): number {
	const minutes = sent.inactiveTimeout === undefined ? now : number(sent.inactiveTimeout);
	if (minutes === null || (minutes !== 0 && (minutes < 30 || minutes > 1_440)))
		throw new Refusal(400, 'inactiveTimeout is 0, or from 30 to 1440 minutes.', { param: 'inactiveTimeout' });
	return minutes;
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
		const weights = weightsOf(call, text(sent.model) ?? '');
		if (!weights) throw new Refusal(404, 'There is no such model.', { code: 'model_not_found' });
		const { base, job } = weights;
		if (!text(sent.config)?.endsWith(`/${configOf(base)}`) || base.trait === 'not-servable') {
			throw new Refusal(400, 'This configuration does not suit the model.');
		}
		const name = text(sent.name) ?? 'main';
		if (Object.values(endpoint.deployments).some((each) => each.name === name))
			throw new Refusal(409, 'The name is taken.');
		const nowMs = call.sandbox.now();
		const deployment: Deployment = {
			id: newId('dep').replace('-', '_'),
			name,
			jobId: job?.id ?? null,
			...(job ? {} : { baseId: base.id }),
			inactiveMinutes: inactivityOf(sent),
			usedAtMs: nowMs,
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
		const sent = jsonOf(call);
		const nowMs = call.sandbox.now();
		const replicas = sent.autoscaling === undefined ? deployment.replicas : replicasOf(sent);
		const inactiveMinutes = inactivityOf(sent, deployment.inactiveMinutes);
		const isMoved = replicas !== deployment.replicas || (replicas > 0 && stateOf(call, deployment) === 'STOPPED');
		Object.assign(deployment, { inactiveMinutes });
		if (isMoved) Object.assign(deployment, { replicas, changedAtMs: nowMs, usedAtMs: nowMs });
		call.sandbox.store.save(call.account);
		return { json: deploymentShown(call, endpoint, deployment) };
	},

	remove(call: Call): Reply {
		const { endpoint, deployment } = deploymentOf(call);
		if (!['STOPPING', 'STOPPED', 'FAILED'].includes(stateOf(call, deployment)))
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

/** What answers under an endpoint's name. 503 while nothing behind it is ready or gets traffic. */
export function served(call: Call, name: string): { base: SandboxModel; job: Job | null } | null {
	const endpoint = Object.values(call.account.endpoints).find((each) => each.name === name);
	if (!endpoint) return null;
	const live = endpoint.split.find((each) => {
		const deployment = endpoint.deployments[each.deploymentId];
		return each.weight > 0 && deployment && stateOf(call, deployment) === 'READY';
	});
	const deployment = live && endpoint.deployments[live.deploymentId];
	if (!deployment)
		throw new Refusal(503, 'Nothing behind this endpoint is ready.', { type: 'routing_error', code: 'routing_error' });
	deployment.usedAtMs = call.sandbox.now();
	const job = deployment.jobId ? call.account.jobs[deployment.jobId] : null;
	const base = modelOf(job?.model ?? deployment.baseId);
	return base && job !== undefined ? { base, job } : null;
}
