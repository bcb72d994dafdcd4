import * as v from 'valibot';
import { graceHours, keyLives, keyRoles, keyStates } from '../core/keys/rules.ts';
import { Id, Name, NoInput, NoOutput, Time } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

const KeyId = Id('The key');
/** Not a picklist: a form's text becomes a number only where a number is asked for. */
const oneOfThese = (numbers: readonly number[], sentence: string) =>
	v.pipe(v.number(sentence), v.values(numbers, sentence));

const KeyRole = v.picklist(keyRoles, 'A key is a trainer or a rater');

const Key = v.strictObject({
	id: v.string(),
	name: v.string(),
	role: KeyRole,
	/** null is every project, also those to come. */
	projectIds: v.nullable(v.array(v.string())),
	/** What it is recognised by: its beginning and its last four signs. */
	hint: v.string(),
	state: v.picklist(keyStates),
	createdAt: Time,
	/** Who made it. */
	createdBy: v.nullable(v.string()),
	expiresAt: Time,
	lastUsedAt: v.nullable(Time),
	lastUsedFrom: v.nullable(v.string())
});
export type ShownKey = v.InferInput<typeof Key>;

const aKey: v.InferOutput<typeof Key> = {
	id: ids.key,
	name: 'Nightly import',
	role: 'trainer',
	projectIds: null,
	hint: 'ait_sk_…8dQ1',
	state: 'open',
	createdAt: aTime,
	createdBy: 'Ana',
	expiresAt: aTime,
	lastUsedAt: null,
	lastUsedFrom: null
};

export const ListKeys = query({
	name: 'keys.list',
	summary: 'The keys of the team, the newest first; those that are over stay for a month',
	within: 'team',
	action: 'keys:edit',
	input: NoInput,
	output: v.array(Key),
	errors: {},
	example: { input: {}, output: [aKey] }
});

/** The key itself: shown this once, and kept nowhere. */
const MadeKey = v.strictObject({ id: v.string(), key: v.string() });
const aMadeKey = { id: ids.key, key: 'ait_sk_…' };

export const CreateKey = command({
	name: 'keys.create',
	summary: 'Makes a key for scripts and shows it once',
	within: 'team',
	action: 'keys:edit',
	input: v.object({
		name: Name,
		role: v.optional(KeyRole, 'trainer'),
		projectIds: v.optional(
			v.nullable(
				v.pipe(
					v.array(Id('The project')),
					// none is not all: whoever forgot to choose would open everything
					v.minLength(1, 'Choose at least one project, or all'),
					v.maxLength(500, 'Choose at most 500 projects')
				)
			),
			null
		),
		days: v.optional(oneOfThese(keyLives, 'A key lives for 30, 90 or 365 days'), keyLives[0])
	}),
	output: MadeKey,
	errors: {
		conflict: 'The team has fifty keys that work.',
		rate_limited: 'The team has made a hundred keys within the hour.'
	},
	events: ['key.created'],
	example: { input: { name: 'Nightly import', role: 'trainer', days: 90 }, output: aMadeKey }
});

export const RollKey = command({
	name: 'keys.roll',
	summary: 'Makes a new key in place of one; the old one works on for a while, or ends at once',
	within: 'team',
	action: 'keys:edit',
	input: v.object({
		keyId: KeyId,
		graceHours: v.optional(oneOfThese(graceHours, 'The old one works on for 0, 1, 24 or 168 hours'), 24)
	}),
	output: MadeKey,
	errors: {
		conflict: 'The key is over or was rolled before, or the team has fifty that work.',
		rate_limited: 'The team has made a hundred keys within the hour.'
	},
	events: ['key.rolled'],
	example: { input: { keyId: ids.key, graceHours: 24 }, output: aMadeKey }
});

export const RevokeKey = command({
	name: 'keys.revoke',
	summary: 'Ends a key at once',
	within: 'team',
	action: 'keys:edit',
	input: v.object({ keyId: KeyId }),
	output: NoOutput,
	errors: {},
	events: ['key.revoked'],
	example: { input: { keyId: ids.key }, output: null }
});

export const GetMe = query({
	name: 'keys.me',
	summary: 'Which team this key opens, as what, and until when',
	within: 'team',
	action: 'team:see',
	input: NoInput,
	output: v.strictObject({
		team: v.strictObject({ id: v.string(), slug: v.string(), name: v.string() }),
		role: v.string(),
		projectIds: v.nullable(v.array(v.string())),
		/** null for a person, whose personal token this is. */
		key: v.nullable(v.strictObject({ id: v.string(), name: v.string(), expiresAt: Time }))
	}),
	errors: {},
	example: {
		input: {},
		output: {
			team: { id: ids.team, slug: 'acme', name: 'Acme' },
			role: 'trainer',
			projectIds: null,
			key: { id: ids.key, name: 'Nightly import', expiresAt: aTime }
		}
	}
});
