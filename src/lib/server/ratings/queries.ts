import { type SQL, and, asc, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import { GetCard, NextCards, type QueueRequest, RecentRatings } from '../../contract/ratings.ts';
import { query } from '../access/operation.ts';
import { mine, ownScores, seesScores } from '../access/own-scores.ts';
import type { ProjectScope } from '../access/scope.ts';
import { exampleOf } from '../examples/rows.ts';
import { examples, ratings } from '../platform/db/schema.ts';
import { cardOf, ownScore } from './rows.ts';

/** So many cards are on their way before they are needed: the next one is there when a key is pressed. */
const ahead = 8;

/** By everybody's scores. */
const byAll = ({ qualityThreshold }: ProjectScope['project']) => ({
	unrated: isNull(examples.rating),
	below: lt(examples.rating, qualityThreshold)
});

/** By the person's own: a queue of what others left out, or gave low, would tell what those gave. */
const byOwn = ({ id, qualityThreshold }: ProjectScope['project']) => ({
	unrated: sql`examples.id not in (select mine.example_id from ${mine(id)})`,
	below: sql`examples.id in (select mine.example_id from ${mine(id)} where mine.score < ${qualityThreshold})`
});

const filters = (scope: ProjectScope): Record<QueueRequest['filter'], SQL | undefined> => {
	const { unrated, below } = (seesScores(scope) ? byAll : byOwn)(scope.project);
	return {
		unrated,
		// others have rated it; who may not see that gets what they have not rated themselves
		second: and(byOwn(scope.project).unrated, seesScores(scope) ? isNotNull(examples.rating) : undefined),
		all: undefined,
		below,
		// low, and nobody has written a better one yet
		'needs-rewrite': and(below, isNull(examples.rewrite))
	};
};

const orders = (scope: ProjectScope, seed: number): Record<QueueRequest['sort'], SQL[]> => ({
	newest: [desc(examples.number)],
	random: [sql`hashint8extended(${examples.number}, ${seed})`, asc(examples.number)],
	rating: [sql`${seesScores(scope) ? examples.rating : ownScores} asc nulls last`, desc(examples.number)]
});

/** The next cards for this person, without those named in `seen`, and how many are left. */
export const nextCards = query(NextCards, (scope, { filter, sort, seed, seen }) =>
	scope.tx(async (tx) => {
		const open = and(
			eq(examples.projectId, scope.project.id),
			isNull(examples.deletedAt),
			filters(scope)[filter],
			// one array, not one parameter for each: a long sitting has seen thousands
			seen.length > 0 ? sql`${examples.id} <> all (${sql.param(`{${seen.join(',')}}`)}::uuid[])` : undefined
		);
		const cards = await tx
			.select({ example: examples, ownScore: ownScores })
			.from(examples)
			.where(open)
			.orderBy(...orders(scope, seed)[sort])
			.limit(ahead);
		const [left] = await tx
			.select({ count: sql<number>`count(*)::int` })
			.from(examples)
			.where(open);
		return { cards: cards.map(({ example, ownScore }) => cardOf(example, ownScore)), left: left!.count };
	})
);

/** One card again: from the history strip. */
export const getCard = query(GetCard, ({ project, tx }, { id }) =>
	tx(async (tx) => cardOf(await exampleOf(tx, project.id, id), await ownScore(tx, id)))
);

/**
 * The voter's last ten decisions in this project, the newest first, without the scores a file brought: those came with their
 * examples, in one transaction and so at one time. Each with what counts of it: a text that was rewritten since waits for
 * another.
 */
export const recentRatings = query(RecentRatings, (scope) =>
	scope.tx(async (tx) => {
		const isDecided = sql`(${examples.importId} is null or ${ratings.createdAt} <> ${examples.createdAt})`;
		const mine = and(eq(ratings.projectId, scope.project.id), eq(ratings.personId, scope.voterId!), isDecided);
		const rows = await tx
			.select({ id: ratings.exampleId, score: ownScores, number: examples.number })
			.from(ratings)
			.innerJoin(examples, eq(examples.id, ratings.exampleId))
			.where(mine)
			.orderBy(desc(ratings.seq))
			.limit(100);
		const latest = new Map<string, (typeof rows)[number]>();
		for (const row of rows) if (!latest.has(row.id)) latest.set(row.id, row);
		return [...latest.values()]
			.flatMap(({ score, ...row }) => (score === null ? [] : [{ ...row, score }]))
			.slice(0, 10);
	})
);
