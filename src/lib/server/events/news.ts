import { sql } from 'drizzle-orm';
import { type News, everything } from '../../contract/live.ts';
import type { Topic } from '../../contract/events.ts';
import type { Tx } from '../access/scope.ts';

/**
 * Up to where somebody has heard: a snapshot of Postgres (`xmin:xmax:running`). What it did not see is news, also when it was begun
 * long before and committed late, as numbers of rows cannot tell.
 */
export type Place = string;

/** What one topic has changed by: the window that did it, where it was one. */
export type Change = { topic: Topic; tab: string | null };

/** A place with more transactions than this is told by the oldest one: what came since may be told twice then. */
const longest = 1_000;

/** The place as it is sent to browsers, which send it back in a header. */
export const placeToSend = (place: Place): Place =>
	place.length > longest ? place.replace(/^(\d+):.*/, '$1:$1:') : place;

/** Whether a browser can have had it from us. One from before places, or from another database, cannot be gone on from. */
export const isPlace = (text: string): boolean => {
	if (text.length > longest + 50 || !/^[1-9]\d{0,17}:[1-9]\d{0,17}:(\d{1,18}(,\d{1,18})*)?$/.test(text)) return false;
	const [first, end, ...running] = text.split(/[:,]/).filter(Boolean).map(BigInt) as [bigint, bigint, ...bigint[]];
	return first <= end && running.every((xid, at) => xid < end && (at === 0 ? xid >= first : xid > running[at - 1]!));
};

/**
 * A step: what is visible now and was not at `since`, each topic once for each window that changed it, and the place to go on
 * from. `isLost`: the place lies ahead of this database, which was restored since, or before one that crashed, and with it what was not told yet.
 */
export const newsSince = async (tx: Tx, since: Place | null) => {
	const rows = await tx.execute<{ upto: Place; lost: boolean | null; topic: Topic | null; tab: string | null }>(sql`
		select pg_current_snapshot()::text as upto, news.topic, news.tab,
			pg_snapshot_xmin(${since}::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot())
				or pg_snapshot_xmax(${since}::pg_snapshot) <= begun as lost
		from (select outbox_begun() as begun) as once left join (
			select distinct topic, tab from outbox
			where xid >= pg_snapshot_xmin(${since}::pg_snapshot) and xid < pg_snapshot_xmax(pg_current_snapshot())
				and not pg_visible_in_snapshot(xid, ${since}::pg_snapshot)
		) as news on true`);
	const changes = [...rows].flatMap(({ topic, tab }): Change[] => (topic === null ? [] : [{ topic, tab }]));
	return { upto: rows[0]!.upto, isLost: rows[0]!.lost ?? false, changes };
};

/** The projects in which something happened to the examples. */
export const projectsIn = (changes: Change[]): string[] => [
	...new Set(changes.flatMap(({ topic }) => /^(?:project|ratings):(.+)/.exec(topic)?.[1] ?? []))
];

/** What the changes are to a window. */
export const newsFor = (tab: string | null, changes: Change[]): News => {
	const isOwn = (change: Change) => tab !== null && change.tab === tab;
	const topics = new Set(changes.filter((change) => !isOwn(change)).map(({ topic }) => topic));
	const own = new Set(changes.filter(isOwn).map(({ topic }) => topic));
	return { topics: [...topics], own: [...own].filter((topic) => !topics.has(topic)) };
};

/** To somebody whose place says nothing here. */
export const lostNews: News = { topics: [everything], own: [] };
