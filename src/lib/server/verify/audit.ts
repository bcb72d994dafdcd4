import { createHash } from 'node:crypto';
import type postgres from 'postgres';
import type { Head } from './heads.ts';

/** So many links are in memory at once. */
const atOnce = 500;

/** What the chain is made of, in this order, each as the text that is hashed (drizzle/functions/audit.sql). */
const hashed = [
	...['e.team_id::text', 'e.id::text', 'extract(epoch from e.created_at)::text', 'e.seq::text', 'e.person_id::text'],
	...['e.action', 'e.subject', 'e.details::text', 'e.request_id::text', 'e.address']
];
/** Columns that came later, and are hashed only where there is something in them. */
const hashedLater = ['e.key_id::text'];

type Link = {
	team: string;
	teamId: string;
	entry: string;
	/** null: it waits for one, or has no link at all. */
	place: number | null;
	hash: Buffer | null;
	hasLink: boolean;
	hasEntry: boolean;
	waitsTooLong: boolean;
	/** An address was taken out of it, since its person is gone: its text no longer gives the hash, and the hash stands. */
	isErased: boolean;
	/** It was removed because the server keeps none so old. */
	isPurged: boolean;
	/** How many links this entry has had before this one. */
	earlier: number;
	fields: (string | null)[];
};

const links = `
	select coalesce(t.slug, l.team_id::text, e.team_id::text) as team, coalesce(l.team_id, e.team_id) as "teamId",
		coalesce(l.entry_id, e.id) as entry, l.place::float8 as place, l.hash, l.entry_id is not null as "hasLink", e.id is not null as "hasEntry",
		coalesce(l.created_at < clock_timestamp() - interval '1 minute', false) as "waitsTooLong",
		l.erased_at is not null as "isErased", l.purged_at is not null as "isPurged",
		(row_number() over (partition by l.team_id, l.entry_id order by l.place))::int - 1 as earlier,
		json_build_array(${[...hashed, ...hashedLater].join(', ')}) as fields
	from audit_links l full join audit_entries e on e.team_id = l.team_id and e.id = l.entry_id
		left join teams t on t.id = coalesce(l.team_id, e.team_id)
	order by 1, 2, l.place nulls last, e.seq`;

const field = (value: string | null) => (value === null ? '-,' : `${Buffer.byteLength(value)}:${value},`);

/**
 * The hash of a place in a chain. The same as the database's own, and written a second time: whoever may change tables may
 * change functions too.
 */
const hashOf = (before: Buffer, fields: (string | null)[]): Buffer => {
	const present = fields.filter((value, column) => column < hashed.length || value !== null);
	return createHash('sha256').update(before).update(present.map(field).join('')).digest();
};

const nothing = Buffer.alloc(0);
const places = (from: number, to: number) =>
	from === to ? `place ${from} is missing` : `places ${from} to ${to} are missing`;

/** What is wrong with this link, after the one before it in its team; nothing when all is well. */
const troubleWith = (link: Link, before: Head | undefined): string[] => {
	const { place } = link;
	if (!link.hasLink) return ['has no link to the chain: it was added past it, or its link was removed.'];
	if (place === null) {
		if (!link.hasEntry) return ['waited for its place in the chain, and was removed.'];
		return link.waitsTooLong ? ['has waited for its place in the chain for more than a minute.'] : [];
	}
	const last = before?.place ?? 0;
	const said: string[] = [];
	if (link.earlier > 0) said.push(`is in the chain twice, the second time at place ${place}.`);
	if (place <= last) said.push(`stands at place ${place} of the chain, where another stands too.`);
	if (place > last + 1)
		said.push(`stands at place ${place} of the chain, and ${places(last + 1, place - 1)} before it.`);
	if (!link.hasEntry) {
		if (!link.isPurged) said.push(`was removed; it stood at place ${place} of the chain.`);
	}
	// after a gap nobody knows what the hash was to follow
	else if (place === last + 1 && !link.isErased && !hashOf(before?.hash ?? nothing, link.fields).equals(link.hash!))
		said.push(`is not what was linked at place ${place} of the chain: it, or the chain, was changed.`);
	return said;
};

/**
 * Walks the chain of every team's audit log, tells what does not follow, and returns where each ends. What was cut off at the
 * end leaves no trace in a chain: only an earlier end, kept elsewhere, shows it. `kept` are such, of any age.
 */
export const verifyAudit = async (
	tx: postgres.TransactionSql,
	report: (sentence: string) => void,
	kept: Head[]
): Promise<Head[]> => {
	const heads = new Map<string, Head>();
	const open = new Set(kept);
	const keptAt = Map.groupBy(kept, ({ teamId, place }) => `${teamId} ${place}`);
	for await (const rows of tx.unsafe(links).cursor(atOnce)) {
		for (const link of rows as unknown as Link[]) {
			const { team, teamId, entry, place, hash } = link;
			for (const trouble of troubleWith(link, heads.get(teamId)))
				report(`Team ${team}: audit entry ${entry} ${trouble}`);
			if (place === null) continue;
			heads.set(teamId, { team, teamId, place, hash: hash! });
			for (const head of keptAt.get(`${teamId} ${place}`) ?? []) if (head.hash.equals(hash!)) open.delete(head);
		}
	}
	for (const { team, teamId, place } of open) {
		const now = heads.get(teamId);
		const ends = !now
			? 'it is gone'
			: now.place < place
				? `it ends at place ${now.place}`
				: 'another hash stands there';
		report(`Team ${now?.team ?? team}: the audit log had the kept hash at place ${place}; now ${ends}.`);
	}
	return [...heads.values()];
};
