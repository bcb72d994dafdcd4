import { type SQL, and, eq, gt, inArray, isNull, lt, or, sql } from 'drizzle-orm';
import type { ExampleFilter } from '../../contract/examples.ts';
import { type Kinds, firstOf, pointsFrom } from '../access/kinds.ts';
import { examples, pointsOf } from '../platform/db/schema.ts';

/** By rating, as the facets name it, in whole points. */
const bands = { unrated: [null], bad: pointsFrom(1, 5), okay: pointsFrom(5, 8), great: pointsFrom(8) };
/** By side of the split. */
const sides = { none: [null], train: ['train' as const], validation: ['validation' as const] };

const kindsOf = ({ band, split }: ExampleFilter): Kinds => ({
	points: band && bands[band],
	sides: split && sides[split]
});

const beyond = ({ before, after }: ExampleFilter) =>
	sql`${before ? sql`and e.number < ${before}` : sql``} ${after ? sql`and e.number > ${after}` : sql``}`;

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

const isOneOf = ({ points, sides }: Kinds): SQL | undefined => {
	const rating = pointsOf(examples.rating);
	const byPoints =
		points &&
		(points.includes(null)
			? sql`${rating} is null`
			: sql`${rating} in (${sql.join(
					points.map((some) => sql.raw(String(some))),
					sql`, `
				)})`);
	const bySide =
		sides &&
		(sides.includes(null) ? isNull(examples.split) : inArray(examples.split, sides as ('train' | 'validation')[]));
	return and(byPoints, bySide);
};

/** What a list shows, deleted examples never: so many by number, the newest first, or with `after` the nearest above it. */
export const wanted = (projectId: string, filter: ExampleFilter, limit: number) => {
	const kinds = kindsOf(filter);
	if (!filter.search && (filter.band || filter.split))
		return firstOf(projectId, kinds, { and: beyond(filter), order: filter.after ? 'asc' : 'desc', limit });
	return and(
		eq(examples.projectId, projectId),
		isNull(examples.deletedAt),
		isOneOf(kinds),
		filter.search ? saying(filter.search) : undefined,
		filter.before ? lt(examples.number, filter.before) : undefined,
		filter.after ? gt(examples.number, filter.after) : undefined
	);
};
