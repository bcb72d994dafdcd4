import { and, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import type { ExampleFilter } from '../../contract/examples.ts';
import { marksOf } from '../../core/text/signature.ts';
import { type Kinds, firstOf, pointsFrom } from '../access/kinds.ts';
import { examples } from '../platform/db/schema.ts';

/** By rating, as the facets name it, in whole points. */
const bands = { unrated: [null], bad: pointsFrom(1, 5), okay: pointsFrom(5, 8), great: pointsFrom(8) };
/** By side of the split. */
const sides = { none: [null], train: ['train' as const], validation: ['validation' as const] };

const kindsOf = ({ band, split }: ExampleFilter): Kinds => ({
	points: band && bands[band],
	sides: split && sides[split]
});

const beyond = ({ before, after }: ExampleFilter) =>
	sql`${before ? sql`and s.number < ${before}` : sql``} ${after ? sql`and s.number > ${after}` : sql``}`;

/** `%` and `_` mean themselves in a search. */
const pattern = (words: string) => `%${words.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;

const numbered = (words: string) => /^#?(\d{1,9})$/.exec(words)?.[1] ?? null;
const listOf = (some: readonly (string | number | null)[] | undefined, nothing: string | number) =>
	some
		? sql.param(
				`{${some
					.map((one) => one ?? nothing)
					.map((one) => JSON.stringify(one))
					.join(',')}}`
			)
		: sql`null`;

/** Words anywhere in the conversation or its rewrite, in any case, or the number people call it by: `12`, `#12`. */
const saying = (projectId: string, words: string, filter: ExampleFilter, limit: number) => {
	const { points, sides } = kindsOf(filter);
	const written = JSON.stringify(words).slice(1, -1);
	return sql`${examples.number} = any (array(select search_examples(${projectId}, ${pattern(written)}, ${pattern(words)},
		${numbered(words)}, ${listOf(marksOf(written), 0)}, ${listOf(points, 0)}, ${listOf(sides, '')},
		${filter.before ?? null}, ${filter.after ?? null}, ${limit})))`;
};

/** What a list shows, deleted examples never: so many by number, the newest first, or with `after` the nearest above it. */
export const wanted = (projectId: string, filter: ExampleFilter, limit: number) => {
	const kinds = kindsOf(filter);
	if (!filter.search && (filter.band || filter.split))
		return firstOf(projectId, kinds, { and: beyond(filter), order: filter.after ? 'asc' : 'desc', limit });
	return and(
		eq(examples.projectId, projectId),
		// a search finds none that is deleted; said again, it leads to an index without numbers, and to every example of the project
		filter.search ? undefined : isNull(examples.deletedAt),
		filter.search ? saying(projectId, filter.search, filter, limit) : undefined,
		filter.before ? lt(examples.number, filter.before) : undefined,
		filter.after ? gt(examples.number, filter.after) : undefined
	);
};
