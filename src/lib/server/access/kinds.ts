import { type SQL, eq, sql } from 'drizzle-orm';
import { examples, pointsOf } from '../platform/db/schema.ts';

type Side = 'train' | 'validation';
const everyPoint = [null, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const everySide: (Side | null)[] = [null, 'train', 'validation'];

/** Which examples: whole points of the rating, null for unrated; sides of the split, null for neither. Left out: all. */
export type Kinds = { points?: (number | null)[]; sides?: (Side | null)[] };

/** The whole points from one to below another. */
export const pointsFrom = (least: number, below = 11): number[] =>
	Array.from({ length: below - least }, (_, i) => least + i);

const isOne = (points: number | null, side: Side | null): SQL => {
	const rating = pointsOf(sql`e.rating`);
	// written out: an index is asked for what is equal, or null, and not for what is no different
	const byPoints = points === null ? sql`${rating} is null` : sql`${rating} = ${sql.raw(String(points))}`;
	return sql`${byPoints} and ${side === null ? sql`e.split is null` : sql`e.split = ${sql.raw(`'${side}'`)}`}`;
};

/**
 * A condition: an example is among the first of these kinds, by number. Each kind is one walk along `examples_listed`, however many
 * there are of it; `and` is asked of each on the way, as `e`.
 */
export const firstOf = (
	projectId: string,
	{ points = everyPoint, sides = everySide }: Kinds,
	{ and = sql``, order, limit }: { and?: SQL; order: 'asc' | 'desc'; limit: number }
): SQL => {
	const up = sql.raw(order);
	// all three: of what is null the planner does not know that it is one and the same, and would sort
	const alongIndex = sql`order by ${pointsOf(sql`e.rating`)} ${up}, e.split ${up}, e.number ${up}`;
	const end = sql.raw(`limit ${limit}`);
	const walks = points.flatMap((some) =>
		sides.map(
			(side) => sql`(
				select e.number from examples e
				where e.project_id = ${projectId} and e.deleted_at is null and ${isOne(some, side)} ${and} ${alongIndex} ${end})`
		)
	);
	const found = sql`select number from (${sql.join(walks, sql` union all `)}) walks order by number ${up} ${end}`;
	return sql`${eq(examples.projectId, projectId)} and ${examples.number} = any (array(${found}))`;
};
