import * as v from 'valibot';
import { maxCharacters, rewriteProblem } from '../core/examples/conversation.ts';
import { Id, whole } from './fields.ts';
import { ids } from './ids.ts';
import { Message } from './examples.ts';
import { command, query } from './operation.ts';

export const Score = whole('A rating', 1, 10);

const TextMark = v.pipe(v.string(), v.regex(/^([0-9a-f]{64})?$/, 'This is no text of a card'));

/** What a rater gets of an example: nobody's score but their own. */
const Card = v.strictObject({
	id: v.string(),
	/** What people call it. */
	number: v.number(),
	messages: v.array(Message),
	/** The answer to judge: the rewrite, where somebody has written one. */
	output: v.string(),
	/** Which of the example's texts that is: a rating names it, so that it counts for what was read. */
	text: v.string(),
	rewritten: v.boolean(),
	ownScore: v.nullable(v.number())
});
export type Card = v.InferOutput<typeof Card>;

const aCard: Card = {
	id: ids.example,
	number: 12,
	messages: [
		{ role: 'user', content: 'Do you ship to Norway?' },
		{ role: 'assistant', content: 'Yes. It takes three to five days.' }
	],
	output: 'Yes. It takes three to five days.',
	text: '',
	rewritten: false,
	ownScore: null
};

export const RateExample = command({
	name: 'ratings.rate',
	summary: 'Gives one’s score of an example, or takes it back',
	within: 'project',
	action: 'examples:rate',
	input: v.object({
		exampleId: Id('The example'),
		/** null takes the person's earlier score back. */
		score: v.nullable(Score),
		/** The card's: what was read. Without it, the text as it is now. */
		text: v.optional(TextMark),
		/** What this voter’s score of that text was when they gave this one. When it is another by now, nothing is written. */
		saw: v.optional(v.nullable(Score)),
		/** Made by the client, so that a rating sent twice counts once. */
		clientId: Id('The id of this rating')
	}),
	/** `score`: what is now this person's score of the text as it is. Once they were shown what others gave, it stays the first. */
	output: v.strictObject({ id: v.string(), score: v.nullable(v.number()) }),
	errors: {
		invalid: 'The example has never had this text.',
		changed: 'This voter has given another score than `saw` meanwhile, in another window or on another device.'
	},
	events: ['example.rated'],
	example: {
		input: { exampleId: ids.example, score: 8, clientId: ids.client },
		output: { id: ids.example, score: 8 }
	}
});
export type NewRating = v.InferOutput<typeof RateExample.input>;

const Rewrite = v.pipe(
	v.string('Write the better answer'),
	// what can be imported can be rewritten
	v.maxLength(maxCharacters, `A rewrite has at most ${maxCharacters.toLocaleString('en')} characters`),
	v.check(
		(text) => rewriteProblem(text) === null,
		({ input }) => {
			const problem = rewriteProblem(input) ?? '';
			return `${problem.slice(0, 1).toUpperCase()}${problem.slice(1)}`;
		}
	)
);

export const RewriteExample = command({
	name: 'ratings.rewrite',
	summary: 'Writes a better answer, which trains from then on; what was rated before no longer counts',
	within: 'project',
	action: 'examples:rewrite',
	input: v.object({
		exampleId: Id('The example'),
		output: Rewrite,
		/** The card's: what was rewritten. When another stands by now, nothing is written. */
		text: v.optional(TextMark),
		/** A person who rewrote it thinks it good: 9, visible before saving and never the middle of the scale. */
		score: v.optional(Score, 9),
		clientId: Id('The id of this rewrite')
	}),
	output: Card,
	errors: { changed: 'Somebody has rewritten it meanwhile: `text` no longer stands.' },
	events: ['example.rewritten'],
	example: {
		input: { exampleId: ids.example, output: 'Yes, within three to five days.', clientId: ids.client },
		output: {
			...aCard,
			output: 'Yes, within three to five days.',
			text: '08110741ce02ba17f7d18e21894c2df6f41a1c010094cfdfbe76992350e7c004',
			rewritten: true,
			ownScore: 9
		}
	}
});
export type NewRewrite = v.InferOutput<typeof RewriteExample.input>;

export const UndoRewrite = command({
	name: 'ratings.undoRewrite',
	summary: 'Takes one’s own rewrite back; the scores of the text before it count again',
	within: 'project',
	action: 'examples:rewrite',
	input: v.object({
		exampleId: Id('The example'),
		/** The `clientId` of the rewrite that is taken back; the newest one where none is named. */
		rewrite: v.optional(Id('The rewrite')),
		clientId: Id('The id of this undo')
	}),
	output: Card,
	errors: { conflict: 'Somebody has rewritten the example since.' },
	events: ['rewrite.undone'],
	example: {
		input: { exampleId: ids.example, rewrite: ids.client, clientId: '0199a000-0000-7000-8000-0000000000fe' },
		output: aCard
	}
});
export type UndoRewrite = v.InferOutput<typeof UndoRewrite.input>;

const Filter = v.picklist(
	['unrated', 'second', 'all', 'below', 'needs-rewrite'],
	'Show unrated, second, all, below or needs-rewrite'
);
export type Filter = v.InferOutput<typeof Filter>;

const Sort = v.picklist(['newest', 'random', 'rating'], 'Sort by newest, random or rating');
export type Sort = v.InferOutput<typeof Sort>;

export const NextCards = query({
	name: 'ratings.nextCards',
	summary: 'The next examples to rate, and how many are left',
	within: 'project',
	action: 'examples:rate',
	/** Words nobody knows become the default, so that old links still work. */
	input: v.object({
		filter: v.fallback(v.optional(Filter, 'unrated'), 'unrated'),
		sort: v.fallback(v.optional(Sort, 'newest'), 'newest'),
		/** The order of `random`: the same seed gives the same order, so that paging through it meets every card once. */
		seed: v.fallback(v.optional(whole('The seed', 0, 2_147_483_647), 1), 1),
		/** Cards that are already there. */
		seen: v.optional(v.pipe(v.array(Id('A card')), v.maxLength(10_000, 'At most 10 000 cards can be left out')), [])
	}),
	output: v.strictObject({ cards: v.array(Card), left: v.number() }),
	errors: {},
	example: { input: { filter: 'all', sort: 'newest' }, output: { cards: [aCard], left: 1 } }
});
export type QueueRequest = v.InferOutput<typeof NextCards.input>;

export const GetCard = query({
	name: 'ratings.card',
	summary: 'One example to rate again',
	within: 'project',
	action: 'examples:rate',
	input: v.object({ id: Id('The card') }),
	output: Card,
	errors: {},
	example: { input: { id: ids.example }, output: aCard }
});

export const RecentRatings = query({
	name: 'ratings.recent',
	summary: 'The person’s last ten decisions in the project, the newest first',
	within: 'project',
	action: 'examples:rate',
	input: v.object({}),
	output: v.array(v.strictObject({ id: v.string(), score: v.number(), number: v.number() })),
	errors: {},
	example: { input: {}, output: [{ id: ids.example, score: 8, number: 12 }] }
});
