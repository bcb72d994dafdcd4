import * as v from 'valibot';
import { rewriteProblem } from '../examples/conversation.ts';
import { Id } from '../id.ts';
import { whole } from '../runs/recipe.ts';

/** The three bands of the scale, each with the value of its quick button. */
export const bands = [
	{ id: 'bad', name: 'Bad', from: 1, to: 4, quick: 3 },
	{ id: 'okay', name: 'Okay', from: 5, to: 7, quick: 6 },
	{ id: 'great', name: 'Great', from: 8, to: 10, quick: 9 }
] as const;
export type Band = (typeof bands)[number];

/** The band of a score, or of a mean of scores: 7.9 is still Okay. */
export const bandOf = (score: number): Band => bands.findLast((band) => score >= band.from) ?? bands[0];

export const Score = whole('A rating', 1, 10);

export const NewRating = v.object({
	exampleId: Id('The example'),
	/** null takes the person's earlier score back. */
	score: v.nullable(Score),
	/** Made by the client, so that a rating sent twice counts once. */
	clientId: Id('The id of this rating')
});
export type NewRating = v.InferOutput<typeof NewRating>;

const longest = 100_000;

export const NewRewrite = v.object({
	exampleId: Id('The example'),
	output: v.pipe(
		v.string('Write the better answer'),
		v.maxLength(longest, `A rewrite has at most ${longest.toLocaleString('en')} characters`),
		v.rawCheck(({ dataset, addIssue }) => {
			const problem = dataset.typed ? rewriteProblem(dataset.value) : null;
			if (problem) addIssue({ message: `${problem[0]!.toUpperCase()}${problem.slice(1)}` });
		})
	),
	/** A person who rewrote it thinks it good: 9, visible before saving and never the middle of the scale. */
	score: v.optional(Score, 9),
	clientId: Id('The id of this rewrite')
});
export type NewRewrite = v.InferOutput<typeof NewRewrite>;

export const UndoRewrite = v.object({
	exampleId: Id('The example'),
	/** The `clientId` of the rewrite that is taken back. */
	rewrite: Id('The rewrite'),
	clientId: Id('The id of this undo')
});
export type UndoRewrite = v.InferOutput<typeof UndoRewrite>;

export const Filter = v.picklist(
	['unrated', 'all', 'below', 'needs-rewrite'],
	'Show unrated, all, below or needs-rewrite'
);
export type Filter = v.InferOutput<typeof Filter>;

export const Sort = v.picklist(['newest', 'random', 'rating'], 'Sort by newest, random or rating');
export type Sort = v.InferOutput<typeof Sort>;

/** Which cards come, and in which order, as the address says it. Words nobody knows become the default, so that old links still work. */
export const QueueRequest = v.object({
	filter: v.fallback(v.optional(Filter, 'unrated'), 'unrated'),
	sort: v.fallback(v.optional(Sort, 'newest'), 'newest'),
	/** The order of `random`: the same seed gives the same order, so that paging through it meets every card once. */
	seed: v.fallback(v.optional(whole('The seed', 0, 2_147_483_647), 1), 1),
	/** Cards that are already there, as a list or as ids with commas between them. */
	seen: v.optional(
		v.pipe(
			v.union([v.array(v.string()), v.string()]),
			v.transform((given) => (typeof given === 'string' ? given.split(',').filter((id) => id !== '') : given)),
			v.array(Id('A card')),
			v.maxLength(10_000, 'At most 10 000 cards can be left out')
		),
		[]
	)
});
export type QueueRequest = v.InferOutput<typeof QueueRequest>;
