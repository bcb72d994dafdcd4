import { gt, sql } from 'drizzle-orm';
import { listen } from '../platform/db/listen.ts';
import { outbox } from '../platform/db/schema.ts';
import { log } from '../platform/log.ts';
import { type Scope, unattended } from '../access/scope.ts';
import { channel } from './relay.ts';

/** A row may become visible after a later one: each look goes back this far and drops what was already sent. */
const overlap = 500;
/** A NOTIFY can be lost with the process that owed it; every team with readers is looked at this often anyway. */
const lookEveryMs = 5_000;
/** After a look that failed: the database may be back. */
const tryAgainMs = 500;
const limit = 5_000;

type Reader = { seen: Set<number>; last: number; send: (event: { id: number; topic: string }) => void };
type Group = { scope: Scope; readers: Set<Reader>; looking?: Promise<void>; again: boolean };
type Hub = {
	groups: Map<string, Group>;
	unlisten?: () => void;
	timer?: NodeJS.Timeout;
};

const emptyHub = (): Hub => ({ groups: new Map() });
// Vite runs this module again after an edit; there is one LISTEN per process.
const hub = ((globalThis as { aitelierHub?: Hub }).aitelierHub ??= emptyHub());

const groupKey = (scope: Scope) => `${scope.teamId}|${scope.role}|${String(scope.projectIds)}`;

const look = async (group: Group) => {
	const from = Math.min(...[...group.readers].map((reader) => reader.last)) - overlap;
	const rows = await group.scope.tx((tx) =>
		tx
			.select({ id: outbox.seq, topic: outbox.topic })
			.from(outbox)
			.where(gt(outbox.seq, from))
			.orderBy(outbox.seq)
			.limit(limit)
	);
	if (rows.length === limit) group.again = true;
	for (const reader of group.readers) {
		for (const row of rows) {
			if (row.id <= reader.last - overlap || reader.seen.has(row.id)) continue;
			reader.seen.add(row.id);
			reader.last = Math.max(reader.last, row.id);
			reader.send(row);
		}
		for (const id of reader.seen) if (id <= reader.last - overlap) reader.seen.delete(id);
	}
};

/** One look at a time for a group; news that arrives meanwhile causes one more. */
const wake = (group: Group) => {
	group.again = true;
	group.looking ??= (async () => {
		try {
			while (group.again && group.readers.size > 0) {
				group.again = false;
				await look(group);
			}
		} catch (problem) {
			log.warn('hub', { problem: String(problem) });
			setTimeout(() => wake(group), tryAgainMs).unref();
		} finally {
			group.looking = undefined;
		}
	})();
};

/** Nobody waits for it: whoever subscribes before it hears is woken when it does, and after each loss of the connection. */
const beginToHear = () =>
	(hub.unlisten ??= listen(
		channel,
		(payload) => {
			const teams = new Set(payload.split(','));
			for (const group of hub.groups.values()) if (teams.has(group.scope.teamId)) wake(group);
		},
		() => hub.groups.forEach(wake)
	));

/**
 * Sends what changes in the scope's team from now on, or from after `since` (a `Last-Event-ID`), to one page.
 * An event only names what changed; the page asks for it again with its own rights. Returns the way to stop.
 */
export const subscribe = async (scope: Scope, since: number | null, send: Reader['send']): Promise<() => void> => {
	beginToHear();
	hub.timer ??= setInterval(() => hub.groups.forEach(wake), lookEveryMs).unref();
	const [now] = await scope.tx((tx) => tx.select({ last: sql<string>`coalesce(max(${outbox.seq}), 0)` }).from(outbox));
	const newest = Number(now?.last ?? 0);
	const reader: Reader = { seen: new Set(), last: since ?? newest, send };
	if (since === null) {
		const recent = await scope.tx((tx) =>
			tx
				.select({ id: outbox.seq })
				.from(outbox)
				.where(gt(outbox.seq, newest - overlap))
		);
		for (const { id } of recent) reader.seen.add(id);
	} else {
		// what this page has had; the last few are sent again, in case one of them became visible late
		for (let id = since - overlap; id < since - 50; id++) reader.seen.add(id);
	}
	const key = groupKey(scope);
	const group = hub.groups.get(key) ?? { scope: unattended(scope), readers: new Set<Reader>(), again: false };
	hub.groups.set(key, group);
	group.readers.add(reader);
	wake(group);
	return () => {
		group.readers.delete(reader);
		if (group.readers.size === 0) hub.groups.delete(key);
	};
};

/** Ends LISTEN; open streams are closed by http/stream.ts. */
export const stopHub = () => {
	clearInterval(hub.timer);
	hub.timer = undefined;
	hub.unlisten?.();
	hub.unlisten = undefined;
	hub.groups.clear();
};
