import * as v from 'valibot';
import { type Happening, type Topic, events } from '../../contract/events.ts';
import { auditEntries, outbox } from '../platform/db/schema.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { announce } from './announce.ts';

/**
 * Writes down what has happened, in the transaction of the deed: both or neither. From this one call follow the audit log, the
 * pages that look again, the activity and the webhooks, as contract/events says.
 */
export const record = async (
	tx: Tx,
	scope: Pick<Scope, 'userId' | 'key' | 'request'>,
	happening: Happening
): Promise<void> => {
	const kind = events[happening.event];
	tx.events.push(happening.event);
	if (process.env.NODE_ENV === 'test') v.parse(kind.details, happening.details);
	if (kind.audited) {
		await tx.insert(auditEntries).values({
			personId: scope.userId,
			keyId: scope.key?.id ?? null,
			action: happening.event,
			subject: happening.subject,
			details: happening.details,
			requestId: scope.request?.id ?? null,
			address: scope.request?.address ?? null
		});
	}
	if (kind.webhook) await announce(tx, happening);
	const news = (kind.topics as (about: Happening) => Topic[])(happening).filter((topic) => !tx.topics.has(topic));
	if (news.length === 0) return;
	for (const topic of news) tx.topics.add(topic);
	await tx
		.insert(outbox)
		.values(news.map((topic) => ({ topic, projectId: happening.projectId!, event: happening.event })));
};
