import { sql } from 'drizzle-orm';
import * as v from 'valibot';
import { type Happening, type Topic, events } from '../../contract/events.ts';
import { prepared } from '../platform/db/drizzle.ts';
import { activities, auditEntries, outbox } from '../platform/db/schema.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { announce } from './announce.ts';

/** A value for each of these columns. */
const placeholders = <Name extends string>(...names: Name[]) =>
	Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as Record<Name, never>;

const addEntry = prepared((db) =>
	db
		.insert(auditEntries)
		.values(placeholders('personId', 'keyId', 'action', 'subject', 'details', 'requestId', 'address'))
		.prepare('audit entry')
);
const addActivity = prepared((db) =>
	db
		.insert(activities)
		.values(placeholders('projectId', 'personId', 'keyId', 'event', 'subject', 'details'))
		.prepare('activity')
);
const addNews = prepared((db) =>
	db
		.insert(outbox)
		.values(placeholders('topic', 'projectId', 'event', 'tab'))
		.prepare('news')
);

/** Who has done what the product does by itself, whoever ordered it. Never of what is audited: that names who acts. */
export const theProduct = { userId: null };

/**
 * Writes down what has happened, in the transaction of the deed: both or neither. From this one call follow the audit log, the
 * pages that look again, the activity and the webhooks, as contract/events says. Unless a webhook may want it, all of it is sent by
 * the call, without waiting.
 */
export const record = async (
	tx: Tx,
	scope: Pick<Scope, 'userId' | 'key' | 'request'>,
	happening: Happening
): Promise<void> => {
	const { event, subject, projectId, details } = happening;
	const kind = events[event];
	tx.events.push(event);
	if (process.env.NODE_ENV === 'test') v.parse(kind.details, details);
	const actor = { personId: scope.userId, keyId: scope.key?.id ?? null };
	const sent: Promise<unknown>[] = [];
	if (kind.audited) {
		const { id = null, address = null } = scope.request ?? {};
		sent.push(addEntry(tx, { ...actor, action: event, subject, details, requestId: id, address }));
	}
	if (kind.feed && projectId) sent.push(addActivity(tx, { ...actor, projectId, event, subject, details }));
	for (const topic of (kind.topics as (about: Happening) => Topic[])(happening)) {
		if (tx.topics.has(topic)) continue;
		tx.topics.add(topic);
		sent.push(addNews(tx, { topic, projectId, event, tab: scope.request?.tab ?? null }));
	}
	await Promise.all(sent);
	if (kind.webhook) await announce(tx, happening);
};
