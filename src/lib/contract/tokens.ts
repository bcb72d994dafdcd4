// Personal tokens, and the device flow by which a program gets one (in the spirit of RFC 8628).
import * as v from 'valibot';
import { Id, NoInput, NoOutput, RoleName, Time } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

/** At once, of one person: more would be a leak nobody looks through. */
export const mostTokens = 20;

const Client = v.pipe(
	v.string('A client is a text'),
	v.regex(/^[^\u0000-\u001f\u007f]*$/, 'The name of a client is one line of plain text'),
	v.trim(),
	v.minLength(1, 'Give the client a name'),
	v.maxLength(60, 'The name of a client has at most 60 characters')
);

export const BeginDevice = command({
	name: 'tokens.begin',
	summary: 'A program asks for a personal token: a code for itself, and one for its person to confirm in the browser',
	within: 'visitor',
	action: null,
	/** What the program calls itself, for the person who is asked. */
	input: v.object({ client: v.optional(Client, 'A program') }),
	output: v.strictObject({
		deviceCode: v.string(),
		userCode: v.string(),
		verificationUri: v.string(),
		verificationUriComplete: v.string(),
		/** Seconds. */
		expiresIn: v.number(),
		/** The least seconds between two questions for the token. */
		interval: v.number()
	}),
	errors: {},
	noEvent: 'because nobody is known yet',
	example: {
		input: { client: 'ait on laptop' },
		output: {
			deviceCode: 'zK3vB1',
			userCode: 'BCDF-GHJK',
			verificationUri: 'https://aitelier.example/device',
			verificationUriComplete: 'https://aitelier.example/device?code=BCDF-GHJK',
			expiresIn: 600,
			interval: 5
		}
	}
});

export const TakeToken = command({
	name: 'tokens.take',
	summary: 'The program asks whether its person has confirmed, and gets the token, once',
	within: 'visitor',
	action: null,
	input: v.object({
		deviceCode: v.pipe(v.string('The device code is missing'), v.maxLength(200, 'This is not a device code of ours'))
	}),
	output: v.strictObject({
		/** Shown this once, and kept nowhere. */
		token: v.string(),
		expiresAt: Time,
		person: v.strictObject({ name: v.string(), email: v.string() }),
		team: v.strictObject({ id: v.string(), slug: v.string(), name: v.string() }),
		/** What the person is in the team now; the token has what they have at the moment. */
		role: RoleName,
		projectIds: v.nullable(v.array(v.string()))
	}),
	errors: {
		authorization_pending: 'The person has not answered yet.',
		slow_down: 'Asked sooner than the interval; it is five seconds longer from now on.',
		expired: 'The code is older than ten minutes, was used, or is none.',
		access_denied: 'The person has refused.'
	},
	// written down by hand_token in the database, in one transaction with the token
	events: ['token.taken'],
	example: {
		input: { deviceCode: 'zK3vB1' },
		output: {
			token: 'ait_pt_…',
			expiresAt: aTime,
			person: { name: 'Ana', email: 'ana@example.com' },
			team: { id: ids.team, slug: 'acme', name: 'Acme' },
			role: 'trainer',
			projectIds: null
		}
	}
});

/** As it was typed. */
const UserCode = v.pipe(v.string('Type the code'), v.trim(), v.maxLength(40, 'The code has eight letters'));

export const LookAtDevice = query({
	name: 'tokens.look',
	summary: 'What the page of a code shows: which program asks, from where and since when; changes nothing',
	within: 'person',
	action: null,
	input: v.object({ code: v.optional(UserCode, '') }),
	output: v.variant('open', [
		v.strictObject({
			open: v.literal(true),
			/** As it is shown in the terminal. */
			code: v.string(),
			/** What the program calls itself: anybody may say anything. */
			client: v.string(),
			address: v.string(),
			createdAt: Time
		}),
		v.strictObject({ open: v.literal(false) })
	]),
	errors: { rate_limited: 'Thirty codes within an hour.' },
	example: {
		input: { code: 'bcdf ghjk' },
		output: { open: true, code: 'BCDF-GHJK', client: 'ait on laptop', address: '203.0.113.7', createdAt: aTime }
	}
});

export const ConfirmDevice = command({
	name: 'tokens.confirm',
	summary: 'Lets the program that shows this code act as the person in one of their teams',
	within: 'person',
	action: null,
	input: v.object({ code: UserCode, teamId: Id('The team') }),
	output: NoOutput,
	errors: {
		gone: 'The code is over, or was answered.',
		conflict: 'The person has twenty tokens that work.',
		rate_limited: 'Thirty codes within an hour.'
	},
	// written down by answer_device in the database, in one transaction with the answer
	events: ['token.confirmed'],
	example: { input: { code: 'BCDF-GHJK', teamId: ids.team }, output: null }
});

export const RefuseDevice = command({
	name: 'tokens.refuse',
	summary: 'Tells the program that shows this code that it gets no token',
	within: 'person',
	action: null,
	input: v.object({ code: UserCode }),
	output: NoOutput,
	errors: { gone: 'The code is over, or was answered.', rate_limited: 'Thirty codes within an hour.' },
	noEvent: 'because no team was chosen, and nobody was let in',
	example: { input: { code: 'BCDF-GHJK' }, output: null }
});

const Token = v.strictObject({
	id: v.string(),
	/** What the program calls itself. */
	name: v.string(),
	/** What it is recognised by: its beginning and its last four signs. */
	hint: v.string(),
	team: v.strictObject({ slug: v.string(), name: v.string() }),
	createdAt: Time,
	expiresAt: Time,
	lastUsedAt: v.nullable(Time),
	lastUsedFrom: v.nullable(v.string())
});
export type ShownToken = v.InferInput<typeof Token>;

export const ListTokens = query({
	name: 'tokens.list',
	summary: 'The person’s tokens that work, in all their teams, the newest first',
	within: 'person',
	action: null,
	input: NoInput,
	output: v.array(Token),
	errors: {},
	example: {
		input: {},
		output: [
			{
				id: ids.token,
				name: 'ait on laptop',
				hint: 'ait_pt_…8dQ1',
				team: { slug: 'acme', name: 'Acme' },
				createdAt: aTime,
				expiresAt: aTime,
				lastUsedAt: null,
				lastUsedFrom: null
			}
		]
	}
});

export const EndToken = command({
	name: 'tokens.end',
	summary: 'Ends one of the person’s tokens at once',
	within: 'person',
	action: null,
	input: v.object({ tokenId: Id('The token') }),
	output: NoOutput,
	errors: {},
	// written down by end_token in the database
	events: ['token.ended'],
	example: { input: { tokenId: ids.token }, output: null }
});
