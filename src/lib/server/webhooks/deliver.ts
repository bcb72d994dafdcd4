import { eq } from 'drizzle-orm';
import { hasArrived, mostAttempts, nextTry, restMs, switchesOff } from '../../core/webhooks/rules.ts';
import { takePlace } from '../access/places.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { enqueue } from '../jobs/queue.ts';
import { webhookDeliveries, webhookEndpoints } from '../platform/db/schema.ts';
import { type Posted, post } from './post.ts';
import { type Delivery, type Endpoint, endpointOf } from './rows.ts';
import { signedHeaders } from './secret.ts';

/** Of one team, by however many workers: its slow server is not everybody's. */
const atOncePerTeam = 3;
/** Longer than sending takes: whoever has not come back by then is dead. */
const holdMs = 20_000;
/** What waited for the same moment does not come at the same moment. */
const soon = (ms: number) => new Date(Date.now() + ms * (1 + Math.random()));

const ofId = (id: string) => eq(webhookDeliveries.id, id);

/** A step: puts a delivery off, without it counting as a try. */
const putOff = async (tx: Tx, deliveryId: string, until: Date) => {
	await tx.update(webhookDeliveries).set({ nextAt: until }).where(ofId(deliveryId));
	await enqueue(tx, 'delivery.send', { deliveryId }, { after: until });
};

/** Whether a webhook that is limited to projects by now may still be sent this: it was made within these, or is of one of them. */
const covers = (now: string[] | null, { projectIds: then, body }: Delivery): boolean => {
	if (now === null || then?.every((id) => now.includes(id))) return true;
	const { project } = JSON.parse(body).data as { project?: { id: string } | null };
	return project ? now.includes(project.id) : false;
};

/**
 * A step: makes a delivery that is due this worker's own, until it must be dead; null when there is nothing to send now. What is not
 * due yet, or held by another, gets a job for when it is.
 */
const claim = async (tx: Tx, deliveryId: string): Promise<{ delivery: Delivery; endpoint: Endpoint } | null> => {
	const [delivery] = await tx.select().from(webhookDeliveries).where(ofId(deliveryId)).for('update');
	if (delivery?.state !== 'waiting') return null;
	const now = new Date();
	if (delivery.nextAt! > now) {
		await enqueue(tx, 'delivery.send', { deliveryId }, { after: delivery.nextAt! });
		return null;
	}
	const endpoint = await endpointOf(tx, delivery.endpointId);
	if (endpoint.state !== 'on' || !covers(endpoint.projectIds, delivery)) {
		await tx.update(webhookDeliveries).set({ state: 'dropped', nextAt: null }).where(ofId(deliveryId));
		return null;
	}
	if (endpoint.restsUntil && endpoint.restsUntil > now) {
		await putOff(tx, deliveryId, new Date(endpoint.restsUntil.getTime() + Math.random() * 5_000));
		return null;
	}
	await tx
		.update(webhookDeliveries)
		.set({ nextAt: new Date(now.getTime() + holdMs) })
		.where(ofId(deliveryId));
	return { delivery, endpoint };
};

/** A step: what the webhook learns from an answer; true when it is switched off for it. */
const learn = async (tx: Tx, scope: Scope, endpoint: Endpoint, tries: number, { status, ...posted }: Posted) => {
	const change = (columns: Partial<Endpoint>) =>
		tx.update(webhookEndpoints).set(columns).where(eq(webhookEndpoints.id, endpoint.id));
	const now = new Date();
	if (hasArrived(status)) {
		await change({ deliveredAt: now, failingSince: null, restsUntil: null });
		return false;
	}
	const failingSince = endpoint.failingSince ?? now;
	const pauseMs = restMs(status, posted.retryAfterMs);
	const rests = pauseMs > 0 && { restsUntil: new Date(now.getTime() + pauseMs) };
	const reason = endpoint.state === 'on' ? switchesOff({ status, tries, failingSince }, now) : null;
	await change({ failingSince, ...rests, ...(reason && { state: 'off' as const, reason, mailedAt: null }) });
	if (!reason) return false;
	const details = { name: endpoint.name, reason };
	await record(tx, scope, { event: 'webhook.switched_off', subject: endpoint.id, details });
	await enqueue(tx, 'webhook.mail', { webhookId: endpoint.id });
	return true;
};

/** Writes down what came of a try, and when there is another. One that came back after its hold had run out counts as well. */
const settle = (scope: Scope, { id, endpointId }: Delivery, at: Date, posted: Posted) =>
	scope.tx(async (tx) => {
		// the webhook first, as whoever sends by hand does: two who wait for each other would wait for ever
		const [endpoint] = await tx
			.select()
			.from(webhookEndpoints)
			.where(eq(webhookEndpoints.id, endpointId))
			.for('no key update');
		const [row] = await tx.select().from(webhookDeliveries).where(ofId(id)).for('update');
		if (!endpoint || !row) return; // removed meanwhile
		const { retryAfterMs, ...answered } = posted;
		const attempts = [...row.attempts, { at: at.toISOString(), ...answered }].slice(-mostAttempts);
		const tries = row.tries + 1;
		const isOff = await learn(tx, scope, endpoint, tries, posted);
		const arrived = hasArrived(posted.status);
		// also when another worker has settled it: what has arrived once has arrived
		const next =
			arrived || isOff || row.state !== 'waiting' ? null : nextTry(tries, new Date(), Math.random(), retryAfterMs);
		const ended = arrived || row.state === 'delivered' ? ('delivered' as const) : ('failed' as const);
		await tx
			.update(webhookDeliveries)
			.set({ attempts, tries, nextAt: next, state: next ? 'waiting' : ended })
			.where(ofId(id));
		if (next) await enqueue(tx, 'delivery.send', { deliveryId: id }, { after: next });
	});

/**
 * Sends something once, and says when it is tried again. May run twice, and twice at once. Killed after sending and before
 * writing that down, it is sent a second time, under the same id: receivers are told to expect that.
 */
export const deliver = async (scope: Scope, deliveryId: string, signal: AbortSignal): Promise<void> => {
	const place = await takePlace(`webhooks:${scope.teamId}`, atOncePerTeam);
	if (!place) {
		await scope.tx((tx) => enqueue(tx, 'delivery.send', { deliveryId }, { after: soon(1_000) }));
		return;
	}
	try {
		const claimed = await scope.tx((tx) => claim(tx, deliveryId));
		if (!claimed) return;
		const { delivery, endpoint } = claimed;
		const at = new Date();
		const headers = signedHeaders(endpoint, delivery.id, at, delivery.body);
		const posted = await post(endpoint.url, headers, delivery.body, { signal });
		await settle(scope, delivery, at, posted);
	} finally {
		await place.leave();
	}
};
