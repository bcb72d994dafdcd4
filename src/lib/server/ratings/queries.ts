import { and, desc, eq, sql } from 'drizzle-orm';
import { GetCard, NextCards, RecentRatings } from '../../contract/ratings.ts';
import { query } from '../access/operation.ts';
import { ownScores } from '../access/own-scores.ts';
import { exampleOf } from '../examples/rows.ts';
import { examples, ratings } from '../platform/db/schema.ts';
import { openCards } from './queue.ts';
import { cardOf, ownScore } from './rows.ts';

/** The next cards for this person, without those named in `seen`, and how many are left. */
export const nextCards = query(NextCards, (scope, request) =>
	// how many are left is two counts, and the person rates on while they are made
	scope.glance(async (tx) => {
		const { left, found } = await openCards(tx, scope, request);
		return { cards: found.map(({ example, ownScore }) => cardOf(example, ownScore)), left };
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
