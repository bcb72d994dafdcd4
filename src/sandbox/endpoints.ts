import { endpointOf, scaling, stateOf } from './deployments.ts';
import { newId } from './files.ts';
import type { Endpoint } from './records.ts';
import { iso, number, record, text } from './values.ts';
import { type Call, Refusal, type Reply, cursorPage, jsonOf } from './wire.ts';

const endpointShown = (call: Call, endpoint: Endpoint) => ({
	id: endpoint.id,
	name: endpoint.name,
	projectId: call.account.project,
	endpointType: 'ENDPOINT_TYPE_DEDICATED',
	visibility: 'VISIBILITY_PRIVATE',
	createdAt: iso(endpoint.createdAtMs),
	updatedAt: iso(endpoint.createdAtMs),
	etag: '1',
	trafficSplit: endpoint.split,
	deployments: Object.values(endpoint.deployments).map((each) => ({
		id: each.id,
		name: `${endpoint.name}/${each.name}`,
		autoscaling: scaling(each),
		state: `DEPLOYMENT_STATE_${stateOf(call, each)}`
	}))
});

export const endpoints = {
	list(call: Call): Reply {
		const own = call.params.project === call.account.project ? Object.values(call.account.endpoints) : [];
		return cursorPage(
			call,
			own.map((endpoint) => endpointShown(call, endpoint))
		);
	},

	create(call: Call): Reply {
		if (call.params.project !== call.account.project) throw new Refusal(404, 'There is no such project.');
		const name = text(jsonOf(call).name);
		if (!name || !/^[a-z0-9][a-z0-9-]{0,62}$/.test(name))
			throw new Refusal(400, 'The name has to be like a host name.');
		const qualified = `${call.account.slug}/${name}`;
		if (Object.values(call.account.endpoints).some((each) => each.name === qualified))
			throw new Refusal(409, 'The name is taken.');
		const endpoint: Endpoint = {
			id: newId('ep').replace('-', '_'),
			name: qualified,
			createdAtMs: call.sandbox.now(),
			split: [],
			deployments: {}
		};
		call.account.endpoints[endpoint.id] = endpoint;
		call.sandbox.store.save(call.account);
		return { json: endpointShown(call, endpoint) };
	},

	retrieve: (call: Call): Reply => ({ json: endpointShown(call, endpointOf(call)) }),

	/** Experiments and attached adapters, of which there are none here. */
	nothing(call: Call): Reply {
		endpointOf(call);
		return cursorPage(call, []);
	},

	/** What happened to an endpoint and its deployments, the newest first. */
	events(call: Call): Reply {
		const endpoint = endpointOf(call);
		const about = (atMs: number, type: string, message: string, deploymentId?: string) => ({
			id: `ev_${endpoint.id}_${deploymentId ?? ''}_${type}`,
			createdAt: iso(atMs),
			endpointId: endpoint.id,
			level: 'LEVEL_INFO',
			source: 'sandbox',
			sourceKind: deploymentId ? 'SOURCE_KIND_DEPLOYMENT' : 'SOURCE_KIND_ENDPOINT',
			type,
			message,
			...(deploymentId ? { deploymentId } : {})
		});
		const events = Object.values(endpoint.deployments).flatMap((each) => [
			about(each.changedAtMs, 'deployment.scaled', `It has ${each.replicas} replicas.`, each.id),
			about(each.createdAtMs, 'deployment.created', 'It was created.', each.id)
		]);
		return cursorPage(call, [...events, about(endpoint.createdAtMs, 'endpoint.created', 'It was created.')]);
	},

	update(call: Call): Reply {
		const endpoint = endpointOf(call);
		const sent = jsonOf(call);
		const split = sent.trafficSplit;
		// an empty list is meant only by whoever names the field besides
		const isNamed = /trafficSplit/.test(String(call.query.get('updateMask') ?? sent.updateMask ?? ''));
		if (!Array.isArray(split) || (split.length === 0 && !isNamed))
			throw new Refusal(400, 'The traffic split is empty; use the weight 0.');
		endpoint.split = split.map((each) => {
			const { deploymentId, weight } = record(each);
			if (!endpoint.deployments[String(deploymentId)])
				throw new Refusal(400, 'The traffic split names an unknown deployment.');
			return { deploymentId: String(deploymentId), weight: number(weight) ?? 0 };
		});
		call.sandbox.store.save(call.account);
		return { json: endpointShown(call, endpoint) };
	},

	remove(call: Call): Reply {
		const endpoint = endpointOf(call);
		if (Object.keys(endpoint.deployments).length) throw new Refusal(400, 'The endpoint still has deployments.');
		delete call.account.endpoints[endpoint.id];
		call.sandbox.store.save(call.account);
		return { json: {} };
	}
};
