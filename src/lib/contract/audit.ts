// The audit log of a team: who has done what that matters for its safety, for owners.
import * as v from 'valibot';
import { File, Limit, Time, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

/** What can be looked for: entries whose event begins so. */
export const auditSubjects = {
	people: ['member', 'invitation', 'team'],
	access: ['key', 'token', 'webhook'],
	connections: ['connection', 'serving', 'budget'],
	data: ['examples', 'prompts', 'project', 'split', 'audit'],
	models: ['run', 'evaluation', 'guests', 'judging']
} as const satisfies Record<string, readonly string[]>;
export type AuditSubject = keyof typeof auditSubjects;

const Entry = v.strictObject({
	id: v.string(),
	at: Time,
	/** By name; a person or a script, or neither where the product did it by itself. */
	person: v.nullable(v.string()),
	script: v.nullable(v.string()),
	event: v.string(),
	/** What happened, behind a name: “removed the connection Together”. */
	sentence: v.string(),
	/** The id of what it happened to. */
	subject: v.string(),
	/** Where the request came from; a job has none. */
	address: v.nullable(v.string())
});

const About = v.fallback(v.optional(v.picklist(Object.keys(auditSubjects) as AuditSubject[])), undefined);

export const ListAudit = query({
	name: 'audit.list',
	summary: 'Who has done what that matters for the safety of the team, the newest first',
	within: 'team',
	action: 'audit:see',
	input: v.object({
		about: About,
		/** Only older ones than this place: keyset paging. */
		before: v.fallback(v.optional(whole('A place', 1, Number.MAX_SAFE_INTEGER)), undefined),
		limit: Limit
	}),
	/** `older`: the `before` of the next page. */
	output: v.strictObject({ rows: v.array(Entry), older: v.nullable(v.number()) }),
	errors: {},
	example: {
		input: {},
		output: {
			rows: [
				{
					id: ids.activity,
					at: aTime,
					person: 'Ana Ruiz',
					script: null,
					event: 'connection.removed',
					sentence: 'removed the connection Together',
					subject: ids.connection,
					address: '203.0.113.7'
				}
			],
			older: null
		}
	}
});

export const auditFormats = ['csv', 'jsonl'] as const;

export const ExportAudit = command({
	name: 'audit.export',
	summary: 'The whole audit log, the oldest first, with the place and the hash of each entry in its chain',
	within: 'team',
	action: 'audit:see',
	long: true,
	input: v.object({ format: v.picklist(auditFormats, 'The audit log is there as csv and jsonl') }),
	output: File('application/jsonl'),
	errors: {},
	events: ['audit.exported'],
	example: {
		input: { format: 'jsonl' },
		output: {
			name: 'northwind-audit.jsonl',
			pieces: (async function* () {
				yield `${JSON.stringify({ place: 1, event: 'connection.removed', subject: ids.connection })}\n`;
			})()
		}
	}
});
