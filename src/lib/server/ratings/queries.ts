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

/** So many of a voter's latest ratings are looked at: who has brought a million with a file would wait for all of them. */
const lookedAt = 2_000;

/**
 * The voter's last ten decisions in this project, the newest first, without the scores a file brought: those came with their
 * examples, in one transaction and so at one time. Each with what counts of it: a text that was rewritten since waits for
 * another. Of what was decided before more than `lookedAt` came with a file nothing is told.
 */
export const recentRatings = query(RecentRatings, (scope) =>
	scope.tx(async (tx) => {
		const latest = tx
			.select()
			.from(ratings)
			.where(and(eq(ratings.projectId, scope.project.id), eq(ratings.personId, scope.voterId!)))
			.orderBy(desc(ratings.seq))
			.limit(lookedAt)
			.as('ratings');
		const rows = await tx
			.select({ id: latest.exampleId, score: ownScores, number: examples.number })
			.from(latest)
			.innerJoin(examples, eq(examples.id, latest.exampleId))
			.where(sql`(${examples.importId} is null or ${latest.createdAt} <> ${examples.createdAt})`)
			.orderBy(desc(latest.seq))
			.limit(100);
		const decided = new Map<string, (typeof rows)[number]>();
		for (const row of rows) if (!decided.has(row.id)) decided.set(row.id, row);
		return [...decided.values()]
			.flatMap(({ score, ...row }) => (score === null ? [] : [{ ...row, score }]))
			.slice(0, 10);
	})
);
