import { and, desc, eq, inArray, lt } from 'drizzle-orm';
import { type EventName, events } from '../../contract/events.ts';
import { type Role, may } from '../../core/permissions.ts';
import { doersIn, named } from '../access/named.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { activities } from '../platform/db/schema.ts';

const names = Object.keys(events) as EventName[];

/** What of all that happens this role may read of. */
const eventsFor = (role: Role) => names.filter((name) => events[name].feed && may(role, events[name].feed));

/** A step: the newest things that were done in the project, as far as the acting person may see them. */
export const deedsOf = async (
	tx: Tx,
	{ project, role }: ProjectScope,
	{ limit, before }: { limit: number; before?: number }
) => {
	const isOlder = before === undefined ? undefined : lt(activities.seq, before);
	const rows = await tx
		.select()
		.from(activities)
		.where(and(eq(activities.projectId, project.id), inArray(activities.event, eventsFor(role)), isOlder))
		.orderBy(desc(activities.seq))
		.limit(limit);
	const places = rows.map(({ seq }) => seq);
	const doers = await tx.select({ id: named.id, name: named.name }).from(doersIn(project.id, places));
	const nameOf = new Map(doers.map(({ id, name }) => [id, name]));
	return rows.map(({ id, seq, createdAt, personId, keyId, event, subject, details }) => ({
		id,
		seq,
		at: createdAt,
		actor: keyId ?? personId,
		person: keyId ? null : (nameOf.get(personId!) ?? null),
		script: nameOf.get(keyId!) ?? null,
		event: event as EventName,
		subject,
		details
	}));
};

export type Deed = Awaited<ReturnType<typeof deedsOf>>[number];

/** One of them as it is told. */
export const told = ({ id, at, person, script, event, subject, details }: Deed) => ({
	id,
	at,
	person,
	script,
	event,
	sentence: events[event].sentence(details as never),
	subject
});
