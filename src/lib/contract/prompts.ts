// The pool of prompts: what models are asked in comparisons besides validation examples. None has an answer, and none trains.
import * as v from 'valibot';
import type { Line } from '../core/examples/import/lines.ts';
import { mostPrompts } from '../core/prompts/pool.ts';
import { Message } from './examples.ts';
import { Id, Limit, Search, Stream, Time, whole } from './fields.ts';
import { aTime, ids } from './ids.ts';
import { command, query } from './operation.ts';

const Place = whole('A place in the list', 1, 2_147_483_647);

/** What a list shows, as its address says it. */
export const PromptFilter = v.object({
	/** Words anywhere in the prompt, or a number: `12`, `#12`. */
	search: Search,
	/** Only those that comparisons leave out. */
	leftOut: v.fallback(v.optional(v.boolean()), undefined),
	/** Keyset paging, older: only prompts with a smaller number. */
	before: v.fallback(v.optional(Place), undefined),
	/** Keyset paging, newer: the nearest with a larger number. */
	after: v.fallback(v.optional(Place), undefined),
	limit: Limit
});
export type PromptFilter = v.InferOutput<typeof PromptFilter>;

const LearntTwin = v.strictObject({
	/** The example; null for a preference of the playground. */
	exampleId: v.nullable(v.string()),
	number: v.nullable(v.number()),
	/** It asks exactly the same; otherwise nearly. */
	exact: v.boolean(),
	/** A run has learnt it; otherwise it stands in train. */
	trained: v.boolean()
});

const Row = v.strictObject({
	id: v.string(),
	/** What people call it. */
	number: v.number(),
	/** The beginning of the question. */
	input: v.string(),
	turns: v.number(),
	/** Why comparisons leave it out: what a model learns, or has learnt, asks the same or nearly. null: it can be asked. */
	learnt: v.nullable(LearntTwin),
	/** The number of an earlier prompt that nearly asks the same: a comparison asks one of them. */
	near: v.nullable(v.number()),
	createdAt: Time
});
export type PromptRow = v.InferInput<typeof Row>;

const Page = v.strictObject({
	rows: v.array(Row),
	/** The `before` of the next page, and the `after` of the one above it. */
	older: v.nullable(v.number()),
	newer: v.nullable(v.number())
});

const Detail = v.strictObject({
	...Row.entries,
	messages: v.array(Message),
	/** The numbers of the comparisons that have asked it, the newest first. */
	comparisons: v.array(v.number())
});
export type PromptDetail = v.InferInput<typeof Detail>;

const Counts = v.strictObject({
	total: v.number(),
	/** What a comparison can ask: one of those that nearly ask the same, and none that a model knows. */
	usable: v.number(),
	/** Left out, because what a model learns, or has learnt, asks the same or nearly. */
	leftOut: v.number(),
	/** New prompts, or examples, are still being compared with them; what is near is not known of all. */
	comparing: v.boolean()
});
export type PromptCounts = v.InferOutput<typeof Counts>;

const aQuestion = [{ role: 'user' as const, content: 'Can I change the address of an order?' }];
const aRow: v.InferOutput<typeof Row> = {
	id: ids.prompt,
	number: 7,
	input: aQuestion[0]!.content,
	turns: 1,
	learnt: null,
	near: null,
	createdAt: aTime
};
const aPage: v.InferOutput<typeof Page> = { rows: [aRow], older: null, newer: null };
const aDetail: v.InferOutput<typeof Detail> = { ...aRow, messages: aQuestion, comparisons: [3] };

export const ListPrompts = query({
	name: 'prompts.list',
	summary: 'A page of the prompts, the newest first',
	within: 'project',
	action: 'prompts:see',
	input: PromptFilter,
	output: Page,
	errors: {},
	example: { input: { search: 'address' }, output: aPage }
});

export const GetPrompt = query({
	name: 'prompts.get',
	summary: 'One prompt as models are asked it, and which comparisons have asked it',
	within: 'project',
	action: 'prompts:see',
	input: v.object({ promptId: Id('The prompt') }),
	output: Detail,
	errors: {},
	example: { input: { promptId: ids.prompt }, output: aDetail }
});

export const BrowsePrompts = query({
	name: 'prompts.browse',
	summary: 'A page of prompts, the counts beside it, and the one that is open',
	within: 'project',
	action: 'prompts:see',
	input: v.object({
		...PromptFilter.entries,
		/** The one that is open. A link may be older than the prompt. */
		selected: v.fallback(v.optional(Id('The prompt')), undefined)
	}),
	output: v.strictObject({ list: Page, open: v.nullable(Detail), counts: Counts }),
	writing: true,
	events: ['split.parted'],
	errors: {},
	example: {
		input: { selected: ids.prompt },
		output: { list: aPage, open: aDetail, counts: { total: 1, usable: 1, leftOut: 0, comparing: false } }
	}
});

/** A question as text, or the turns up to it. */
const Prompt = v.union(
	[v.string(), v.array(Message)],
	'A prompt is a text, or the turns of a conversation up to the question'
);

const Refusal = v.strictObject({
	/** Its place in the list that was sent, from 1 on. */
	place: v.number(),
	reason: v.string(),
	/** The example that asks the same, or nearly, where that is why. */
	exampleId: v.nullable(v.string())
});

export const AddPrompts = command({
	name: 'prompts.add',
	summary: 'Adds prompts: those that are new, and that no model has learnt',
	within: 'project',
	action: 'prompts:edit',
	input: v.object({
		prompts: v.pipe(
			v.array(Prompt, 'Write a prompt'),
			v.minLength(1, 'Write a prompt'),
			v.maxLength(1000, 'At most 1000 prompts at once; more come as a file')
		)
	}),
	output: v.strictObject({
		added: v.array(v.strictObject({ id: v.string(), number: v.number() })),
		/** Were here already, or stand twice in what was sent: where, and as which prompt. */
		duplicates: v.array(v.strictObject({ place: v.number(), number: v.number() })),
		/** What is no prompt, or what a model learns or has learnt. */
		refused: v.array(Refusal)
	}),
	errors: {},
	events: ['prompts.added'],
	example: {
		input: { prompts: ['Can I change the address of an order?'] },
		output: { added: [{ id: ids.prompt, number: 7 }], duplicates: [], refused: [] }
	}
});
export type AddedPrompts = v.InferInput<typeof AddPrompts.output>;

export const ImportPrompts = command({
	name: 'prompts.import',
	summary: `Adds the prompts of a file: one on each line, or any format of examples, whose answers are left out; a project has at most ${mostPrompts.toLocaleString('en')}`,
	within: 'project',
	action: 'prompts:edit',
	input: v.object({
		fileName: v.string('Give the file a name'),
		/** Read while they arrive. */
		lines: Stream<Line>()
	}),
	output: v.strictObject({
		added: v.number(),
		/** They were here, or twice in the file. */
		duplicates: v.number(),
		refused: v.number(),
		/** After 10,000 refusals in a row the rest is only counted. */
		notRead: v.number(),
		/** The first of them; the text is empty where it would be too much. */
		refusals: v.array(v.strictObject({ line: v.number(), reason: v.string(), text: v.string() }))
	}),
	errors: { invalid: 'The file is empty, or broke off; what had arrived by then stays.' },
	events: ['prompts.added'],
	example: {
		input: { fileName: 'prompts.txt', lines: [{ number: 1, text: 'How do I cancel an order?' }] },
		output: { added: 1, duplicates: 0, refused: 0, notRead: 0, refusals: [] }
	}
});
export type ImportedPrompts = v.InferInput<typeof ImportPrompts.output>;

/** Prompts that something is done with at once. */
const Chosen = v.pipe(
	v.array(Id('A prompt'), 'Choose at least one prompt'),
	v.minLength(1, 'Choose at least one prompt'),
	v.maxLength(1000, 'At most 1000 prompts at once')
);
const Count = v.strictObject({ count: v.number() });

export const DeletePrompts = command({
	name: 'prompts.delete',
	summary: 'Takes prompts out of the pool; restoring brings them back. Comparisons that asked them stay as they are',
	within: 'project',
	action: 'prompts:edit',
	input: v.object({ ids: Chosen }, 'Choose at least one prompt'),
	output: Count,
	errors: {},
	events: ['prompts.deleted'],
	example: { input: { ids: [ids.prompt] }, output: { count: 1 } }
});

export const RestorePrompts = command({
	name: 'prompts.restore',
	summary: 'Brings deleted prompts back',
	within: 'project',
	action: 'prompts:edit',
	input: v.object({ ids: Chosen }, 'Choose at least one prompt'),
	output: Count,
	errors: { conflict: 'The same prompt has been added again, or the pool is full.' },
	events: ['prompts.restored'],
	example: { input: { ids: [ids.prompt] }, output: { count: 1 } }
});
