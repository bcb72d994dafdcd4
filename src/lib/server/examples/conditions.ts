import { and, eq, gt, gte, isNotNull, isNull, lt, or, sql } from 'drizzle-orm';
import type { ExampleFilter } from '../../contract/examples.ts';
import { examples } from '../platform/db/schema.ts';

/** By rating, as the facets name it. */
export const bands = {
	unrated: isNull(examples.rating),
	bad: and(isNotNull(examples.rating), lt(examples.rating, 5))!,
	okay: and(gte(examples.rating, 5), lt(examples.rating, 8))!,
	great: gte(examples.rating, 8)
};
/** By side of the split. */
export const sides = {
	none: isNull(examples.split),
	train: eq(examples.split, 'train'),
	validation: eq(examples.split, 'validation')
};

/** `%` and `_` mean themselves in a search. */
const pattern = (words: string) => `%${words.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;

/** Words anywhere in the conversation or its rewrite, in any case, or the number people call it by: `12`, `#12`. */
const saying = (words: string) => {
	const number = /^#?(\d{1,9})$/.exec(words)?.[1];
	return or(
		sql`${examples.messages}::text ilike ${pattern(JSON.stringify(words).slice(1, -1))}`,
		sql`${examples.rewrite} ilike ${pattern(words)}`,
		number ? eq(examples.number, Number(number)) : undefined
	);
};

/** What a list shows, deleted examples never. */
export const wanted = (projectId: string, filter: ExampleFilter) =>
	and(
		eq(examples.projectId, projectId),
		isNull(examples.deletedAt),
		filter.band ? bands[filter.band] : undefined,
		filter.split ? sides[filter.split] : undefined,
		filter.search ? saying(filter.search) : undefined,
		filter.before ? lt(examples.number, filter.before) : undefined,
		filter.after ? gt(examples.number, filter.after) : undefined
	);
