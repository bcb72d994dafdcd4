import { type SQL, and, asc, desc, eq, gte, inArray, isNotNull, isNull, lt, lte, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { promptOf, targetOf } from '../../core/examples/example.ts';
import type { ExampleFilter } from '../../core/examples/filter.ts';
import { authorize } from '../../core/permissions.ts';
import { examples, people, ratings, rewrites } from '../platform/db/schema.ts';
import { projectOf } from '../project/projects.ts';
import type { Scope, Tx } from '../access/scope.ts';
import { bands, sides, wanted } from './conditions.ts';

export type Example = typeof examples.$inferSelect;

const pageSize = 50;

/** A list shows the beginning; an answer may have 400 000 characters. */
const brief = (text: string) => text.slice(0, 300).toWellFormed();

const row = (example: Example) => ({
	id: example.id,
	number: example.number,
	input: brief(promptOf(example.messages).at(-1)?.content ?? ''),
	output: brief(targetOf(example)),
	turns: example.messages.length,
	rating: example.rating,
	ratingsCount: example.ratingsCount,
	split: example.split,
	trained: example.trained,
	rewritten: example.rewrite !== null,
	createdAt: example.createdAt
});
export type ExampleRow = ReturnType<typeof row>;

/**
 * A page of examples, the newest first. `older` and `newer` are the `before` and `after` of the pages beside it, or null.
 * Raters cannot filter by rating or split: only what others found good is dealt out, so that both tell what they gave.
 */
export const listExamples = (scope: Scope, slug: string, given: ExampleFilter) => {
	authorize(scope, 'examples:see');
	const filter = scope.role === 'rater' ? { ...given, band: undefined, split: undefined } : given;
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const find = (some: ExampleFilter) =>
			tx
				.select()
				.from(examples)
				.where(wanted(project.id, some))
				.orderBy(some.after ? asc(examples.number) : desc(examples.number))
				.limit(pageSize + 1);
		let found = await find(filter);
		// the way up ends at the first page, and that one is full
		const isFirst = !filter.before && (!filter.after || found.length <= pageSize);
		if (filter.after && isFirst) found = await find({ ...filter, after: undefined });
		const isBackwards = filter.after && !isFirst;
		const list = isBackwards ? found.slice(0, pageSize).reverse() : found.slice(0, pageSize);
		const rows = (await hideOthersScores(tx, scope, list)).map(row);
		return {
			rows,
			older: isBackwards || found.length > pageSize ? rows.at(-1)!.number : null,
			newer: isFirst ? null : (rows[0]?.number ?? filter.before! - 1)
		};
	});
};

/** A rater sees only what they gave themselves: what others thought pulls the judgement towards it, and the split tells that too. */
const hideOthersScores = async (tx: Tx, scope: Scope, list: Example[]): Promise<Example[]> => {
	if (scope.role !== 'rater' || list.length === 0) return list;
	const own = await tx
		.selectDistinctOn([ratings.exampleId], { id: ratings.exampleId, score: ratings.score })
		.from(ratings)
		.where(
			and(
				inArray(
					ratings.exampleId,
					list.map(({ id }) => id)
				),
				eq(ratings.personId, scope.userId!)
			)
		)
		.orderBy(ratings.exampleId, desc(ratings.seq));
	const scores = new Map(own.map(({ id, score }) => [id, score]));
	return list.map((example) => ({
		...example,
		rating: scores.get(example.id) ?? null,
		ratingsCount: scores.has(example.id) ? 1 : 0,
		...withoutSide
	}));
};

const withoutSide = { split: null, trained: false };

/** A step: the example of this project. Throws *not found*, also for a deleted one unless `deleted`. */
export const exampleOf = async (tx: Tx, projectId: string, id: string, { deleted = false } = {}): Promise<Example> => {
	const [found] = await tx
		.select()
		.from(examples)
		.where(
			and(eq(examples.projectId, projectId), eq(examples.id, id), deleted ? undefined : isNull(examples.deletedAt))
		);
	if (!found) throw new AppError('not_found', 'There is no such example, or it is not yours to see.');
	return found;
};

/** One example with its history. Others' scores stay hidden until the person has given their own. */
export const getExample = (scope: Scope, slug: string, id: string) => {
	authorize(scope, 'examples:see');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const example = await exampleOf(tx, project.id, id);
		const scores = await tx
			.select({ person: people.name, personId: ratings.personId, score: ratings.score, at: ratings.createdAt })
			.from(ratings)
			.innerJoin(people, eq(people.id, ratings.personId))
			.where(eq(ratings.exampleId, id))
			.orderBy(desc(ratings.seq))
			.limit(50);
		const versions = await tx
			.select({ person: people.name, output: rewrites.output, at: rewrites.createdAt })
			.from(rewrites)
			.innerJoin(people, eq(people.id, rewrites.personId))
			.where(eq(rewrites.exampleId, id))
			.orderBy(desc(rewrites.seq))
			.limit(50);
		// the newest own score, by itself: an undone one is none, and the page of the history may not reach back to it
		const [own] = await tx
			.select({ score: ratings.score })
			.from(ratings)
			.where(and(eq(ratings.exampleId, id), eq(ratings.personId, scope.userId!)))
			.orderBy(desc(ratings.seq))
			.limit(1);
		const isBlind = scope.role === 'rater' && own?.score == null;
		const visible = isBlind ? scores.filter((s) => s.personId === scope.userId) : scores;
		return {
			...row(example),
			...(scope.role === 'rater' && withoutSide),
			messages: example.messages,
			rewrite: example.rewrite,
			rating: isBlind ? null : example.rating,
			ratingsCount: isBlind ? 0 : example.ratingsCount,
			ratings: visible.map(({ person, score, at }) => ({ person, score, at })),
			rewrites: versions
		};
	});
};

/** Counts for the facets and badges of one project. */
export const countExamples = (scope: Scope, slug: string) => {
	authorize(scope, 'examples:see');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const count = (condition: SQL) => sql<number>`(count(*) filter (where ${condition}))::int`;
		const [counts] = await tx
			.select({
				total: sql<number>`count(*)::int`,
				unrated: count(bands.unrated),
				bad: count(bands.bad),
				okay: count(bands.okay),
				great: count(bands.great),
				quality: count(gte(examples.rating, project.qualityThreshold)),
				below: count(and(isNotNull(examples.rating), lt(examples.rating, project.qualityThreshold))!),
				train: count(sides.train),
				validation: count(sides.validation),
				unassigned: count(sides.none)
			})
			.from(examples)
			.where(and(eq(examples.projectId, project.id), isNull(examples.deletedAt)));
		return counts!;
	});
};

/** How many examples have each rating from 1 to 10; a mean of 7.9 counts as 7, since it does not reach 8. */
export const ratingHistogram = (scope: Scope, slug: string) => {
	authorize(scope, 'examples:see');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const rows = await tx
			.select({ rating: sql<number>`floor(${examples.rating})::int`, count: sql<number>`count(*)::int` })
			.from(examples)
			.where(and(eq(examples.projectId, project.id), isNull(examples.deletedAt), lte(examples.rating, 10)))
			.groupBy(sql`1`);
		const bars = Array.from({ length: 10 }, () => 0);
		for (const { rating, count } of rows) bars[rating - 1] = count;
		return bars;
	});
};
