// Only while the features move over to `record`: deleted with the last call.
import type { Topic } from '../../contract/events.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { auditEntries, outbox } from '../platform/db/schema.ts';

export const audit = (
	tx: Tx,
	scope: Pick<Scope, 'userId'>,
	action: string,
	subject: string,
	details: Record<string, unknown> = {}
) => tx.insert(auditEntries).values({ personId: scope.userId, action, subject, details });

export const announce = async (tx: Tx, topic: Topic, projectId: string) => {
	if (tx.topics.has(topic)) return;
	tx.topics.add(topic);
	await tx.insert(outbox).values({ topic, projectId });
};
