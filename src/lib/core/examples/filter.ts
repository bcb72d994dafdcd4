import * as v from 'valibot';
import { whole } from '../runs/recipe.ts';

/** What a list of examples shows, as its address says it. Words nobody knows are left out, so that old links still work. */
export const ExampleFilter = v.object({
	band: v.fallback(v.optional(v.picklist(['unrated', 'bad', 'okay', 'great'])), undefined),
	split: v.fallback(v.optional(v.picklist(['none', 'train', 'validation'])), undefined),
	search: v.fallback(v.optional(v.pipe(v.string(), v.trim(), v.maxLength(200))), undefined),
	/** Keyset paging, older: only examples with a smaller number. */
	before: v.fallback(v.optional(whole('A place in the list', 1, 2_147_483_647)), undefined),
	/** Keyset paging, newer: the nearest with a larger number. */
	after: v.fallback(v.optional(whole('A place in the list', 1, 2_147_483_647)), undefined)
});
export type ExampleFilter = v.InferOutput<typeof ExampleFilter>;
