import { and, asc, desc, eq, getTableColumns, gt, inArray, lt } from 'drizzle-orm';
import { type AuditSubject, ExportAudit, ListAudit, auditSubjects } from '../../contract/audit.ts';
import { type EventName, events } from '../../contract/events.ts';
import { rowsOnPage } from '../../contract/fields.ts';
import { csvOf } from '../../core/text/csv.ts';
import { auditedBy, named } from '../access/named.ts';
import { command, query } from '../access/operation.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { record } from '../events/record.ts';
import { auditEntries, auditLinks, teams } from '../platform/db/schema.ts';

type Row = typeof auditEntries.$inferSelect;

const names = Object.keys(events) as EventName[];
const eventsAbout = (about: AuditSubject): string[] =>
	names.filter((name) => (auditSubjects[about] as readonly string[]).includes(name.split('.')[0]!));

/** An entry may be older than the words we have for it: then its event is said as it was written down. */
const sentenceOf = ({ action, details }: Row): string => {
	const kind = events[action as EventName] as { sentence(details: never): string } | undefined;
	try {
		return kind?.sentence(details as never) ?? action;
	} catch {
		return action;
	}
};

/** Entries as they are told, with the names of whoever acted. */
const toldOf = async (tx: Tx, rows: Row[]) => {
	const found = await tx.select({ id: named.id, name: named.name }).from(auditedBy(rows.map(({ id }) => id)));
	const nameOf = new Map(found.map(({ id, name }) => [id, name]));
	return rows.map((row) => ({
		id: row.id,
		at: row.createdAt,
		person: row.keyId ? null : (nameOf.get(row.personId!) ?? null),
		script: nameOf.get(row.keyId!) ?? null,
		event: row.action,
		sentence: sentenceOf(row),
		subject: row.subject,
		address: row.address
	}));
};

/** Who has done what that matters for the safety of the team, the newest first. */
export const listAudit = query(ListAudit, (scope, { about, before, limit = rowsOnPage }) =>
	scope.tx(async (tx) => {
		const rows = await tx
			.select()
			.from(auditEntries)
			.where(
				and(
					about && inArray(auditEntries.action, eventsAbout(about)),
					before === undefined ? undefined : lt(auditEntries.seq, before)
				)
			)
			.orderBy(desc(auditEntries.seq))
			.limit(limit + 1);
		const page = rows.slice(0, limit);
		return { rows: await toldOf(tx, page), older: rows.length > limit ? page.at(-1)!.seq : null };
	})
);

/** One transaction reads so many; between two of them the connection serves others, however slowly the file is taken. */
const pageSize = 500;

const columns = [
	...[
		'place',
		'at',
		'person',
		'script',
		'event',
		'sentence',
		'subject',
		'address',
		'details',
		'request',
		'hash',
		'erased'
	]
] as const;

const pageAfter = (scope: Scope, last: number) =>
	scope.tx(async (tx) => {
		const rows = await tx
			.select({
				...getTableColumns(auditEntries),
				...{ place: auditLinks.place, hash: auditLinks.hash, erasedAt: auditLinks.erasedAt }
			})
			.from(auditEntries)
			.leftJoin(auditLinks, and(eq(auditLinks.teamId, auditEntries.teamId), eq(auditLinks.entryId, auditEntries.id)))
			.where(gt(auditEntries.seq, last))
			.orderBy(asc(auditEntries.seq))
			.limit(pageSize);
		const told = await toldOf(tx, rows);
		return rows.map(({ seq, place, hash, details, requestId, erasedAt }, i) => {
			const { id: _, at, ...entry } = told[i]!;
			const rest = {
				...{ details, request: requestId, hash: hash?.toString('hex') ?? null },
				/** When an address was taken out, since its person is gone: from then on the text does not give the hash. */
				erased: erasedAt?.toISOString() ?? null
			};
			return { seq, line: { place, at: at.toISOString(), ...entry, ...rest } };
		});
	});

async function* pieces(scope: Scope, format: 'csv' | 'jsonl'): AsyncGenerator<string> {
	if (format === 'csv') yield csvOf(columns, []);
	for (let last = 0; ;) {
		const rows = await pageAfter(scope, last);
		if (rows.length === 0) return;
		const lines = rows.map(({ line }) => line);
		yield format === 'jsonl'
			? lines.map((line) => `${JSON.stringify(line)}\n`).join('')
			: csvOf(
					columns,
					lines.map((line) => ({ ...line, details: JSON.stringify(line.details) }))
				).replace(/^.*\r\n/, '');
		last = rows.at(-1)!.seq;
	}
}

/** The whole log, the oldest first; that it was taken stands in it, too. Refusals are thrown before the first piece. */
export const exportAudit = command(ExportAudit, async (scope, { format }) => {
	const slug = await scope.tx(async (tx) => {
		await record(tx, scope, { event: 'audit.exported', subject: scope.teamId, details: {} });
		const [team] = await tx.select({ slug: teams.slug }).from(teams);
		return team!.slug;
	});
	return { name: `${slug}-audit.${format}`, pieces: pieces(scope, format) };
});
