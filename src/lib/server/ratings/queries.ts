import { type SQL, and, asc, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import { GetCard, NextCards, type QueueRequest, RecentRatings } from '../../contract/ratings.ts';
import { may } from '../../core/permissions.ts';
import { query } from '../access/operation.ts';
import type { ProjectScope } from '../access/scope.ts';
import { exampleOf } from '../examples/rows.ts';
import { examples, ratings } from '../platform/db/schema.ts';
import { cardOf, ownScore, ownScores } from './rows.ts';

/** So many cards are on their way before they are needed: the next one is there when a key is pressed. */
const ahead = 8;

/** What the person gave low themselves: a queue of others' low scores would tell what those were. */
const ownBelow = ({ id, qualityThreshold }: ProjectScope['project']) => sql`examples.id in (
	select mine.example_id from (
		select distinct on (r.example_id) r.example_id, r.score from ratings r
		where r.project_id = ${id} and r.person_id = nullif(current_setting('app.user_id', true), '')::uuid
		order by r.example_id, r.seq desc
	) mine where mine.score < ${qualityThreshold})`;

const filters = ({ project, role }: ProjectScope): Record<QueueRequest['filter'], SQL | undefined> => {
	const below = may(role, 'scores:seeOthers') ? lt(examples.rating, project.qualityThreshold) : ownBelow(project);
	return {
		unrated: isNull(examples.rating),
		all: undefined,
		below,
		// low, and nobody has written a better one yet
		'needs-rewrite': and(below, isNull(examples.rewrite))
	};
};

const orders = ({ role }: ProjectScope, seed: number): Record<QueueRequest['sort'], SQL[]> => ({
	newest: [desc(examples.number)],
	random: [sql`hashint8extended(${examples.number}, ${seed})`, asc(examples.number)],
	rating: [sql`${may(role, 'scores:seeOthers') ? examples.rating : ownScores} asc nulls last`, desc(examples.number)]
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

/** The person's last ten decisions in this project, the newest first. */
export const recentRatings = query(RecentRatings, (scope) =>
	scope.tx(async (tx) => {
		const mine = and(eq(ratings.projectId, scope.project.id), eq(ratings.personId, scope.userId!));
		const rows = await tx
			.select({ id: ratings.exampleId, score: ratings.score, number: examples.number })
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
