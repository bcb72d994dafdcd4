import { and, eq } from 'drizzle-orm';
import type { ShownWebhook } from '../../contract/webhooks.ts';
import { AppError } from '../../core/errors.ts';
import type { Tx } from '../access/scope.ts';
import { config } from '../platform/config.ts';
import { webhookDeliveries, webhookEndpoints } from '../platform/db/schema.ts';

export type Endpoint = typeof webhookEndpoints.$inferSelect;
export type Delivery = typeof webhookDeliveries.$inferSelect;

/** A step: the webhook with this id; `lock` makes other changes of it wait. Throws *not found*. */
export const endpointOf = async (tx: Tx, id: string, { lock = false } = {}): Promise<Endpoint> => {
	const query = tx.select().from(webhookEndpoints).where(eq(webhookEndpoints.id, id));
	// events go on being written for it meanwhile
	const [row] = await (lock ? query.for('no key update') : query);
	if (!row) throw new AppError('not_found', 'There is no such webhook, or it is not yours to see.');
	return row;
};

/** A step: something that was sent to this webhook, locked. Throws *not found*. */
export const deliveryTo = async (tx: Tx, endpointId: string, id: string): Promise<Delivery> => {
	const [row] = await tx
		.select()
		.from(webhookDeliveries)
		.where(and(eq(webhookDeliveries.id, id), eq(webhookDeliveries.endpointId, endpointId)))
		.for('update');
	if (!row)
		throw new AppError(
			'not_found',
			`This is not in the log. What is older than ${config().keepDays.deliveries} days is removed.`
		);
	return row;
};

/** A webhook as people may see it: never its secret, sealed or not. */
export const shown = (row: Endpoint): ShownWebhook => ({
	id: row.id,
	name: row.name,
	url: row.url,
	events: row.events as ShownWebhook['events'],
	projectIds: row.projectIds,
	state: row.state,
	reason: row.reason,
	failingSince: row.failingSince,
	deliveredAt: row.deliveredAt,
	oldSecretUntil: row.oldSecretUntil && row.oldSecretUntil > new Date() ? row.oldSecretUntil : null,
	createdAt: row.createdAt
});

/** All of an address that the audit log says: the rest may be a secret. */
export const hostOf = (url: string) => new URL(url).host;
