import * as v from 'valibot';
import { Message } from './examples.ts';
import { Id, Limit, NoInput, NoOutput, Time, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';
import { Serving } from './run.ts';

/** Who can be asked. */
const Contender = {
	/** Nobody pays: the sandbox. */
	isFree: v.boolean()
};

export const GetPlayground = query({
	name: 'playground.get',
	summary: 'Who can be asked in the playground: the base model, the runs that have a model, the connections',
	within: 'project',
	action: 'playground:use',
	input: NoInput,
	output: v.strictObject({
		systemPrompt: v.string(),
		/** null: the project has no connection. */
		base: v.nullable(v.strictObject({ model: v.string(), connection: v.string(), ...Contender })),
		/** The newest first. */
		runs: v.array(
			v.strictObject({
				id: v.string(),
				version: v.number(),
				baseModel: v.string(),
				/** `at-once`: it answers without being started. */
				serves: v.picklist(['at-once', 'after-deploy']),
				/** The newest one. */
				serving: v.nullable(Serving),
				...Contender
			})
		),
		connections: v.array(v.strictObject({ id: v.string(), name: v.string(), ...Contender }))
	}),
	errors: {},
	example: {
		input: {},
		output: {
			systemPrompt: 'Be kind.',
			base: { model: 'sandbox-small', connection: 'Sandbox', isFree: true },
			runs: [
				{ id: ids.run, version: 3, baseModel: 'sandbox-small', serves: 'after-deploy', serving: null, isFree: true }
			],
			connections: [{ id: ids.connection, name: 'Sandbox', isFree: true }]
		}
	}
});
export type Playground = v.InferInput<typeof GetPlayground.output>;

const Answer = (what: string) =>
	v.pipe(
		v.string(`${what} is missing`),
		v.minLength(1, `${what} is empty`),
		v.maxLength(400_000, `${what} has at most 400 000 characters`)
	);
/** What people call a model: v3, or its name. */
const ModelName = v.pipe(v.string('Name the model'), v.trim(), v.minLength(1, 'Name the model'), v.maxLength(200));

const pair = {
	/** What both models were shown, up to the question. */
	prompt: v.pipe(
		v.array(Message, 'Send what the models were asked'),
		v.minLength(1, 'Send what the models were asked'),
		v.maxLength(200, 'Send at most 200 messages'),
		v.check((turns) => turns.at(-1)?.role === 'user', 'The last turn is the question')
	),
	chosen: Answer('The better answer'),
	rejected: Answer('The other answer'),
	chosenBy: ModelName,
	rejectedBy: ModelName
};
const aPair = {
	prompt: [{ role: 'user' as const, content: 'Do you ship to Norway?' }],
	chosen: 'Yes. It takes three to five days.',
	rejected: 'Please see our website.',
	chosenBy: 'v3',
	rejectedBy: 'sandbox-small'
};

export const KeepPair = command({
	name: 'playground.prefer',
	summary: 'Keeps which of two answers to the same question is the better one',
	within: 'project',
	action: 'playground:use',
	/** Whoever asks chooses `clientId`: sent twice it is kept once. */
	input: v.pipe(
		v.object({ clientId: Id('The id of this preference'), ...pair }),
		v.forward(
			v.check(({ chosen, rejected }) => chosen !== rejected, 'Both answers say the same'),
			['rejected']
		)
	),
	output: v.strictObject({ id: v.string() }),
	errors: { conflict: 'The prompt is locked in validation: what measures must not train, in whatever shape.' },
	events: ['pair.kept'],
	example: { input: { clientId: ids.client, ...aPair }, output: { id: ids.pair } }
});

export const WithdrawPair = command({
	name: 'playground.withdraw',
	summary: 'Takes a preference back; taken back already is as good',
	within: 'project',
	action: 'playground:use',
	input: v.object({ pairId: Id('The preference') }),
	output: NoOutput,
	errors: {},
	events: ['pair.withdrawn'],
	example: { input: { pairId: ids.pair }, output: null }
});

export const ListPairs = query({
	name: 'playground.pairs',
	summary: 'The preferences that were kept, the newest first',
	within: 'project',
	action: 'playground:use',
	input: v.object({
		/** Keyset paging: only older ones than this place. */
		before: v.fallback(v.optional(whole('A place in the list', 1, Number.MAX_SAFE_INTEGER)), undefined),
		limit: Limit
	}),
	output: v.strictObject({
		rows: v.array(
			v.strictObject({
				id: v.string(),
				prompt: v.array(Message),
				chosen: v.string(),
				rejected: v.string(),
				chosenBy: v.string(),
				rejectedBy: v.string(),
				/** The prompt has become one that measures since: nothing may train on it. */
				leaks: v.boolean(),
				createdAt: Time
			})
		),
		older: v.nullable(v.number())
	}),
	errors: {},
	example: {
		input: {},
		output: { rows: [{ id: ids.pair, ...aPair, leaks: false, createdAt: aTime }], older: null }
	}
});
