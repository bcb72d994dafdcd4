import { type SQL, eq, sql } from 'drizzle-orm';
import { examples } from '../platform/db/schema.ts';

type Side = 'train' | 'validation';
const everyPoint = [null, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
const everySide: (Side | null)[] = [null, 'train', 'validation'];

/** Which examples: whole points of the rating, null for unrated; sides of the split, null for neither. Left out: all. */
export type Kinds = { points?: (number | null)[]; sides?: (Side | null)[] };

/** The whole points from one to below another. */
export const pointsFrom = (least: number, below = 11): number[] =>
	Array.from({ length: below - least }, (_, i) => least + i);

const isOne = (points: number | null, side: Side | null): SQL =>
	sql.raw(`s.points = ${points ?? 0} and s.split = '${side ?? ''}'`);

/**
 * A condition: an example is among the first of these kinds, by number. Each kind is one walk along the key of `example_standings`, however many
 * there are of it; `and` is asked of each on the way, as `s`.
 */
export const firstOf = (
	projectId: string,
	{ points = everyPoint, sides = everySide }: Kinds,
	{ and = sql``, order, limit }: { and?: SQL; order: 'asc' | 'desc'; limit: number }
): SQL => {
	const end = sql.raw(`${order} limit ${limit}`);
	const walks = points.flatMap((some) =>
		sides.map(
			(side) => sql`(
				select s.number from example_standings s
				where s.project_id = ${projectId} and ${isOne(some, side)} ${and} order by s.number ${end})`
		)
	);
	return numbered(
		projectId,
		sql`select number from (${sql.join(walks, sql` union all `)}) walks order by number ${end}`
	);
};

/**
 * A condition: an example is among the lowest rated ones of which `and` holds, as `s`. From one point to the next, until there are enough: those of whole
 * points lie along the key, in front of those between two, which have an index of their own.
 */
export const lowestOf = (projectId: string, { and, limit }: { and: SQL; limit: number }): SQL => {
	const end = sql.raw(`limit ${limit}`);
	const walks = everySide.map(
		(side) => sql`(
			select s.number from example_standings s
			where s.project_id = ${projectId} and s.points = p.points and s.split = ${sql.raw(`'${side ?? ''}'`)} and s.rating = p.points::real ${and}
			order by s.number desc ${end})`
	);
	return numbered(
		projectId,
		sql`select found.number from (select n::smallint as points from generate_series(1, 10) n order by n) p cross join lateral (
			(select number from (${sql.join(walks, sql` union all `)}) walks order by number desc ${end})
			union all
			(select s.number from example_standings s
			where s.project_id = ${projectId} and s.rating > p.points::real and s.rating < (p.points + 1)::real and s.rating <> floor(s.rating) ${and}
			order by s.rating, s.number desc ${end})
		) found ${end}`
	);
};

const numbered = (projectId: string, found: SQL) =>
	sql`${eq(examples.projectId, projectId)} and ${examples.number} = any (array(${found}))`;
