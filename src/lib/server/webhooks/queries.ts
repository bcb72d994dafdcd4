import { and, asc, desc, eq, gt, lt } from 'drizzle-orm';
import { rowsOnPage } from '../../contract/fields.ts';
import { GetWebhook, ListDeliveries, ListWebhooks } from '../../contract/webhooks.ts';
import { query } from '../access/operation.ts';
import { webhookDeliveries, webhookEndpoints } from '../platform/db/schema.ts';
import { type Delivery, endpointOf, shown } from './rows.ts';

/** The webhooks of the team that whoever asks may see, the newest first. */
export const listWebhooks = query(ListWebhooks, (scope) =>
	scope.tx(async (tx) => {
		const rows = await tx
			.select()
			.from(webhookEndpoints)
			.orderBy(desc(webhookEndpoints.createdAt), desc(webhookEndpoints.id));
		return rows.map(shown);
	})
);

/** One webhook. */
export const getWebhook = query(GetWebhook, (scope, { webhookId }) =>
	scope.tx(async (tx) => shown(await endpointOf(tx, webhookId)))
);

const shownDelivery = ({ id, event, state, createdAt, nextAt, body, attempts }: Delivery) => ({
	id,
	event,
	state,
	createdAt,
	nextAt,
	body,
	attempts: attempts.map(({ at, ...attempt }) => ({ at: new Date(at), ...attempt }))
});

/** The log of one webhook, a page at a time, the newest first. */
export const listDeliveries = query(ListDeliveries, (scope, { webhookId, before, after, limit = rowsOnPage }) =>
	scope.tx(async (tx) => {
		await endpointOf(tx, webhookId);
		const { seq, endpointId } = webhookDeliveries;
		const ofThis = eq(endpointId, webhookId);
		const isBefore = before === undefined ? undefined : lt(seq, before);
		const isBackwards = after !== undefined;
		const found = await tx
			.select()
			.from(webhookDeliveries)
			.where(and(ofThis, isBackwards ? gt(seq, after) : isBefore))
			.orderBy(isBackwards ? asc(seq) : desc(seq))
			.limit(limit + 1);
		const hasMore = found.length > limit;
		const rows = isBackwards ? found.slice(0, limit).reverse() : found.slice(0, limit);
		const [first, last] = [rows[0]?.seq ?? null, rows.at(-1)?.seq ?? null];
		const [hasOlder, hasNewer] = isBackwards ? [true, hasMore] : [hasMore, before !== undefined];
		return { rows: rows.map(shownDelivery), older: hasOlder ? last : null, newer: hasNewer ? first : null };
	})
);
