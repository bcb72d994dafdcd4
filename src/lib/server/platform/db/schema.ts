// Long because it is the whole database on one page: identity first, then team data in the order of the loop.
import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	check,
	customType,
	doublePrecision,
	foreignKey,
	index,
	integer,
	json,
	numeric,
	pgTable,
	primaryKey,
	real,
	smallint,
	text,
	timestamp,
	unique,
	uniqueIndex,
	uuid
} from 'drizzle-orm/pg-core';
import { type AnswerPurpose, answerPurposes } from '../../../core/budget/month.ts';
import type { Message } from '../../../core/examples/example.ts';
import type { ExampleMark } from '../../../core/examples/marks.ts';
import type { EnteredPrices } from '../../../core/connections/prices.ts';
import { type KeyRole, keyRoles } from '../../../core/keys/rules.ts';
import { type Role, roles } from '../../../core/permissions.ts';
import type { Counted } from '../../../core/runs/lengths.ts';
import { type Method, methods } from '../../../core/runs/method.ts';
import type { Preparing } from '../../../core/runs/preparing.ts';
import type { Recipe } from '../../../core/runs/recipe.ts';
import type { Counted as CountedVotes } from '../../../core/evaluations/counted.ts';
import type { FewShot } from '../../../core/evaluations/few-shot.ts';
import { type Outcome, outcomes } from '../../../core/evaluations/outcome.ts';
import type { EvaluationResult } from '../../../core/evaluations/result.ts';
import { type JudgeChoice, judgeChoices } from '../../../core/evaluations/judge-reply.ts';
import { type JudgingStatus, judgingStatuses } from '../../../core/evaluations/judging.ts';
import { type PromptSource, promptSources, usualAnswer } from '../../../core/evaluations/plan.ts';
import type { ThreePart } from '../../../core/evaluations/three-way.ts';
import type { Told } from '../../../core/evaluations/told.ts';
import { type CountedScores, type Scored, scoreMarks } from '../../../core/evaluations/scoring.ts';
import { type RunStatus, runStatuses } from '../../../core/runs/status.ts';
import { type ServingStatus, servingStatuses } from '../../../core/servings/serving.ts';
import {
	type DeliveryState,
	type SwitchedOffFor,
	type WebhookState,
	deliveryStates,
	switchedOffFor,
	webhookStates
} from '../../../core/webhooks/rules.ts';
import type { Sealed } from '../crypto.ts';
import type { ProviderId } from '../../../contract/providers.ts';
import type { Deployment, Stray } from '../../../core/servings/serving.ts';
import { type MailKind, mailKinds } from '../../../core/account/mails.ts';
import { actingAs, between, counts, currentTeam, inParent, inTeam, oneOf, policies, teamTable } from './team-table.ts';

const bytes = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
const at = () => timestamp({ withTimezone: true });
/** The transaction that wrote the row, as snapshots name it. */
const writtenBy = customType<{ data: string }>({ dataType: () => 'xid8' });
/** Order of arrival for append-only rows: two can share a millisecond, and ids of different servers do not sort. */
const sequence = () => bigint({ mode: 'number' }).generatedAlwaysAsIdentity();

// ── identity: what is known before the team is ──────────────────────────────────────────────────────────────────────

// Whoever serves has no privilege on these tables: it asks functions (drizzle/functions/account.sql, sign-in.sql, limits.sql, keys.sql).

export const people = pgTable(
	'people',
	{
		id: uuid()
			.primaryKey()
			.default(sql`new_id()`),
		email: text().notNull().unique(),
		name: text().notNull(),
		createdAt: at().notNull().defaultNow(),
		/** Whether they want to be told by mail; null: as their role has it (`core/account/mails.ts`). */
		mailVerdicts: boolean(),
		mailRuns: boolean(),
		/** Since when they are on their way out (functions/ends.sql); signing in within the days of grace takes it back. */
		deletedAt: at()
	},
	(t) => [
		index('people_deleted')
			.on(t.deletedAt)
			.where(sql`deleted_at is not null`)
	]
);

export const sessions = pgTable(
	'sessions',
	{
		idHash: bytes().primaryKey(),
		/** What lists and "end this one" use: the hash is never shown, the id never stored. */
		handle: uuid()
			.notNull()
			.unique()
			.default(sql`new_id()`),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		expiresAt: at().notNull(),
		createdAt: at().notNull().defaultNow(),
		userAgent: text().notNull().default('')
	},
	(t) => [
		index().on(t.personId),
		// what the janitor looks for, every minute
		index('sessions_over').on(t.expiresAt).concurrently()
	]
);

/** One magic mail: link and code, both only as SHA-256, bound to the browser that asked. */
export const signIns = pgTable(
	'sign_ins',
	{
		id: uuid()
			.primaryKey()
			.default(sql`new_id()`),
		email: text().notNull(),
		tokenHash: bytes().notNull().unique(),
		codeHash: bytes().notNull(),
		browserHash: bytes().notNull(),
		next: text().notNull().default('/'),
		attempts: smallint().notNull().default(0),
		expiresAt: at().notNull(),
		createdAt: at().notNull().defaultNow()
	},
	(t) => [index().on(t.email), index().on(t.browserHash), index().on(t.expiresAt)]
);

/** Fixed windows of counted events: `mail:ana@example.com`, `mail-ip:…`, `code:…`. */
export const rateLimits = pgTable(
	'rate_limits',
	{
		key: text().primaryKey(),
		count: integer().notNull(),
		resetsAt: at().notNull()
	},
	(t) => [index().on(t.resetsAt)]
);

/**
 * Buckets of requests by what they are counted for: `api-key:…`. One moment says it all (functions/keys.sql). Unlogged: after a crash
 * everybody has a full one.
 */
export const buckets = pgTable('buckets', { name: text().primaryKey(), fullAt: at().notNull() });

export const teams = pgTable(
	'teams',
	{
		id: uuid()
			.primaryKey()
			.default(sql`new_id()`),
		slug: text().notNull().unique(),
		name: text().notNull(),
		createdAt: at().notNull().defaultNow(),
		/** Since when nobody enters it; an owner brings it back within the days of grace (functions/ends.sql). */
		deletedAt: at()
	},
	(t) => [
		index('teams_deleted')
			.on(t.deletedAt)
			.where(sql`deleted_at is not null`),
		...policies('teams', { add: [], change: ['owner'], remove: [] }, 'id')
	]
).enableRLS();

export const members = pgTable(
	'members',
	{
		teamId: uuid()
			.notNull()
			.references(() => teams.id, { onDelete: 'cascade' }),
		personId: uuid()
			.notNull()
			.references(() => people.id, { onDelete: 'cascade' }),
		role: text().$type<Role>().notNull(),
		/** null: every project of the team. */
		projectIds: uuid().array(),
		createdAt: at().notNull().defaultNow()
	},
	(t) => [
		primaryKey({ columns: [t.teamId, t.personId] }),
		index().on(t.personId),
		oneOf('members', 'role', roles),
		...policies('members', { add: ['owner'], change: ['owner'], remove: ['owner'] })
	]
).enableRLS();

/**
 * A program that wants to act as somebody: it asks with its device code, the person answers with the user code. Both only as SHA-256.
 * Whoever serves has no privilege on it either (functions/tokens.sql).
 */
export const deviceRequests = pgTable(
	'device_requests',
	{
		deviceHash: bytes().primaryKey(),
		userHash: bytes().notNull().unique(),
		/** What the program calls itself, and where it asks from. */
		name: text().notNull(),
		address: text().notNull(),
		createdAt: at().notNull().defaultNow(),
		expiresAt: at().notNull(),
		/** The least seconds between two questions; more for whoever does not keep to it. */
		waitSeconds: smallint().notNull(),
		askedAt: at(),
		refusedAt: at(),
		/** Who has confirmed it, for which of their teams. */
		personId: uuid(),
		chosenTeam: uuid()
	},
	(t) => [
		index().on(t.expiresAt),
		foreignKey({
			name: 'device_requests_membership',
			columns: [t.chosenTeam, t.personId],
			foreignColumns: [members.teamId, members.personId]
		}).onDelete('cascade')
	]
);

export const invitations = teamTable(
	'invitations',
	{
		email: text().notNull(),
		role: text().$type<Role>().notNull(),
		projectIds: uuid().array(),
		tokenHash: bytes().notNull(),
		invitedBy: uuid(),
		expiresAt: at().notNull(),
		acceptedAt: at(),
		revokedAt: at()
	},
	{ read: ['owner'], add: ['owner'], change: ['owner'], remove: ['owner'] },
	(t) => [unique().on(t.teamId, t.tokenHash), index().on(t.tokenHash), oneOf('invitations', 'role', roles)]
);

// ── connections and projects ────────────────────────────────────────────────────────────────────────────────────────

export const connections = teamTable(
	'connections',
	{
		provider: text().$type<ProviderId>().notNull(),
		name: text().notNull(),
		baseUrl: text(),
		/** The provider's key, sealed (crypto.ts); null for the sandbox, which needs none. */
		sealedKey: json().$type<Sealed>(),
		keyHint: text(),
		status: text().$type<'untested' | 'ok' | 'refused'>().notNull().default('untested'),
		training: text().$type<'open' | 'closed' | 'unknown'>().notNull().default('unknown'),
		problem: text(),
		checkedAt: at(),
		/** What the provider runs under names of ours, and no serving knows of; as the last look found it. */
		strays: json().$type<Stray[]>().notNull().default([]),
		straysAt: at(),
		/** Whether they are stopped when they are found, or only said. */
		stopsStrays: boolean().notNull().default(false),
		/** What an owner has said a model costs there, by its name; it goes before what the provider says. */
		prices: json().$type<EnteredPrices>().notNull().default({})
	},
	{ read: ['owner', 'trainer'], add: ['owner'], change: ['owner'], remove: ['owner'] },
	() => [
		oneOf('connections', 'status', ['untested', 'ok', 'refused']),
		oneOf('connections', 'training', ['open', 'closed', 'unknown'])
	]
);

/** A key for scripts (core/keys). The key itself is kept nowhere: only its SHA-256, which functions ask for (functions/keys.sql). */
export const apiKeys = teamTable(
	'api_keys',
	{
		name: text().notNull(),
		role: text().$type<KeyRole>().notNull(),
		projectIds: uuid().array(),
		hash: bytes().notNull(),
		hint: text().notNull(),
		createdBy: uuid(),
		expiresAt: at().notNull(),
		revokedAt: at(),
		lastUsedAt: at(),
		lastUsedFrom: text(),
		/** Another one stands in its place; it ends when the grace time does, if not at once. */
		rolledAt: at(),
		/** When its end was announced, and when the owners had their mails (keys/jobs.ts). */
		warnedAt: at(),
		mailedAt: at()
	},
	{ read: ['owner'], add: ['owner'], change: ['owner'], remove: [] },
	(t) => [
		unique().on(t.teamId, t.hash),
		index().on(t.hash),
		// what the sweep looks for, of every team
		index('api_keys_unwarned')
			.on(t.expiresAt)
			.where(sql`mailed_at is null and revoked_at is null and rolled_at is null`),
		oneOf('api_keys', 'role', keyRoles)
	]
);

/**
 * A key that acts as its person in one team, from the device flow; only its SHA-256 is kept. It hangs on the membership and goes with it.
 * Only functions touch it (functions/tokens.sql).
 */
export const personalTokens = teamTable(
	'personal_tokens',
	{
		personId: uuid().notNull(),
		/** What the program that asked calls itself. */
		name: text().notNull(),
		hash: bytes().notNull(),
		hint: text().notNull(),
		expiresAt: at().notNull(),
		lastUsedAt: at(),
		lastUsedFrom: text()
	},
	{ read: [], add: [], change: [], remove: [] },
	(t) => [
		unique().on(t.teamId, t.hash),
		index().on(t.hash),
		index().on(t.personId),
		index().on(t.expiresAt),
		foreignKey({
			name: 'personal_tokens_membership',
			columns: [t.teamId, t.personId],
			foreignColumns: [members.teamId, members.personId]
		}).onDelete('cascade')
	]
);

/**
 * Requests that a key has named (`Idempotency-Key`), for a day: what was asked, whether it has acted, and what was answered. Only
 * functions touch it (functions/requests.sql).
 */
export const namedRequests = teamTable(
	'named_requests',
	{
		/** The key, or the personal token, that it is the name of. */
		keyId: uuid().notNull(),
		name: text().notNull(),
		/** SHA-256 of method, path and body; of a file, of what was said before it. */
		fingerprint: bytes().notNull(),
		/** SHA-256 of the file, once it has come. */
		fileHash: bytes(),
		/** Whoever carries it out says so again and again; afterwards it is anybody's. */
		heldUntil: at().notNull(),
		acted: boolean().notNull().default(false),
		status: integer(),
		answer: text()
	},
	{ read: [], add: [], change: [], remove: [] },
	(t) => [unique().on(t.teamId, t.keyId, t.name), index().on(t.createdAt)]
);

export const projects = teamTable(
	'projects',
	{
		slug: text().notNull(),
		name: text().notNull(),
		description: text().notNull().default(''),
		connectionId: uuid(),
		baseModel: text().notNull(),
		systemPrompt: text().notNull().default(''),
		qualityThreshold: smallint().notNull().default(8),
		recipe: json().$type<Recipe>().notNull(),
		/** The numbers the next example, run and evaluation get. */
		nextExample: integer().notNull().default(1),
		nextRun: integer().notNull().default(1),
		nextEvaluation: integer().notNull().default(1),
		/** Examples up to this number have been compared with all others: near-duplicates among them are known. */
		compared: integer().notNull().default(0),
		/** Examples up to this number have their marks (`exampleMarks`), by the rules of this version (core/examples/marks.ts). */
		marked: integer().notNull().default(0),
		markedBy: smallint().notNull().default(0),
		/** The number the next prompt of the pool gets, and what they were all compared with last (prompts/compare.ts). */
		nextPrompt: integer().notNull().default(1),
		promptsCompared: text().notNull().default(''),
		/** It is nowhere any more, and can be brought back for a while (core/project/grace.ts). */
		deletedAt: at(),
		deletedBy: uuid()
	},
	{ add: ['owner', 'trainer'], change: ['owner', 'trainer'], remove: [], project: 'id', living: true },
	(t) => [
		// one that is deleted keeps its address for as long as it can come back
		unique().on(t.teamId, t.slug),
		// what the janitor looks for, of every team
		index('projects_deleted')
			.on(t.deletedAt)
			.where(sql`deleted_at is not null`),
		index('projects_of_connection').on(t.teamId, t.connectionId).concurrently(),
		inTeam(t, t.connectionId, connections, 'no action'),
		between('projects', 'quality_threshold', 1, 10)
	]
);

// From here on all is evidence, and the project it hangs on: whoever serves removes none of it. What may change about a row
// is guarded by triggers (drizzle/functions/evidence.sql, which also says how a team is purged).
const byTrainers = {
	add: ['owner', 'trainer'] as Role[],
	change: ['owner', 'trainer'] as Role[],
	remove: [] as Role[],
	project: 'project_id' as const
};
const appendOnly = { change: [] as Role[], remove: [] as Role[], project: 'project_id' as const };
const everyRole: Role[] = [...roles];
const sides = ['train', 'validation'] as const;
const ofProject = ['projectId'];
const ofEvaluation = ['projectId', 'evaluationId'];
const ofBallot = ['projectId', 'evaluationId', 'pairingId', 'personId', 'voter'];

// ── examples, ratings, rewrites ─────────────────────────────────────────────────────────────────────────────────────

export const imports = teamTable(
	'imports',
	{
		projectId: uuid().notNull(),
		personId: uuid(),
		fileName: text().notNull(),
		added: integer().notNull().default(0),
		duplicates: integer().notNull().default(0),
		refused: integer().notNull().default(0),
		/** The first 1 000 refused lines with number and reason, so that they can be mended and downloaded. */
		refusals: json()
			.$type<
				{
					line: number;
					reason: string;
					text: string;
					twin?: { id: string | null; number: number; input: string; asks: string } | null;
				}[]
			>()
			.notNull(),
		/** Examples that came in and that a provider would refuse as they are; the first of them. */
		warned: integer().notNull().default(0),
		warnings: json().$type<{ line: number; reason: string }[]>().notNull().default([]),
		/** When something of it was written last. */
		seenAt: at().notNull().defaultNow(),
		/** When it was read to its end, or broke off; null: it runs, or nobody is left who could say. */
		endedAt: at(),
		/** It broke off: what is counted is here, the rest of the file is not. */
		brokeOff: boolean().notNull().default(false)
	},
	byTrainers,
	(t) => [
		inTeam(t, t.projectId, projects),
		index().on(t.teamId, t.projectId),
		// what is forgotten of them when they are old
		index('imports_refusals')
			.on(t.createdAt)
			.where(sql`refusals::text <> '[]'`),
		counts('imports', 'added', 'duplicates', 'refused', 'warned')
	]
);

const origins = ['written', 'import', 'playground'] as const;
const promptOrigins = ['written', 'import'] as const;

export const examples = teamTable(
	'examples',
	{
		projectId: uuid().notNull(),
		/** Its number within the project: what people call it, and the order of lists. */
		number: integer().notNull(),
		/** `json`, not `jsonb`: that one refuses \u0000 and rewrites numbers; exports must give back what came in. */
		messages: json().$type<Message[]>().notNull(),
		/** The better output a person wrote: it is what trains. Derived from `rewrites` by trigger. */
		rewrite: text(),
		/** The imported line, where it says more than its messages do. */
		source: text(),
		contentHash: bytes().notNull(),
		/** Of everything before the answer: equal prompts may not stand on both sides of the split. */
		promptHash: bytes().notNull(),
		/** What it has in common with examples that nearly ask the same: the smallest prompt hash among them. null: there is none, or not yet. */
		family: bytes(),
		tokens: integer().notNull(),
		/** The mean of what counts of everybody's scores for this text, 1–10. Derived from `ratings` by trigger. */
		rating: real(),
		ratingsCount: integer().notNull().default(0),
		split: text().$type<(typeof sides)[number]>(),
		/** Some run has learnt from it: it can never become validation. Set by trigger, once a provider has accepted the order. */
		trained: boolean().notNull().default(false),
		/** It is in the order of a run that the provider has neither accepted nor refused: it stays where it is. Set by trigger. */
		reserved: boolean().notNull().default(false),
		origin: text().$type<(typeof origins)[number]>().notNull(),
		importId: uuid(),
		createdBy: uuid(),
		deletedAt: at()
	},
	{ ...byTrainers, carries: ofProject },
	(t) => [
		// none by what a rating changes: without a place of its own in any of these, it is written where the row stands (exampleStandings)
		// no key to the project: it is asked for row by row, a fifth of an import; drizzle/functions/totals.sql asks once per statement
		unique().on(t.teamId, t.projectId, t.number),
		// one index for two questions, because an import pays for each: the same conversation, and the same prompt
		uniqueIndex('examples_conversation')
			.on(t.teamId, t.projectId, t.promptHash, t.contentHash)
			.where(sql`deleted_at is null`),
		// what may hold its prompt although it is deleted: it was learnt, or has been a measure. No side is named: moving to one would be written elsewhere
		index('examples_holding')
			.on(t.teamId, t.projectId, t.promptHash)
			.where(sql`trained or reserved or deleted_at is not null`),
		// where a search finds rewrites
		index('examples_rewritten')
			.on(t.teamId, t.projectId, t.number)
			.where(sql`rewrite is not null and deleted_at is null`),
		// those that may have a long answer, the largest first (evaluations/longest-answer.ts); of others an import pays nothing
		index('examples_long')
			.on(t.teamId, t.projectId, t.tokens.desc().nullsFirst(), t.number)
			.where(sql`tokens > ${sql.raw(String(usualAnswer))} and deleted_at is null`)
			.concurrently(),
		// the same of rewrites, by their bytes; what somebody rewrites is written anew as it is
		index('examples_long_rewrites')
			.on(t.teamId, t.projectId, sql`octet_length(${t.rewrite}) desc`, t.number)
			.where(sql`octet_length(rewrite) > ${sql.raw(String(usualAnswer))} and deleted_at is null`)
			.concurrently(),
		index('examples_family')
			.on(t.teamId, t.projectId, t.family)
			.where(sql`family is not null`),
		oneOf('examples', 'split', sides),
		oneOf('examples', 'origin', origins),
		between('examples', 'rating', 1, 10),
		counts('examples', 'ratings_count', 'tokens')
	]
);

/**
 * Where each example that is there stands in lists by rating and side: what an index would be, in a table of its own. In an index of `examples`
 * a rating would write the whole conversation anew, and a place in every other index of theirs. Kept by triggers (drizzle/functions/standings.sql).
 */
export const exampleStandings = pgTable(
	'example_standings',
	{
		teamId: uuid().notNull(),
		projectId: uuid().notNull(),
		/** Whole points: a mean of 7.9 does not reach 8. 0 is unrated. */
		points: smallint().notNull(),
		/** '' is neither side. */
		split: text().$type<(typeof sides)[number] | ''>().notNull(),
		number: integer().notNull(),
		rating: real()
	},
	(t) => [
		// what each filter of a list is made of, by number (access/kinds.ts)
		primaryKey({ name: 'example_standings_key', columns: [t.teamId, t.projectId, t.points, t.split, t.number] }),
		// of a rating in whole points the key has the place; another place for each would be written with every rating and every move
		index('example_standings_between')
			.on(t.teamId, t.projectId, t.rating, t.number.desc().nullsFirst())
			.where(sql`rating <> floor(rating)`)
			.concurrently(),
		...policies('example_standings', {
			read: ['owner', 'trainer'],
			add: [],
			change: [],
			remove: [],
			project: 'project_id'
		})
	]
).enableRLS();

/**
 * How many examples are there of each kind, so that nothing counts rows: the sum over the slots. Kept by triggers on `examples`
 * (drizzle/functions/totals.sql), and only ever added to; one slot is one transaction's at a time, so that nobody waits.
 */
export const exampleCounts = pgTable(
	'example_counts',
	{
		teamId: uuid().notNull(),
		projectId: uuid().notNull(),
		slot: smallint().notNull(),
		/** '' is neither side. */
		split: text().$type<(typeof sides)[number] | ''>().notNull(),
		/** Whole points: a mean of 7.9 does not reach 8. 0 is unrated. */
		points: smallint().notNull(),
		rewritten: boolean().notNull(),
		trained: boolean().notNull(),
		count: bigint({ mode: 'number' }).notNull(),
		tokens: bigint({ mode: 'number' }).notNull(),
		/** What the ratings add up to; exact, as sums that are taken from again have to be. */
		ratings: numeric({ mode: 'number' }).notNull(),
		/** So many rows were written, whatever changed about them: as long as it is the same, so are the examples. */
		changes: bigint({ mode: 'number' }).notNull()
	},
	// no key to the project: a rating would wait for whoever has its row
	(t) => [
		primaryKey({
			name: 'example_counts_key',
			columns: [t.teamId, t.projectId, t.slot, t.split, t.points, t.rewritten, t.trained]
		}),
		...policies('example_counts', {
			read: ['owner', 'trainer'],
			add: [],
			change: [],
			remove: [],
			project: 'project_id'
		})
	]
).enableRLS();

/** How many examples each voter has given which score, as it counts for the text that stands; the same way. Only functions read it. */
export const ownCounts = pgTable(
	'own_counts',
	{
		teamId: uuid().notNull(),
		projectId: uuid().notNull(),
		personId: uuid().notNull(),
		slot: smallint().notNull(),
		score: smallint().notNull(),
		count: bigint({ mode: 'number' }).notNull()
	},
	(t) => [
		primaryKey({ name: 'own_counts_key', columns: [t.teamId, t.projectId, t.personId, t.slot, t.score] }),
		...policies('own_counts', { read: [], add: [], change: [], remove: [], project: 'project_id' })
	]
).enableRLS();

/**
 * What a checklist has to say of an example as it came, where that is anything (core/examples/marks.ts): written with it, or by the janitor. No key to
 * the example, as for standings: it goes with the project.
 */
export const exampleMarks = pgTable(
	'example_marks',
	{
		teamId: uuid().notNull().default(currentTeam),
		projectId: uuid().notNull(),
		number: integer().notNull(),
		marks: text().$type<ExampleMark>().array().notNull()
	},
	(t) => [
		primaryKey({ name: 'example_marks_key', columns: [t.teamId, t.projectId, t.number] }),
		...policies('example_marks', {
			read: ['owner', 'trainer'],
			add: ['owner', 'trainer'],
			change: [],
			remove: ['owner'],
			project: 'project_id'
		})
	]
).enableRLS();

/** What stands in the conversations of some examples, for searching (core/text/signature.ts). Made by the janitor, once all are there. */
export const exampleSignatures = pgTable(
	'example_signatures',
	{ teamId: uuid().notNull(), projectId: uuid().notNull(), block: integer().notNull(), bits: bytes().notNull() },
	(t) => [
		primaryKey({ name: 'example_signatures_key', columns: [t.teamId, t.projectId, t.block] }),
		...policies('example_signatures', { add: ['owner'], change: [], remove: [], project: 'project_id' })
	]
).enableRLS();

/** What models are asked in comparisons without an answer to learn: no run ever trains on one. Deleted ones keep what they said. */
export const prompts = teamTable(
	'prompts',
	{
		projectId: uuid().notNull(),
		/** Its number within the pool: what people call it, and the order of lists. */
		number: integer().notNull(),
		/** Up to the question. */
		messages: json().$type<Message[]>().notNull(),
		/** As that of an example: it tells what asks the same. */
		promptHash: bytes().notNull(),
		/** What it has in common with prompts of the pool that nearly ask the same: the smallest hash among them. null: there is none, or not yet. */
		family: bytes(),
		/** Examples and preferences that nearly ask the same, in hexadecimal: each by its family, or by its hash where it has none. */
		near: text()
			.array()
			.notNull()
			.default(sql`'{}'`),
		origin: text().$type<(typeof promptOrigins)[number]>().notNull(),
		createdBy: uuid(),
		deletedAt: at()
	},
	{ ...byTrainers, carries: ofProject },
	(t) => [
		inTeam(t, t.projectId, projects),
		unique().on(t.teamId, t.projectId, t.number),
		uniqueIndex('prompts_asked')
			.on(t.teamId, t.projectId, t.promptHash)
			.where(sql`deleted_at is null`),
		oneOf('prompts', 'origin', promptOrigins)
	]
);

/** Who rates, rewrites and votes: a person, or a key, whose id then stands in `personId`. Where something is counted, people are. */
export const voters = ['person', 'script'] as const;
const voter = () => text().$type<(typeof voters)[number]>().notNull().default(sql.raw(actingAs));
/** Of a comparison guests say something too; theirs are written by a function alone (drizzle/functions/guests.sql). */
export const ballotVoters = [...voters, 'guest'] as const;
const ballotVoter = () => text().$type<(typeof ballotVoters)[number]>().notNull().default(sql.raw(actingAs));

export const ratings = teamTable(
	'ratings',
	{
		seq: sequence(),
		projectId: uuid().notNull(),
		exampleId: uuid().notNull(),
		personId: uuid().notNull(),
		voter: voter(),
		/** 1–10; null takes the person's earlier score back. */
		score: smallint(),
		/** The text it was given for (core/ratings/counting.ts); by trigger the one that stands, where a row does not say. */
		text: bytes()
			.notNull()
			.default(sql`null`),
		/** The person has been shown what others gave: this stays what they said of that text. Set by `settle_rating`. */
		settled: boolean().notNull().default(false),
		/** Chosen by the browser: the same rating of an example sent twice arrives once. */
		clientId: uuid().notNull()
	},
	{ add: everyRole, ...appendOnly, actor: 'voter', unnamed: true },
	(t) => [
		inParent('ratings_example', t, t.exampleId, examples, ofProject),
		between('ratings', 'score', 1, 10),
		// what was sent before, and all that was said of an example: one place for each rating, beside the others of its example
		uniqueIndex('ratings_sent').on(t.teamId, t.exampleId, t.clientId).concurrently(),
		index().on(t.teamId, t.projectId, t.personId, t.seq),
		oneOf('ratings', 'voter', voters)
	]
);

export const rewrites = teamTable(
	'rewrites',
	{
		seq: sequence(),
		projectId: uuid().notNull(),
		exampleId: uuid().notNull(),
		personId: uuid().notNull(),
		voter: voter(),
		/** null goes back to the original output. */
		output: text(),
		clientId: uuid().notNull()
	},
	{ add: everyRole, ...appendOnly, actor: 'voter' },
	(t) => [
		inParent('rewrites_example', t, t.exampleId, examples, ofProject),
		unique().on(t.teamId, t.clientId),
		index().on(t.teamId, t.exampleId, t.seq),
		oneOf('rewrites', 'voter', voters)
	]
);

// ── training and serving ────────────────────────────────────────────────────────────────────────────────────────────

export const runs = teamTable(
	'runs',
	{
		projectId: uuid().notNull(),
		version: integer().notNull(),
		connectionId: uuid().notNull(),
		baseModel: text().notNull(),
		method: text().$type<Method>().notNull().default('sft'),
		recipe: json().$type<Recipe>().notNull(),
		seed: integer().notNull(),
		status: text().$type<RunStatus>().notNull(),
		/** The provider has accepted the files and begun to train: what is in them counts as learnt. Set by trigger. */
		accepted: boolean().notNull().default(false),
		/** The provider's own word, kept verbatim: it may be one we do not know. */
		providerStatus: text(),
		/** Ours, at most 40 characters, at the provider: how a job is found again after a lost answer. */
		mark: text().notNull(),
		jobId: text(),
		trainingFileId: text(),
		validationFileId: text(),
		model: text(),
		modelObject: text(),
		trainCount: integer().notNull(),
		validationCount: integer().notNull(),
		tokens: bigint({ mode: 'number' }).notNull(),
		/** What the provider counted of the training file before the order; null: our estimate is all there is. */
		counted: json().$type<Counted>(),
		estimateCents: integer(),
		costCents: integer(),
		stepsDone: integer(),
		stepsTotal: integer(),
		/** Why it failed, in words for the person. */
		problem: text(),
		createdBy: uuid(),
		/** When the order was sent; reconciling looks for it from then on. */
		submittedAt: at(),
		/** Clean lists without our mark, after a lost answer: three over two minutes allow a second order (PR3). */
		cleanLists: smallint().notNull().default(0),
		cancelRequestedAt: at(),
		startedAt: at(),
		finishedAt: at(),
		/** How far its files are, as long as they are being written; null: they are whole. */
		preparing: json().$type<Preparing>(),
		/** What is in its order is still being marked as learnt, or set free, part by part. Set by trigger. */
		settling: boolean().notNull().default(false),
		/** What its training file asks stands in `run_prompts`. Of a run of an older version it is written there later. */
		hashed: boolean().notNull().default(false)
	},
	{ ...byTrainers, carries: ofProject },
	(t) => [
		inTeam(t, t.projectId, projects),
		inTeam(t, t.connectionId, connections, 'no action'),
		unique().on(t.teamId, t.projectId, t.version),
		unique().on(t.teamId, t.mark),
		index().on(t.teamId, t.connectionId),
		index('runs_open')
			.on(t.teamId)
			.where(sql`status not in ('draft', 'ready', 'failed', 'cancelled')`),
		index('runs_unfinished')
			.on(t.teamId)
			.where(sql`preparing is not null or settling`),
		index('runs_unhashed')
			.on(t.teamId)
			.where(sql`not hashed`),
		oneOf('runs', 'status', runStatuses),
		oneOf('runs', 'method', methods),
		counts('runs', 'train_count', 'validation_count', 'tokens')
	]
);

/** The exact bytes a run sent, kept so that anybody can check what it learnt from. */
export const runFiles = teamTable(
	'run_files',
	{
		projectId: uuid().notNull(),
		runId: uuid().notNull(),
		kind: text().$type<(typeof sides)[number]>().notNull(),
		/** null: it is too large for one row, and lies in so many parts in `run_file_parts`. */
		body: text(),
		parts: integer(),
		sha256: text().notNull(),
		/** As far as the type goes; `bytes` has it where it is set. */
		byteCount: integer().notNull(),
		bytes: bigint({ mode: 'number' }),
		/** Its bytes were removed then, as the server is set; what is known of them stays. */
		removedAt: at()
	},
	{ read: ['owner', 'trainer'], add: ['owner', 'trainer'], ...appendOnly },
	(t) => [
		inParent('run_files_run', t, t.runId, runs, ofProject),
		unique().on(t.teamId, t.runId, t.kind),
		oneOf('run_files', 'kind', sides),
		counts('run_files', 'byte_count')
	]
);

/** The whole lines of a large file of a run, part by part: nobody ever holds more than one of them (server/runs/files.ts). */
export const runFileParts = teamTable(
	'run_file_parts',
	{
		projectId: uuid().notNull(),
		runId: uuid().notNull(),
		kind: text().$type<(typeof sides)[number]>().notNull(),
		/** From 0 on, without gaps. */
		place: integer().notNull(),
		body: text().notNull(),
		sha256: text().notNull()
	},
	{ read: ['owner', 'trainer'], add: ['owner', 'trainer'], ...appendOnly },
	(t) => [
		inParent('run_file_parts_run', t, t.runId, runs, ofProject),
		unique().on(t.teamId, t.runId, t.kind, t.place),
		oneOf('run_file_parts', 'kind', sides),
		counts('run_file_parts', 'place')
	]
);

/** Which examples a run learnt from and was measured on. The lock in the database reads this (drizzle/functions/validation-lock.sql). */
export const runExamples = teamTable(
	'run_examples',
	{
		projectId: uuid().notNull(),
		runId: uuid().notNull(),
		exampleId: uuid().notNull(),
		kind: text().$type<(typeof sides)[number]>().notNull()
	},
	{ add: ['owner', 'trainer'], ...appendOnly },
	(t) => [
		inParent('run_examples_run', t, t.runId, runs, ofProject),
		inParent('run_examples_example', t, t.exampleId, examples, ofProject),
		unique().on(t.teamId, t.runId, t.exampleId),
		index().on(t.teamId, t.exampleId),
		oneOf('run_examples', 'kind', sides)
	]
);

/** What the lines of a training file ask, each prompt once, by its hash: who asks whether a run has learnt some reads no file (drizzle/functions/learnt.sql). */
export const runPrompts = pgTable(
	'run_prompts',
	{
		teamId: uuid().notNull().default(currentTeam),
		projectId: uuid().notNull(),
		runId: uuid().notNull(),
		promptHash: bytes().notNull()
	},
	(t) => [
		primaryKey({ name: 'run_prompts_key', columns: [t.teamId, t.runId, t.promptHash] }),
		inParent('run_prompts_run', t, t.runId, runs, ofProject),
		...policies('run_prompts', { read: ['owner', 'trainer'], add: ['owner', 'trainer'], ...appendOnly })
	]
).enableRLS();

const levels = ['info', 'warning', 'error'] as const;

export const runEvents = teamTable(
	'run_events',
	{
		seq: sequence(),
		projectId: uuid().notNull(),
		runId: uuid().notNull(),
		at: at().notNull(),
		level: text().$type<(typeof levels)[number]>().notNull(),
		kind: text().notNull(),
		message: text().notNull(),
		step: integer()
	},
	{ read: ['owner', 'trainer'], add: ['owner', 'trainer'], ...appendOnly },
	(t) => [
		inParent('run_events_run', t, t.runId, runs, ofProject),
		unique('run_events_once').on(t.teamId, t.runId, t.at, t.kind, t.message),
		oneOf('run_events', 'level', levels)
	]
);

export const runPoints = teamTable(
	'run_points',
	{
		projectId: uuid().notNull(),
		runId: uuid().notNull(),
		series: text().$type<(typeof sides)[number]>().notNull(),
		step: integer().notNull(),
		loss: real().notNull(),
		at: at().notNull()
	},
	{ read: ['owner', 'trainer'], add: ['owner', 'trainer'], ...appendOnly },
	(t) => [
		inParent('run_points_run', t, t.runId, runs, ofProject),
		unique('run_points_once').on(t.teamId, t.runId, t.series, t.step),
		oneOf('run_points', 'series', sides)
	]
);

/** A tuned model made callable for a while. Billed by the minute, so every one has a row before it exists. */
export const servings = teamTable(
	'servings',
	{
		projectId: uuid().notNull(),
		runId: uuid().notNull(),
		/** The base of the run as it is, deployed for a comparison with it; null is the model of the run. */
		baseModel: text(),
		mark: text().notNull(),
		status: text().$type<ServingStatus>().notNull(),
		deployment: json().$type<Deployment>(),
		centsPerHour: real(),
		problem: text(),
		startedBy: uuid(),
		readyAt: at(),
		/** Nobody needs it after this: the janitor stops it. Pushed back with every use. */
		idleAt: at().notNull(),
		stoppedAt: at(),
		/** Who pressed stop: whoever waits for the model's answers does not start it again. */
		stoppedBy: uuid()
	},
	byTrainers,
	(t) => [
		inParent('servings_run', t, t.runId, runs, ofProject),
		oneOf('servings', 'status', servingStatuses),
		unique().on(t.teamId, t.mark),
		index().on(t.teamId, t.runId),
		// one at a time for a run, and for its base: two clicks start one
		uniqueIndex('servings_one_alive')
			.on(t.teamId, t.runId, sql`(base_model is null)`)
			.where(sql`status in ('starting', 'ready', 'stopping')`)
	]
);

// ── evaluation ──────────────────────────────────────────────────────────────────────────────────────────────────────

const evaluationStatuses = ['generating', 'voting', 'failed'] as const;
/** Two models side by side, or the answers of one beside what a person wrote. */
const evaluationKinds = ['comparison', 'scoring'] as const;

export const evaluations = teamTable(
	'evaluations',
	{
		projectId: uuid().notNull(),
		number: integer().notNull(),
		name: text().notNull(),
		kind: text().$type<(typeof evaluationKinds)[number]>().notNull().default('comparison'),
		/** Contender A: the model of a run; null for one that is no run's: the model `baseModel` of the connection. */
		runId: uuid(),
		/** It is the base of this run, as which it is deployed where it must be. */
		baseOf: uuid(),
		connectionId: uuid().notNull(),
		/** What A is, or was tuned from. */
		baseModel: text().notNull(),
		/** How a contender that is no run is called; null for a run. */
		label: text(),
		/** With which prompt of its own A competes; null for one that is asked as the project asks. */
		fewShot: json().$type<FewShot>(),
		/** Contender B: the model of a run, or of a connection. Nothing of it: the base of A; a scoring has none. */
		againstRunId: uuid(),
		againstBaseOf: uuid(),
		againstConnectionId: uuid(),
		againstModel: text(),
		againstLabel: text(),
		againstFewShot: json().$type<FewShot>(),
		systemPrompt: text().notNull(),
		/** Validation examples, or prompts of the pool. */
		promptsFrom: text().$type<PromptSource>().notNull().default('validation'),
		/** The plan. Fixed when it is created: the verdict is given at this many prompts, not when the numbers look good. */
		planned: integer().notNull(),
		/** A prompt counts when so many people have judged it. */
		votesPerPrompt: smallint().notNull().default(1),
		/** The smallest net preference that matters, in points. */
		delta: smallint().notNull().default(20),
		/** So many of a person's pairs come to them once more, with the sides changed: whether they say the same. No votes. */
		repeats: smallint().notNull().default(0),
		/** Of a scoring: from this score on an answer could be sent as it is. */
		sendableFrom: smallint(),
		/** The how manieth comparison of these two it is: the bar rises with it. */
		attempt: integer().notNull().default(1),
		/** Whether a model that thinks before it answers may do so here: whoever can be told is told so. */
		thinking: boolean().notNull().default(true),
		/** The evaluation whose results were seen, and which goes on here with prompts that nobody has. */
		continuesId: uuid(),
		/** Which of the three comparisons of a three-way it is, and, but for the first of them, that one: prompts, answers, vote and reveal are shared. */
		threePart: text().$type<ThreePart>(),
		threeOf: uuid(),
		temperature: real().notNull(),
		maxTokens: integer().notNull(),
		seed: integer().notNull(),
		status: text().$type<(typeof evaluationStatuses)[number]>().notNull(),
		problem: text(),
		createdBy: uuid(),
		/** When somebody last asked for the answers: what failed or was stopped before that is no answer to it. */
		wantedAt: at().notNull().defaultNow(),
		revealedAt: at(),
		/** Who could vote when the results were revealed. */
		electorate: uuid().array(),
		/** What came out, counted at the reveal, which ends the vote, so that lists recount nothing. */
		result: json().$type<EvaluationResult>(),
		/** The same of a scoring. */
		scored: json().$type<Scored>(),
		/** All that the votes of a comparison come to, counted at the reveal beside its `judged_pairs`; null: the sweep will. The same of a scoring. */
		counted: json().$type<CountedVotes | CountedScores>(),
		/** When the texts of its answers were removed, where the server keeps them for some time only (functions/old-answers.sql). */
		textsRemovedAt: at()
	},
	{ ...byTrainers, carries: ofProject },
	(t) => [
		inTeam(t, t.projectId, projects),
		inParent('evaluations_run', t, t.runId, runs, ofProject, 'no action'),
		inParent('evaluations_against_run', t, t.againstRunId, runs, ofProject, 'no action'),
		inParent('evaluations_base_of', t, t.baseOf, runs, ofProject, 'no action'),
		inParent('evaluations_against_base_of', t, t.againstBaseOf, runs, ofProject, 'no action'),
		inTeam(t, t.connectionId, connections, 'no action'),
		inTeam(t, t.againstConnectionId, connections, 'no action'),
		inParent('evaluations_continues', t, t.continuesId, t, ofProject, 'no action'),
		unique().on(t.teamId, t.projectId, t.number),
		unique('evaluations_continues_once').on(t.teamId, t.continuesId),
		inParent('evaluations_three_of', t, t.threeOf, t, ofProject, 'no action'),
		uniqueIndex('evaluations_three_once')
			.on(t.teamId, t.threeOf, t.threePart)
			.where(sql`three_of is not null`)
			.concurrently(),
		check(
			'evaluations_three',
			// by case: a check that comes to null lets everything pass
			sql`case when ${t.threePart} is null then ${t.threeOf} is null
			when ${t.threePart} = 'training' then ${t.threeOf} is null and ${t.continuesId} is null
			else ${t.threePart} in ('prompt', 'tuned') and ${t.threeOf} is not null and ${t.continuesId} is null end`
		),
		check('evaluations_three_compares', sql`${t.threePart} is null or ${t.kind} = 'comparison'`),
		index().on(t.teamId, t.runId),
		index().on(t.teamId, t.againstRunId),
		index('evaluations_of_connection')
			.on(t.teamId, t.connectionId)
			.where(sql`connection_id is not null`)
			.concurrently(),
		index('evaluations_against_connection')
			.on(t.teamId, t.againstConnectionId)
			.where(sql`against_connection_id is not null`)
			.concurrently(),
		index('evaluations_base_of_run')
			.on(t.teamId, t.baseOf)
			.where(sql`base_of is not null`),
		index('evaluations_against_base_of_run')
			.on(t.teamId, t.againstBaseOf)
			.where(sql`against_base_of is not null`),
		index('evaluations_open')
			.on(t.teamId)
			.where(sql`status = 'generating' or (revealed_at is not null and result is null and kind = 'comparison')`),
		index('evaluations_uncounted')
			.on(t.teamId)
			.where(sql`revealed_at is not null and counted is null and kind = 'comparison'`),
		// what the janitor looks for, of all teams
		index('evaluations_with_texts')
			.on(t.revealedAt)
			.where(sql`revealed_at is not null and texts_removed_at is null`)
			.concurrently(),
		oneOf('evaluations', 'status', evaluationStatuses),
		oneOf('evaluations', 'prompts_from', promptSources),
		oneOf('evaluations', 'kind', evaluationKinds),
		check(
			'evaluations_scoring',
			sql`(${t.kind} = 'scoring') = (${t.sendableFrom} is not null) and ${t.sendableFrom} between 1 and 10 and (${t.kind} = 'comparison' or (${t.againstRunId} is null and ${t.againstConnectionId} is null and ${t.continuesId} is null))`
		),
		// a side is one thing: a run, or a model with its connection and its name for people
		check(
			'evaluations_sides',
			sql`(${t.runId} is null) = (${t.label} is not null) and (${t.runId} is null or ${t.baseOf} is null)
			and (${t.againstConnectionId} is null) = (${t.againstModel} is null) and (${t.againstConnectionId} is null) = (${t.againstLabel} is null)
			and (${t.againstConnectionId} is null or ${t.againstRunId} is null) and (${t.againstBaseOf} is null or ${t.againstConnectionId} is not null)
			and (${t.kind} = 'scoring' or ${t.runId} is not null or ${t.againstRunId} is not null or ${t.againstConnectionId} is not null)`
		),
		// a trained model competes as it is
		check(
			'evaluations_few_shot',
			sql`(${t.fewShot} is null or ${t.runId} is null) and (${t.againstFewShot} is null or ${t.againstConnectionId} is not null)`
		),
		counts('evaluations', 'planned', 'repeats'),
		check(
			'evaluations_plan',
			sql`${t.votesPerPrompt} between 1 and 3 and ${t.delta} between 1 and 100 and ${t.attempt} > 0`
		)
	]
);

export const pairings = teamTable(
	'pairings',
	{
		projectId: uuid().notNull(),
		evaluationId: uuid().notNull(),
		/** A validation example, or a prompt of the pool. */
		exampleId: uuid(),
		promptId: uuid(),
		position: integer().notNull(),
		prompt: json().$type<Message[]>().notNull(),
		/** What a person wrote for it; shown only on request, and after the reveal. null: a prompt of the pool has no answer. */
		reference: text()
	},
	{ add: ['owner', 'trainer'], ...appendOnly, carries: ofEvaluation },
	(t) => [
		inParent('pairings_evaluation', t, t.evaluationId, evaluations, ofProject),
		inParent('pairings_example', t, t.exampleId, examples, ofProject),
		inParent('pairings_prompt', t, t.promptId, prompts, ofProject),
		unique().on(t.teamId, t.evaluationId, t.exampleId),
		unique('pairings_prompt_once').on(t.teamId, t.evaluationId, t.promptId),
		index().on(t.teamId, t.exampleId),
		index('pairings_of_prompt')
			.on(t.teamId, t.promptId)
			.where(sql`prompt_id is not null`),
		check('pairings_asks', sql`num_nonnulls(example_id, prompt_id) = 1 and (reference is null) = (example_id is null)`)
	]
);

const contenders = ['a', 'b'] as const;

/** One answer, generated once and kept: votes never need a live model. */
export const outputs = teamTable(
	'outputs',
	{
		projectId: uuid().notNull(),
		evaluationId: uuid().notNull(),
		pairingId: uuid().notNull(),
		contender: text().$type<(typeof contenders)[number]>().notNull(),
		text: text().notNull(),
		finishReason: text(),
		promptTokens: integer(),
		completionTokens: integer(),
		latencyMs: integer(),
		/** Of a text that was removed: when, the hash of its bytes, and all that a result says of it. The text is then empty. */
		removedAt: at(),
		sha256: text(),
		told: json().$type<Told>()
	},
	{ add: ['owner', 'trainer'], ...appendOnly },
	(t) => [
		inParent('outputs_pairing', t, t.pairingId, pairings, ofEvaluation),
		unique('outputs_once').on(t.teamId, t.pairingId, t.contender),
		oneOf('outputs', 'contender', contenders),
		check(
			'outputs_removed',
			sql`num_nonnulls(${t.removedAt}, ${t.sha256}, ${t.told}) in (0, 3) and (${t.removedAt} is null or ${t.text} = '')`
		)
	]
);

/**
 * A pair that counts in a comparison, or in one that it goes on with, as the reveal counted it: what was said of it, and what a list of pairs asks of
 * their answers without reading them.
 */
export const judgedPairs = pgTable(
	'judged_pairs',
	{
		teamId: uuid().notNull().default(currentTeam),
		projectId: uuid().notNull(),
		evaluationId: uuid().notNull(),
		/** Among all prompts of the evaluation, those of what it goes on with first. */
		place: integer().notNull(),
		pairingId: uuid().notNull(),
		/** The example, or the prompt of the pool. */
		askedId: uuid().notNull(),
		outcome: text().$type<Outcome>().notNull(),
		/** Of the votes that count: +1 where A is better, −1 where B is. */
		sum: smallint().notNull(),
		/** So many people have judged it, and it came again to one of them who said something of it. */
		votes: smallint().notNull(),
		again: boolean().notNull(),
		lengthA: integer().notNull(),
		lengthB: integer().notNull(),
		/** The name by which an answer tells a model. */
		namedA: text(),
		namedB: text(),
		thoughtA: boolean().notNull(),
		thoughtB: boolean().notNull(),
		completeA: boolean().notNull(),
		completeB: boolean().notNull()
	},
	(t) => [
		primaryKey({ name: 'judged_pairs_key', columns: [t.teamId, t.evaluationId, t.place] }),
		inParent('judged_pairs_evaluation', t, t.evaluationId, evaluations, ofProject),
		oneOf('judged_pairs', 'outcome', outcomes),
		...policies('judged_pairs', { add: ['owner', 'trainer'], ...appendOnly })
	]
).enableRLS();

/** What one person sees of one pairing: in which order it comes, and which contender stands first. Fixed before they look. */
export const ballots = teamTable(
	'ballots',
	{
		projectId: uuid().notNull(),
		evaluationId: uuid().notNull(),
		pairingId: uuid().notNull(),
		personId: uuid().notNull(),
		voter: ballotVoter(),
		/** It is the pair once more, with the sides changed: what is said of it is no vote, and stands in no number of the verdict. */
		repeat: boolean().notNull().default(false),
		position: integer().notNull(),
		/** true: contender B is shown first. */
		swapped: boolean().notNull()
	},
	{ add: everyRole, ...appendOnly, actor: 'voter', carries: ofBallot },
	(t) => [
		inParent('ballots_pairing', t, t.pairingId, pairings, ofEvaluation),
		uniqueIndex('ballots_each').on(t.teamId, t.pairingId, t.personId, t.repeat),
		index().on(t.teamId, t.evaluationId, t.personId, t.position),
		oneOf('ballots', 'voter', ballotVoters)
	]
);

/** Of a pair which is better, of one answer how good it is, or that they do not want to judge it. */
const said = ['first', 'tie', 'second', 'both_bad', ...scoreMarks, 'skip'] as const;

export const votes = teamTable(
	'votes',
	{
		seq: sequence(),
		projectId: uuid().notNull(),
		evaluationId: uuid().notNull(),
		pairingId: uuid().notNull(),
		ballotId: uuid().notNull(),
		personId: uuid().notNull(),
		voter: ballotVoter(),
		/** As the person saw it; null takes back what they had said. */
		choice: text().$type<(typeof said)[number]>(),
		clientId: uuid().notNull()
	},
	{ add: everyRole, ...appendOnly, actor: 'voter' },
	(t) => [
		// the ballot is the voter's own, of this pairing
		inParent('votes_ballot', t, t.ballotId, ballots, ofBallot),
		oneOf('votes', 'choice', said),
		unique('votes_client').on(t.teamId, t.clientId),
		index().on(t.teamId, t.evaluationId, t.seq),
		oneOf('votes', 'voter', ballotVoters)
	]
);

/** What a voter adds to their vote on a pair: how good each answer is, and a note. The last one counts, while the vote stands. */
export const remarks = teamTable(
	'remarks',
	{
		seq: sequence(),
		projectId: uuid().notNull(),
		evaluationId: uuid().notNull(),
		pairingId: uuid().notNull(),
		ballotId: uuid().notNull(),
		personId: uuid().notNull(),
		voter: voter(),
		/** 1–10, as the person saw them. */
		firstScore: smallint(),
		secondScore: smallint(),
		note: text().notNull(),
		clientId: uuid().notNull()
	},
	{ add: everyRole, ...appendOnly, actor: 'voter' },
	(t) => [
		inParent('remarks_ballot', t, t.ballotId, ballots, ofBallot),
		between('remarks', 'first_score', 1, 10),
		between('remarks', 'second_score', 1, 10),
		unique('remarks_client').on(t.teamId, t.clientId),
		index().on(t.teamId, t.evaluationId, t.seq),
		oneOf('remarks', 'voter', voters)
	]
);

// ── mails ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Who is told what by mail, and since when they know: nobody is told twice. Of what, says the row it names. */
export const mails = teamTable(
	'mails',
	{
		projectId: uuid().notNull(),
		kind: text().$type<MailKind>().notNull(),
		/** The evaluation, or the run. */
		subject: uuid().notNull(),
		personId: uuid().notNull(),
		sentAt: at()
	},
	{ read: ['owner'], add: ['owner'], change: ['owner'], remove: [], project: 'project_id' },
	(t) => [
		inTeam(t, t.projectId, projects),
		unique('mails_once').on(t.teamId, t.kind, t.subject, t.personId),
		index().on(t.teamId, t.projectId),
		oneOf('mails', 'kind', mailKinds)
	]
);

/** A link by which people without an account vote on some pairs of a comparison: at most so many people, until then. */
export const guestLinks = teamTable(
	'guest_links',
	{
		projectId: uuid().notNull(),
		evaluationId: uuid().notNull(),
		/** SHA-256 of what stands in the link, which was shown once. */
		hash: bytes().notNull(),
		/** What guests read above the pairs: what the maker wrote, and nothing else of the team. */
		title: text().notNull(),
		instructions: text().notNull(),
		/** So many pairs are dealt to each. */
		pairs: integer().notNull(),
		mostGuests: integer().notNull(),
		createdBy: uuid(),
		expiresAt: at().notNull(),
		revokedAt: at()
	},
	{ ...byTrainers, read: ['owner', 'trainer'], carries: ofEvaluation },
	(t) => [
		inParent('guest_links_evaluation', t, t.evaluationId, evaluations, ofProject),
		unique('guest_links_hash').on(t.teamId, t.hash),
		// asked before a team is known
		index('guest_links_by_hash').on(t.hash),
		index().on(t.teamId, t.evaluationId),
		check('guest_links_caps', sql`${t.pairs} between 1 and 200 and ${t.mostGuests} between 1 and 1000`)
	]
);

/** Who came with a link and began: known by a secret of their browser alone. Their ballots carry this id. */
export const guests = teamTable(
	'guests',
	{
		projectId: uuid().notNull(),
		evaluationId: uuid().notNull(),
		linkId: uuid().notNull(),
		secret: bytes().notNull()
	},
	{ read: ['owner', 'trainer'], add: [], ...appendOnly },
	(t) => [
		inParent('guests_link', t, t.linkId, guestLinks, ofEvaluation),
		unique('guests_once').on(t.teamId, t.linkId, t.secret)
	]
);

/** A model that was asked to judge a comparison: which, by what, and how far it is. What it says is in no verdict. */
export const judgings = teamTable(
	'judgings',
	{
		projectId: uuid().notNull(),
		evaluationId: uuid().notNull(),
		connectionId: uuid().notNull(),
		model: text().notNull(),
		/** What people call it: results name it after its connection is gone from the list. */
		label: text().notNull(),
		/** By what it judges, as a person wrote it. */
		criteria: text().notNull(),
		status: text().$type<JudgingStatus>().notNull().default('judging'),
		/** Why it failed, or waits. */
		problem: text(),
		endedAt: at(),
		createdBy: uuid()
	},
	{ ...byTrainers, carries: ofEvaluation },
	(t) => [
		inParent('judgings_evaluation', t, t.evaluationId, evaluations, ofProject),
		inTeam(t, t.connectionId, connections, 'no action'),
		// a second click, or a second worker, begins nothing
		uniqueIndex('judgings_once')
			.on(t.teamId, t.evaluationId)
			.where(sql`status = 'judging'`),
		index().on(t.teamId, t.evaluationId),
		index().on(t.teamId, t.connectionId),
		oneOf('judgings', 'status', judgingStatuses),
		check('judgings_ended', sql`(${t.status} = 'judging') = (${t.endedAt} is null)`)
	]
);

/** What a judge said of one pair in one order. Each pair is asked in both: who only looks at the place is found out. */
export const judgments = teamTable(
	'judgments',
	{
		projectId: uuid().notNull(),
		evaluationId: uuid().notNull(),
		judgingId: uuid().notNull(),
		pairingId: uuid().notNull(),
		/** true: contender B stood first. */
		swapped: boolean().notNull(),
		/** null: its reply could not be read. */
		choice: text().$type<JudgeChoice>(),
		/** A text was too long for it and was shown in part. */
		shortened: boolean().notNull(),
		reply: text().notNull(),
		finishReason: text(),
		promptTokens: integer(),
		completionTokens: integer(),
		latencyMs: integer()
	},
	{ add: ['owner', 'trainer'], ...appendOnly },
	(t) => [
		inParent('judgments_judging', t, t.judgingId, judgings, ofEvaluation),
		inParent('judgments_pairing', t, t.pairingId, pairings, ofEvaluation),
		unique('judgments_once').on(t.teamId, t.judgingId, t.pairingId, t.swapped),
		index().on(t.teamId, t.evaluationId),
		index().on(t.teamId, t.pairingId),
		oneOf('judgments', 'choice', judgeChoices)
	]
);

// ── playground and budget ───────────────────────────────────────────────────────────────────────────────────────────

/** Of two answers to the same question, which one a person liked better: what a preference training learns from. */
export const playgroundPairs = teamTable(
	'playground_pairs',
	{
		seq: sequence(),
		projectId: uuid().notNull(),
		/** What both models were shown, the system prompt included. */
		prompt: json().$type<Message[]>().notNull(),
		/** Of the prompt: what measures must not train, in whatever shape. */
		promptHash: bytes().notNull(),
		chosen: text().notNull(),
		rejected: text().notNull(),
		/** What people call the models: v3, or the name of one. */
		chosenBy: text().notNull(),
		rejectedBy: text().notNull(),
		personId: uuid().notNull(),
		voter: voter(),
		clientId: uuid().notNull(),
		/** Taken back; it is kept, and counts for nothing. */
		withdrawnAt: at(),
		/** It stands in what a run was sent: its prompt can never measure. Set by trigger. */
		ordered: boolean().notNull().default(false)
	},
	{ ...byTrainers, read: ['owner', 'trainer'], actor: 'voter', carries: ofProject },
	(t) => [
		inTeam(t, t.projectId, projects),
		index('playground_pairs_ordered')
			.on(t.teamId, t.projectId, t.promptHash)
			.where(sql`ordered`),
		unique('playground_pairs_client').on(t.teamId, t.clientId),
		index().on(t.teamId, t.projectId, t.seq),
		oneOf('playground_pairs', 'voter', voters)
	]
);

/** The pairs of the playground that a run was sent; those of rewrites stand with its examples. */
export const runPairs = teamTable(
	'run_pairs',
	{ projectId: uuid().notNull(), runId: uuid().notNull(), pairId: uuid().notNull() },
	{ read: ['owner', 'trainer'], add: ['owner', 'trainer'], ...appendOnly },
	(t) => [
		inParent('run_pairs_run', t, t.runId, runs, ofProject),
		inParent('run_pairs_pair', t, t.pairId, playgroundPairs, ofProject),
		unique().on(t.teamId, t.runId, t.pairId),
		index('run_pairs_of_pair').on(t.teamId, t.pairId).concurrently()
	]
);

/** What a project may spend in a calendar month; without a row it may spend what it likes. */
export const budgets = teamTable(
	'budgets',
	{ projectId: uuid().notNull(), cents: integer().notNull() },
	{ read: ['owner', 'trainer'], add: ['owner'], change: ['owner'], remove: ['owner'], project: 'project_id' },
	(t) => [
		inTeam(t, t.projectId, projects),
		unique().on(t.teamId, t.projectId),
		between('budgets', 'cents', 1, 100_000_000)
	]
);

/** That people were told of a budget: once for each mark of one month, and again when another amount is set. */
export const budgetNotices = teamTable(
	'budget_notices',
	{ projectId: uuid().notNull(), month: text().notNull(), cents: integer().notNull(), percent: smallint().notNull() },
	{ read: ['owner', 'trainer'], add: ['owner', 'trainer'], change: [], remove: [], project: 'project_id' },
	(t) => [inTeam(t, t.projectId, projects), unique().on(t.teamId, t.projectId, t.month, t.cents, t.percent)]
);

/**
 * What answers that are billed by the token have cost in a month. Runs and servings say themselves what they cost. An answer that is
 * being written stands here with the most it may come to.
 */
export const answerCosts = teamTable(
	'answer_costs',
	{
		projectId: uuid().notNull(),
		month: text().notNull(),
		purpose: text().$type<AnswerPurpose>().notNull(),
		cents: doublePrecision().notNull()
	},
	{ ...byTrainers, read: ['owner', 'trainer'] },
	(t) => [
		inTeam(t, t.projectId, projects),
		unique().on(t.teamId, t.projectId, t.month, t.purpose),
		oneOf('answer_costs', 'purpose', answerPurposes)
	]
);

// ── webhooks ────────────────────────────────────────────────────────────────────────────────────────────────────────

const byWebhooks = {
	read: ['owner', 'trainer'] as Role[],
	add: ['owner', 'trainer'] as Role[],
	change: ['owner', 'trainer'] as Role[],
	project: 'project_ids' as const
};
/** null is every project; none at all would be seen by everybody. */
const someProjects = (table: string) => check(`${table}_projects_some`, sql.raw('cardinality(project_ids) > 0'));

/** Where the team has chosen events sent to. */
export const webhookEndpoints = teamTable(
	'webhook_endpoints',
	{
		name: text().notNull(),
		url: text().notNull(),
		events: text().array().notNull(),
		projectIds: uuid().array(),
		/** What signs (crypto.ts), and until when the one before it signs too. */
		sealedSecret: json().$type<Sealed>().notNull(),
		sealedOldSecret: json().$type<Sealed>(),
		oldSecretUntil: at(),
		state: text().$type<WebhookState>().notNull().default('on'),
		/** Why it is off, and whether the owners have had their mail. */
		reason: text().$type<SwitchedOffFor>(),
		mailedAt: at(),
		failingSince: at(),
		deliveredAt: at(),
		/** Its server wants peace until then. */
		restsUntil: at(),
		createdBy: uuid()
	},
	{ ...byWebhooks, remove: ['owner', 'trainer'] },
	() => [
		oneOf('webhook_endpoints', 'state', webhookStates),
		oneOf('webhook_endpoints', 'reason', switchedOffFor),
		check('webhook_endpoints_off', sql`(state = 'off') = (reason is not null)`),
		someProjects('webhook_endpoints')
	]
);

/** One try to send something, as it is kept. */
export type KeptAttempt = { at: string; status: number | null; ms: number; problem: string | null; answer: string };

/** What is sent to a webhook, for thirty days: the request and every answer. Of an event: made by `make_deliveries` (functions/webhooks.sql). */
export const webhookDeliveries = teamTable(
	'webhook_deliveries',
	{
		seq: sequence(),
		endpointId: uuid().notNull(),
		/** Those of the endpoint when it was made: what is in it was for whoever saw these. */
		projectIds: uuid().array(),
		event: text().notNull(),
		body: text().notNull(),
		state: text().$type<DeliveryState>().notNull().default('waiting'),
		/** Since it was made, or sent again by a person. */
		tries: smallint().notNull().default(0),
		attempts: json()
			.$type<KeptAttempt[]>()
			.notNull()
			.default(sql`'[]'`),
		/** When it is tried next; while it is being sent, when somebody else may think that the sender is dead. */
		nextAt: at().default(sql`now()`)
	},
	{ ...byWebhooks, remove: [] },
	(t) => [
		inTeam(t, t.endpointId, webhookEndpoints),
		index().on(t.teamId, t.endpointId, t.seq),
		index().on(t.createdAt),
		// what the janitor looks for
		index('webhook_deliveries_waiting')
			.on(t.teamId, t.nextAt)
			.where(sql`state = 'waiting'`),
		oneOf('webhook_deliveries', 'state', deliveryStates),
		check('webhook_deliveries_due', sql`(state = 'waiting') = (next_at is not null)`),
		someProjects('webhook_deliveries')
	]
);

// ── what happened ───────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * The outbox of live pages: written in the transaction of the change, told to every web process afterwards (events/). It lies in three
 * parts, by the hour in which a row was written, which are emptied as a whole (drizzle/functions/live.sql): no row is ever deleted.
 * They are unlogged: after a crash of the database they are empty, and pages are told that everything may have changed.
 */
export const outbox = teamTable(
	'outbox',
	{
		/** The version before names it when it writes. */
		seq: bigint({ mode: 'number' }).notNull().default(0),
		projectId: uuid().notNull(),
		/** What changed, as pages name it: `run:<id>`, `evaluation:<id>`, `project:<id>`, `ratings:<id>`. */
		topic: text().notNull(),
		/** By which event (contract/events). */
		event: text().notNull().default(''),
		/** Whose place readers go by: numbers of rows become visible out of order. */
		xid: writtenBy()
			.notNull()
			.default(sql`pg_current_xact_id()`),
		/** The window of a browser that brought it about: it knows already. */
		tab: uuid(),
		/** Its part. By the clock of the statement: what a long transaction has written keeps its part from being emptied. */
		part: smallint()
			.notNull()
			.default(sql`(extract(hour from statement_timestamp() at time zone 'UTC')::int % 3)`)
	},
	{ add: everyRole, change: [], remove: [], project: 'project_id', unnamed: true },
	(t) => [index().on(t.teamId, t.xid)]
);

/** What people read of a project's last weeks: who has done what (contract/events: `feed`). Numbers and names, no texts, no scores. */
export const activities = teamTable(
	'activities',
	{
		seq: sequence(),
		projectId: uuid().notNull(),
		personId: uuid(),
		/** The key that did it; nobody's person. Neither: a job did. */
		keyId: uuid(),
		event: text().notNull(),
		subject: text().notNull(),
		details: json().$type<Record<string, unknown>>().notNull()
	},
	{ add: everyRole, change: [], remove: [], project: 'project_id', actor: 'person_id, a key or nobody', unnamed: true },
	// no key to the project: each rating would lock its row, and that for nothing. And no index that only the purge would ask (functions/purge.sql)
	(t) => [index().on(t.teamId, t.projectId, t.seq)]
);

export const auditEntries = teamTable(
	'audit_entries',
	{
		seq: sequence(),
		personId: uuid(),
		action: text().notNull(),
		subject: text().notNull(),
		/** Changed fields, secrets left out. */
		details: json().$type<Record<string, unknown>>().notNull(),
		/** The request that did it, as the log names it, and where it came from; a job has neither. */
		requestId: uuid(),
		address: text(),
		/** The key that did it; nobody's person. */
		keyId: uuid()
	},
	{ read: ['owner'], add: everyRole, change: [], remove: [], actor: 'person_id, a key or the system' },
	(t) => [
		index().on(t.teamId, t.seq),
		// what the janitor looks for, where the log is kept for so long only
		index('audit_entries_old').on(t.createdAt).concurrently(),
		// where somebody to be forgotten has come from
		index('audit_entries_from')
			.on(t.personId)
			.where(sql`address is not null`)
			.concurrently(),
		// by the address of somebody to be forgotten; only of these, since other details may hold what `->>` refuses (U+0000)
		index('audit_entries_email')
			.on(sql`(details ->> 'email')`)
			.where(
				sql`action in ('member.invited', 'member.invited_again', 'member.role_changed', 'member.removed', 'invitation.revoked')`
			)
			.concurrently()
	]
);

/**
 * The place of each audit entry in its team's chain, and what the chain comes to there (drizzle/functions/audit.sql). A row is
 * made with the entry, by trigger, and filled in once, after the commit. No key names the entry: its place outlives it and tells.
 */
export const auditLinks = pgTable(
	'audit_links',
	{
		teamId: uuid().notNull(),
		entryId: uuid().notNull(),
		/** By the clock, not the begin of the transaction: how long an entry waits is counted from here. */
		createdAt: at()
			.notNull()
			.default(sql`clock_timestamp()`),
		/** 1, 2, 3 …; null until the entry has one. */
		place: bigint({ mode: 'number' }),
		hash: bytes(),
		/** Since then an address is missing in the entry: its person is gone, and its text no longer gives the hash. */
		erasedAt: at(),
		/** Since then the entry is gone, because the server keeps none so old; its place and hash stand. */
		purgedAt: at()
	},
	(t) => [
		primaryKey({ columns: [t.teamId, t.entryId] }),
		uniqueIndex('audit_links_place')
			.on(t.teamId, t.place)
			.where(sql`place is not null`),
		// what the relay and the janitor look for: always a few rows, however long the log
		index('audit_links_waiting')
			.on(t.teamId)
			.where(sql`place is null`),
		check('audit_links_whole', sql`(place is null) = (hash is null) and place >= 1`),
		...policies('audit_links', { read: ['owner'], add: [], change: [], remove: [] })
	]
).enableRLS();
