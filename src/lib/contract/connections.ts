// Long because it is everything that can be asked of a connection, before it is kept and after, and of the models it opens.
import * as v from 'valibot';
import { addressProblem, keyProblem } from '../core/connections/connection.ts';
import { Id, NoInput, NoOutput, Time } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';
import { providerFacts, providerIds } from './providers.ts';

const Provider = v.picklist(providerIds, 'Choose a provider');

/** What a key looks like to us. Whether it is right, only the provider knows. */
const Key = v.pipe(
	v.string('Paste the key'),
	v.trim(),
	v.maxLength(500, 'A key has at most 500 characters'),
	v.check(
		(text) => keyProblem(text) === null,
		({ input }) => keyProblem(input) ?? ''
	)
);

const BaseUrl = v.pipe(
	v.string(),
	v.trim(),
	v.maxLength(500, 'A base URL has at most 500 characters'),
	v.check(
		(text) => text === '' || addressProblem(text) === null,
		({ input }) => addressProblem(input) ?? ''
	)
);

/** A connection to be made or only tried. */
export const NewConnection = v.pipe(
	v.object({
		provider: Provider,
		/** Without one it is called after its provider, or its server. */
		name: v.optional(
			v.pipe(
				v.string('Give it a name'),
				v.trim(),
				v.maxLength(80, 'A name has at most 80 characters'),
				v.regex(/^[^\u0000-\u001f\u007f]*$/, 'A name is one line of plain text')
			),
			''
		),
		/** Only for a server of one's own; what is sent for the others is not used. */
		baseUrl: v.optional(BaseUrl, ''),
		key: v.optional(Key, '')
	}),
	v.forward(
		v.check(({ provider, key }) => providerFacts[provider].key !== 'needed' || key !== '', 'Paste the key'),
		['key']
	),
	v.forward(
		v.check(
			({ provider, baseUrl }) => !providerFacts[provider].hasAddress || baseUrl !== '',
			'Give the address of the API, like https://models.example.com/v1'
		),
		['baseUrl']
	)
);
export type NewConnection = v.InferOutput<typeof NewConnection>;
const aConnection = {
	provider: 'openai-compatible',
	baseUrl: 'https://models.example.com/v1',
	key: 'sk-example'
} as const;

/** What a provider says of a key. */
const Check = v.variant('ok', [
	v.strictObject({
		ok: v.literal(true),
		models: v.number(),
		/** unknown: it shows with the first run. */
		training: v.picklist(['open', 'closed', 'unknown']),
		note: v.optional(v.string())
	}),
	v.strictObject({ ok: v.literal(false), reason: v.string() })
]);
export type Check = v.InferOutput<typeof Check>;
const aCheck = { ok: true, models: 2, training: 'open' } as const;

/** A model that a provider offers. Prices in US cents. */
const Model = v.strictObject({
	id: v.string(),
	name: v.string(),
	trainable: v.boolean(),
	/** Whether a fine-tune of it can be called afterwards; null: the provider tells only when asked for that model. */
	servable: v.nullable(v.boolean()),
	contextTokens: v.nullable(v.number()),
	/** Per million training tokens, where that is known. */
	trainingCentsPerMillion: v.nullable(v.number()),
	/** Where that is from, and of which day; null: from the provider, now. */
	priceNote: v.nullable(v.string()),
	/** What an answer costs: per million tokens of what it is shown, and of what it says. */
	promptCentsPerMillion: v.nullable(v.number()),
	completionCentsPerMillion: v.nullable(v.number()),
	recommended: v.boolean(),
	/** The last day on which it can be used, `YYYY-MM-DD`. */
	until: v.nullable(v.string())
});
export type ListedModel = v.InferOutput<typeof Model>;
const aModel: ListedModel = {
	id: 'sandbox-small',
	name: 'Sandbox small',
	trainable: true,
	servable: true,
	contextTokens: 8192,
	trainingCentsPerMillion: 40,
	priceNote: null,
	promptCentsPerMillion: 0,
	completionCentsPerMillion: 0,
	recommended: true,
	until: null
};

const Which = v.object({ connectionId: Id('The connection') });
const which = { connectionId: ids.connection };

/** A deployment that runs at a provider under a name of ours, and that no serving here knows of. It is billed until it is stopped. */
const Stray = v.strictObject({
	/** By which it is stopped. */
	mark: v.string(),
	/** What it is called at the provider. */
	callAs: v.string(),
	createdAt: v.nullable(Time),
	/** When a look found it first. */
	seenAt: Time
});
export type ShownStray = v.InferInput<typeof Stray>;
const aStray: v.InferOutput<typeof Stray> = {
	mark: 'ait-v3-5f2a9c01d4e7b386',
	callAs: 'team/aitelier-ait-v3-5f2a9c01d4e7b386',
	createdAt: aTime,
	seenAt: aTime
};

/** Per million tokens; null: not said. */
const EnteredPrice = v.strictObject({
	model: v.string(),
	trainingCentsPerMillion: v.nullable(v.number()),
	promptCentsPerMillion: v.nullable(v.number()),
	completionCentsPerMillion: v.nullable(v.number()),
	/** The day on which it was entered, `YYYY-MM-DD`. */
	enteredOn: v.string()
});
export type ShownPrice = v.InferInput<typeof EnteredPrice>;

/** A connection as people may see it: never the key, sealed or not. */
const ListedConnection = v.strictObject({
	id: v.string(),
	createdAt: Time,
	provider: Provider,
	name: v.string(),
	baseUrl: v.nullable(v.string()),
	/** The last four characters of the key, of a long one. */
	keyHint: v.nullable(v.string()),
	status: v.picklist(['untested', 'ok', 'refused']),
	training: v.picklist(['open', 'closed', 'unknown']),
	/** What the provider said against it. */
	problem: v.nullable(v.string()),
	checkedAt: v.nullable(Time),
	/** How many use it. */
	projects: v.number(),
	/** Whether its provider deploys models by the minute, so that something may be forgotten there. */
	deploys: v.boolean(),
	/** What ran there under names of ours at the last look, and nothing here knows of. */
	strays: v.array(Stray),
	straysAt: v.nullable(Time),
	/** They are stopped when they are found. */
	stopsStrays: v.boolean(),
	/** What an owner has said models cost there. */
	prices: v.array(EnteredPrice)
});

export const ListConnections = query({
	name: 'connections.list',
	summary: 'The team’s connections in the order they were made, with the number of projects on each',
	within: 'team',
	action: 'connections:see',
	input: NoInput,
	output: v.array(ListedConnection),
	errors: {},
	example: {
		input: {},
		output: [
			{
				id: ids.connection,
				createdAt: aTime,
				provider: 'sandbox',
				name: 'Sandbox',
				baseUrl: null,
				keyHint: null,
				status: 'ok',
				training: 'open',
				problem: null,
				checkedAt: aTime,
				projects: 1,
				deploys: true,
				strays: [],
				straysAt: null,
				stopsStrays: false,
				prices: []
			}
		]
	}
});

export const ListedProvider = v.strictObject({ id: Provider, name: v.string(), note: v.nullable(v.string()) });

export const ListProviders = query({
	name: 'connections.providers',
	summary: 'The providers a connection can be made to; the sandbox only where one runs',
	within: 'team',
	action: 'connections:see',
	input: NoInput,
	output: v.array(ListedProvider),
	errors: {},
	example: { input: {}, output: [{ id: 'sandbox', name: 'Sandbox', note: null }] }
});

export const TestNewConnection = query({
	name: 'connections.testNew',
	summary: 'Tries a key before it is kept',
	within: 'team',
	action: 'connections:edit',
	input: NewConnection,
	output: Check,
	errors: {},
	example: { input: aConnection, output: aCheck }
});

export const ListModelsOfNew = query({
	name: 'connections.modelsOfNew',
	summary: 'Tries a key before it is kept, and lists the models it opens',
	within: 'team',
	action: 'connections:edit',
	input: NewConnection,
	output: v.strictObject({ check: Check, models: v.array(Model) }),
	errors: { conflict: 'The provider took the key and then gave no list.' },
	example: { input: aConnection, output: { check: aCheck, models: [aModel] } }
});

export const CreateConnection = command({
	name: 'connections.create',
	summary: 'Keeps a connection, with what its provider says of it now; a refused key is kept too',
	within: 'team',
	action: 'connections:edit',
	input: NewConnection,
	output: v.strictObject({ id: v.string(), check: Check }),
	errors: { conflict: 'The team has as many connections as it may.' },
	events: ['connection.created'],
	example: { input: aConnection, output: { id: ids.connection, check: aCheck } }
});

export const TestConnection = command({
	name: 'connections.test',
	summary: 'Asks the provider about the key again, and keeps the answer',
	within: 'team',
	action: 'connections:edit',
	input: Which,
	output: Check,
	errors: {},
	events: ['connection.tested'],
	example: { input: which, output: aCheck }
});

export const ReplaceKey = command({
	name: 'connections.replaceKey',
	summary: 'Puts a new key in the place of the old one, which is gone after this',
	within: 'team',
	action: 'connections:edit',
	input: v.object({ ...Which.entries, key: v.pipe(Key, v.minLength(1, 'Paste the new key')) }),
	output: Check,
	errors: {},
	events: ['connection.key_replaced'],
	example: { input: { ...which, key: 'sk-example' }, output: aCheck }
});

export const ListStrays = query({
	name: 'connections.strays',
	summary:
		'Models that run at the providers under names of ours and that nothing here knows of, as the last look found them',
	within: 'team',
	action: 'connections:see',
	input: NoInput,
	output: v.array(
		v.strictObject({ connectionId: v.string(), connection: v.string(), straysAt: v.nullable(Time), ...Stray.entries })
	),
	errors: {},
	example: {
		input: {},
		output: [{ connectionId: ids.connection, connection: 'Together', straysAt: aTime, ...aStray }]
	}
});

export const LookForStrays = command({
	name: 'connections.lookForStrays',
	summary: 'Asks the provider what runs there under names of ours, and keeps what nothing here knows of',
	within: 'team',
	action: 'connections:edit',
	input: Which,
	output: v.array(Stray),
	errors: { conflict: 'The provider does not answer, or refuses the key.' },
	events: ['connection.strays_found', 'connection.stray_stopped'],
	example: { input: which, output: [aStray] }
});

export const StopStray = command({
	name: 'connections.stopStray',
	summary: 'Stops a model that runs at the provider and that nothing here knows of',
	within: 'team',
	action: 'connections:edit',
	/** Gone already is as good. */
	input: v.object({
		...Which.entries,
		mark: v.pipe(v.string('Say which'), v.minLength(1, 'Say which'), v.maxLength(100, 'This is no mark of ours'))
	}),
	output: NoOutput,
	errors: { conflict: 'The provider does not answer, or refuses the key.' },
	events: ['connection.stray_stopped', 'connection.strays_found'],
	example: { input: { ...which, mark: aStray.mark }, output: undefined }
});

export const SwitchStrays = command({
	name: 'connections.switchStrays',
	summary: 'Has models that nothing here knows of stopped when they are found, or only said',
	within: 'team',
	action: 'connections:edit',
	input: v.object({ ...Which.entries, stops: v.boolean('Say whether they are stopped') }),
	output: NoOutput,
	errors: {},
	events: ['connection.strays_switched'],
	example: { input: { ...which, stops: true }, output: undefined }
});

/** Dollars are typed, cents are sent; some prices are a part of a cent. */
const PerMillion = v.optional(
	v.nullable(
		v.pipe(
			v.number('Give a price'),
			v.minValue(0, 'A price is 0 or more'),
			v.maxValue(10_000_000, 'A price is $100,000 at most')
		)
	),
	null
);

export const SetPrice = command({
	name: 'connections.setPrice',
	summary: 'Says what a model costs at a connection, where the provider does not; with no price the entry goes away',
	within: 'team',
	action: 'connections:edit',
	input: v.pipe(
		v.object({
			...Which.entries,
			model: v.pipe(
				v.string('Say which model'),
				v.trim(),
				v.minLength(1, 'Say which model'),
				v.maxLength(300, 'A model has a name of at most 300 characters')
			),
			trainingCentsPerMillion: PerMillion,
			promptCentsPerMillion: PerMillion,
			completionCentsPerMillion: PerMillion
		}),
		v.forward(
			v.check(
				({ promptCentsPerMillion: asked, completionCentsPerMillion: said }) => (asked === null) === (said === null),
				'Give the price of what is asked and of what is answered, or neither'
			),
			['completionCentsPerMillion']
		)
	),
	output: NoOutput,
	errors: { conflict: 'The sandbox costs nothing, or there are too many entries.' },
	events: ['connection.priced'],
	example: {
		input: {
			...which,
			model: 'meta-llama/Llama-3.1-8B-Instruct',
			trainingCentsPerMillion: 40,
			promptCentsPerMillion: 2,
			completionCentsPerMillion: 6
		},
		output: undefined
	}
});

export const RemoveConnection = command({
	name: 'connections.remove',
	summary: 'Removes a connection and its key',
	within: 'team',
	action: 'connections:edit',
	input: Which,
	output: NoOutput,
	errors: { conflict: 'A project uses it, or a past run or evaluation was made through it.' },
	events: ['connection.removed'],
	example: { input: which, output: undefined }
});

export const ListModels = query({
	name: 'connections.models',
	summary: 'What the provider offers, recommended models first, then by name; at most five minutes old',
	within: 'team',
	action: 'connections:see',
	input: Which,
	output: v.array(Model),
	errors: { conflict: 'The provider does not answer, or refuses the key.' },
	example: { input: which, output: [aModel] }
});

export const ListEveryModel = query({
	name: 'connections.everyModel',
	summary: 'What the providers of all connections offer, by connection; at most five minutes old',
	within: 'team',
	action: 'connections:see',
	input: NoInput,
	output: v.array(
		v.strictObject({
			/** What a new project names to train there. */
			connectionId: v.string(),
			connection: v.string(),
			models: v.array(Model),
			/** Why there is no list: the provider does not answer, or refuses the key. */
			problem: v.nullable(v.string())
		})
	),
	errors: {},
	example: {
		input: {},
		output: [{ connectionId: ids.connection, connection: 'Together', models: [aModel], problem: null }]
	}
});
