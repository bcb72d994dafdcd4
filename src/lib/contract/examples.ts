// Longer than most: every operation on examples, with what it takes and what it answers.
import * as v from 'valibot';
import { type Message as Turn, conversationProblem, turnRoles } from '../core/examples/conversation.ts';
import type { Line } from '../core/examples/import/lines.ts';
import { samples } from '../core/examples/samples.ts';
import { readJson } from '../core/text/json.ts';
import { File, Id, Limit, Search, Stream, Time, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

/** One turn of a conversation. Fields that only some providers know are kept. */
export const Message = v.looseObject({
	role: v.picklist(turnRoles, 'A turn is by system, user, assistant or tool'),
	content: v.optional(v.nullable(v.string('The content of a turn is text')), '')
}) as unknown as v.GenericSchema<Turn, Turn>;

const isJson = (text: string) => {
	try {
		readJson(text);
		return true;
	} catch {
		return false;
	}
};

/** The turns of one example, in order. Its sentences are those of the import, without the line. */
export const Conversation = v.pipe(
	v.array(Message, ({ input }) =>
		// a form sends the list as JSON; what could not be read stays text (http/form-values)
		typeof input === 'string' && !isJson(input) ? 'The turns are not valid JSON' : 'Give the turns as a list'
	),
	v.check(
		(turns) => conversationProblem(turns) === null,
		({ input }) => {
			const problem = conversationProblem(input) ?? '';
			return `${problem.slice(0, 1).toUpperCase()}${problem.slice(1)}`;
		}
	)
);

const aTalk: Turn[] = [
	{ role: 'user', content: 'Do you ship to Norway?' },
	{ role: 'assistant', content: 'Yes. It takes three to five days.' }
];

// ── Looking

const Band = v.picklist(['unrated', 'bad', 'okay', 'great'], 'Show unrated, bad, okay or great');
const Side = v.picklist(['none', 'train', 'validation'], 'Show none, train or validation');
const Place = whole('A place in the list', 1, 2_147_483_647);

/** What a list shows, as its address says it. Words nobody knows are left out, so that old links still work. */
export const ExampleFilter = v.object({
	/** By rating. Only for who may see others' scores. */
	band: v.fallback(v.optional(Band), undefined),
	/** By side of the split. Only for who may see it. */
	split: v.fallback(v.optional(Side), undefined),
	/** Words anywhere in the conversation or its rewrite, or a number: `12`, `#12`. */
	search: Search,
	/** Keyset paging, older: only examples with a smaller number. */
	before: v.fallback(v.optional(Place), undefined),
	/** Keyset paging, newer: the nearest with a larger number. */
	after: v.fallback(v.optional(Place), undefined),
	limit: Limit
});
export type ExampleFilter = v.InferOutput<typeof ExampleFilter>;

const Row = v.strictObject({
	id: v.string(),
	/** What people call it. */
	number: v.number(),
	/** The beginning of the last question, and of the answer to learn. */
	input: v.string(),
	output: v.string(),
	turns: v.number(),
	/** The mean of everybody's scores that count; in lists, for who may not see others' scores, their own. */
	rating: v.nullable(v.number()),
	ratingsCount: v.number(),
	/** For who may see the split. */
	split: v.nullable(v.picklist(['train', 'validation'])),
	trained: v.boolean(),
	rewritten: v.boolean(),
	createdAt: Time
});
export type ExampleRow = v.InferInput<typeof Row>;

const Page = v.strictObject({
	rows: v.array(Row),
	/** The `before` of the next page, and the `after` of the one above it. */
	older: v.nullable(v.number()),
	newer: v.nullable(v.number())
});

const Given = v.strictObject({
	score: v.nullable(v.number()),
	at: Time,
	/** It was given for a text that has been rewritten since, and does not count now. */
	earlier: v.boolean()
});

const Detail = v.strictObject({
	...Row.entries,
	messages: v.array(Message),
	rewrite: v.nullable(v.string()),
	/** Of people, the newest first; null is a score that was taken back. */
	ratings: v.array(v.strictObject({ person: v.string(), ...Given.entries })),
	/** Of scripts, by the names of their keys: none of it is in the rating. */
	scriptRatings: v.array(v.strictObject({ script: v.string(), ...Given.entries })),
	/** The newest first; null is a rewrite that was taken back. `person` is the name of a key where `script` says so. */
	rewrites: v.array(
		v.strictObject({ person: v.string(), script: v.boolean(), output: v.nullable(v.string()), at: Time })
	)
});
export type ExampleDetail = v.InferInput<typeof Detail>;

/** By the mean of everybody's scores; for who may not see those, by their own: `unrated` is then what they have not rated. */
const Counts = v.strictObject({
	total: v.number(),
	unrated: v.number(),
	bad: v.number(),
	okay: v.number(),
	great: v.number(),
	/** Rated, and at the project's threshold or above it. */
	quality: v.number(),
	/** Rated, and below the threshold. */
	below: v.number(),
	/** The sides of the split follow from what others gave: 0 for who may not see it. */
	train: v.number(),
	validation: v.number(),
	unassigned: v.number()
});
export type ExampleCounts = v.InferOutput<typeof Counts>;

const aRow: v.InferOutput<typeof Row> = {
	id: ids.example,
	number: 12,
	input: 'Do you ship to Norway?',
	output: 'Yes. It takes three to five days.',
	turns: 2,
	rating: 8,
	ratingsCount: 1,
	split: 'train',
	trained: false,
	rewritten: false,
	createdAt: aTime
};
const aPage: v.InferOutput<typeof Page> = { rows: [aRow], older: null, newer: null };
const aDetail: v.InferOutput<typeof Detail> = {
	...aRow,
	messages: aTalk,
	rewrite: null,
	ratings: [{ person: 'Ana', score: 8, at: aTime, earlier: false }],
	scriptRatings: [{ script: 'Nightly check', score: 6, at: aTime, earlier: false }],
	rewrites: []
};
const someCounts: ExampleCounts = {
	total: 1,
	unrated: 0,
	bad: 0,
	okay: 0,
	great: 1,
	quality: 1,
	below: 0,
	train: 1,
	validation: 0,
	unassigned: 0
};

export const ListExamples = query({
	name: 'examples.list',
	summary: 'A page of examples, the newest first',
	within: 'project',
	action: 'examples:see',
	input: ExampleFilter,
	output: Page,
	errors: {},
	example: { input: { band: 'great', search: 'Norway' }, output: aPage }
});

export const GetExample = query({
	name: 'examples.get',
	summary: 'One example with its ratings and rewrites',
	within: 'project',
	action: 'examples:see',
	input: v.object({ exampleId: Id('The example') }),
	output: Detail,
	writing: true,
	noEvent: 'because who has seen whose scores is asked when they rate, and shown nowhere',
	errors: {},
	example: { input: { exampleId: ids.example }, output: aDetail }
});

export const CountExamples = query({
	name: 'examples.count',
	summary: 'How many examples there are, by rating and by side of the split',
	within: 'project',
	action: 'examples:see',
	input: v.object({}),
	output: Counts,
	errors: {},
	example: { input: {}, output: someCounts }
});

export const RatingHistogram = query({
	name: 'examples.histogram',
	summary: 'How many examples have each rating from 1 to 10; for who may not see others’ scores, by their own',
	within: 'project',
	action: 'examples:see',
	input: v.object({}),
	output: v.pipe(v.array(v.number()), v.length(10)),
	errors: {},
	example: { input: {}, output: [0, 0, 0, 0, 0, 0, 0, 1, 0, 0] }
});

export const BrowseExamples = query({
	name: 'examples.browse',
	summary: 'A page of examples, the counts beside it, and the one that is open',
	within: 'project',
	action: 'examples:see',
	input: v.object({
		...ExampleFilter.entries,
		/** The one that is open beside the list. A link may be older than the example. */
		selected: v.fallback(v.optional(Id('The example')), undefined)
	}),
	output: v.strictObject({ list: Page, open: v.nullable(Detail), counts: Counts }),
	writing: true,
	noEvent: 'because who has seen whose scores is asked when they rate, and shown nowhere',
	errors: {},
	example: { input: { selected: ids.example }, output: { list: aPage, open: aDetail, counts: someCounts } }
});

/** What is like something new: it says the same, or is locked in validation and asks the same, or nearly. */
const LikeThis = v.strictObject({
	/** null: it was deleted, and still guards its prompt. */
	id: v.nullable(v.string()),
	number: v.number(),
	is: v.picklist(['same', 'asks the same', 'asks nearly the same']),
	/** What it asks; empty where it says the same. */
	input: v.string()
});
export type LikeThis = v.InferOutput<typeof LikeThis>;

export const FindTwin = query({
	name: 'examples.findTwin',
	summary: 'The example that already says the same, or one in validation that asks the same or nearly, if there is one',
	within: 'project',
	action: 'examples:add',
	input: v.object({ messages: Conversation }, 'Write at least one question and its answer'),
	output: v.nullable(LikeThis),
	errors: {},
	example: { input: { messages: aTalk }, output: { id: ids.example, number: 12, is: 'same', input: '' } }
});

// ── Bringing in and taking out

/** What asks the same as an example that is locked in validation, or nearly, comes in all the same. It gets no side in train. */
const KeepTwins = v.optional(v.boolean('Whether to keep twins is true or false'));

export const AddExample = command({
	name: 'examples.add',
	summary: 'Writes one example',
	within: 'project',
	action: 'examples:add',
	input: v.object(
		{
			messages: Conversation,
			rating: v.optional(v.nullable(whole('A rating', 1, 10)), null),
			/** `playground`: a model's answer that somebody kept. */
			origin: v.optional(v.picklist(['written', 'playground'], 'An example is written or from the playground')),
			keepTwins: KeepTwins
		},
		'Write at least one question and its answer'
	),
	output: v.strictObject({ id: v.string(), number: v.number() }),
	errors: {
		conflict:
			'The same conversation is already here, or one that is locked in validation asks the same, or nearly: `keepTwins` keeps a written one all the same.'
	},
	events: ['example.added'],
	example: { input: { messages: aTalk, rating: 8 }, output: { id: ids.example, number: 12 } }
});

const Imported = v.strictObject({
	/** Of the import. */
	id: v.string(),
	added: v.number(),
	/** They were here, or twice in the file. */
	duplicates: v.number(),
	refused: v.number(),
	/** After 10,000 refusals in a row the rest is only counted. */
	notRead: v.number(),
	/** The first of them, to mend the file by; the text is empty where it would be too much. */
	refusals: v.array(
		v.strictObject({
			line: v.number(),
			reason: v.string(),
			text: v.string(),
			/** Why, where that is all: what is locked in validation asks (`input`) what this line `asks`, or nearly. `id`: null where it was deleted. */
			twin: v.nullable(
				v.strictObject({ id: v.nullable(v.string()), number: v.number(), input: v.string(), asks: v.string() })
			)
		})
	),
	/** They came in, but a provider would refuse to train on them as they are. */
	warned: v.number(),
	/** The first of them. */
	warnings: v.array(v.strictObject({ line: v.number(), reason: v.string() }))
});
export type ImportResult = v.InferOutput<typeof Imported>;

export const ImportExamples = command({
	name: 'examples.import',
	summary: 'Puts every good line of a file into the project: new ones only',
	within: 'project',
	action: 'examples:add',
	input: v.object({
		fileName: v.string('Give the file a name'),
		/** Read while they arrive. */
		lines: Stream<Line>(),
		keepTwins: KeepTwins
	}),
	output: Imported,
	errors: { invalid: 'The file is empty, or broke off; what had arrived by then stays.' },
	events: ['examples.imported'],
	example: {
		input: { fileName: 'support.jsonl', lines: [{ number: 1, text: JSON.stringify({ messages: aTalk }) }] },
		output: { id: ids.import, added: 1, duplicates: 0, refused: 0, notRead: 0, refusals: [], warned: 0, warnings: [] }
	}
});

export const ImportSample = command({
	name: 'examples.importSample',
	summary: 'Imports a data set that comes with the app',
	within: 'project',
	action: 'examples:add',
	input: v.object({
		sample: v.picklist(
			samples.map(({ id }) => id),
			'Choose one of the samples'
		)
	}),
	output: Imported,
	errors: {},
	events: ['examples.imported'],
	example: {
		input: { sample: 'code-review' },
		output: { id: ids.import, added: 120, duplicates: 0, refused: 0, notRead: 0, refusals: [], warned: 0, warnings: [] }
	}
});

/** Examples that something is done with at once. */
export const Chosen = v.pipe(
	v.array(Id('An example'), 'Choose at least one example'),
	v.minLength(1, 'Choose at least one example'),
	v.maxLength(1000, 'At most 1000 examples at once')
);
const Count = v.strictObject({ count: v.number() });

export const GetImport = query({
	name: 'examples.getImport',
	summary: 'What an import has come to so far, with the first of the lines it refused',
	within: 'project',
	action: 'examples:add',
	input: v.object({ importId: Id('The import') }),
	output: v.strictObject({
		...v.omit(Imported, ['notRead']).entries,
		/** `broken_off`: what had arrived by then is in, the rest of the file is not. */
		state: v.picklist(['running', 'done', 'broken_off']),
		fileName: v.string(),
		createdAt: Time
	}),
	errors: {},
	example: {
		input: { importId: ids.import },
		output: {
			id: ids.import,
			added: 1,
			duplicates: 0,
			refused: 1,
			refusals: [{ line: 2, reason: 'has no "messages" list', text: '{"input":"Hi"}', twin: null }],
			warned: 0,
			warnings: [],
			state: 'done',
			fileName: 'support.jsonl',
			createdAt: aTime
		}
	}
});

export const DeleteExamples = command({
	name: 'examples.delete',
	summary: 'Takes examples out of every list; restoring brings them back',
	within: 'project',
	action: 'examples:delete',
	long: true,
	input: v.object({ ids: Chosen }, 'Choose at least one example'),
	output: Count,
	errors: {},
	events: ['examples.deleted'],
	example: { input: { ids: [ids.example] }, output: { count: 1 } }
});

export const RestoreExamples = command({
	name: 'examples.restore',
	summary: 'Brings deleted examples back',
	within: 'project',
	action: 'examples:delete',
	long: true,
	input: v.object({ ids: Chosen }, 'Choose at least one example'),
	output: Count,
	errors: { conflict: 'The same conversation has been added again, or its prompt stands on the other side by now.' },
	events: ['examples.restored'],
	example: { input: { ids: [ids.example] }, output: { count: 1 } }
});

export const exportFormats = ['full', 'train', 'validation', 'preference'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export const ExportExamples = command({
	name: 'examples.export',
	summary: 'The examples as JSONL, oldest first: all they have, or what a training reads',
	within: 'project',
	action: 'examples:export',
	long: true,
	input: v.object({
		/**
		 * `full`: every example with all it has, which imports back to the same. `train`, `validation`: the files a training would get
		 * now. `preference`: the rewrites that may train, each preferred over the answer it improves.
		 */
		format: v.fallback(v.optional(v.picklist(exportFormats), 'full'), 'full')
	}),
	output: File('application/jsonl'),
	errors: {},
	events: ['examples.exported'],
	example: {
		input: {},
		output: {
			name: 'support-examples.jsonl',
			pieces: (async function* () {
				yield `${JSON.stringify({ id: ids.example, messages: aTalk, rating: 8 })}\n`;
			})()
		}
	}
});
