import { and, desc, eq } from 'drizzle-orm';
import type { ExampleDetail } from '../../contract/examples.ts';
import { may } from '../../core/permissions.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { people, ratings, rewrites } from '../platform/db/schema.ts';
import { type Example, rowOf, withoutSide } from './rows.ts';

/** Of a history, so much is shown. */
const newest = 50;

/** A step: an example with its history. Others' scores stay hidden until the person has given their own, unless they may see them. */
export const detailOf = async (tx: Tx, { role, userId }: ProjectScope, example: Example): Promise<ExampleDetail> => {
	const scores = await tx
		.select({ person: people.name, personId: ratings.personId, score: ratings.score, at: ratings.createdAt })
		.from(ratings)
		.innerJoin(people, eq(people.id, ratings.personId))
		.where(eq(ratings.exampleId, example.id))
		.orderBy(desc(ratings.seq))
		.limit(newest);
	const versions = await tx
		.select({ person: people.name, output: rewrites.output, at: rewrites.createdAt })
		.from(rewrites)
		.innerJoin(people, eq(people.id, rewrites.personId))
		.where(eq(rewrites.exampleId, example.id))
		.orderBy(desc(rewrites.seq))
		.limit(newest);
	// the newest own score, by itself: an undone one is none, and the page of the history may not reach back to it
	const [own] = await tx
		.select({ score: ratings.score })
		.from(ratings)
		.where(and(eq(ratings.exampleId, example.id), eq(ratings.personId, userId!)))
		.orderBy(desc(ratings.seq))
		.limit(1);
	const isBlind = !may(role, 'scores:seeOthers') && own?.score == null;
	const visible = isBlind ? scores.filter(({ personId }) => personId === userId) : scores;
	return {
		...rowOf(example),
		...(!may(role, 'splits:see') && withoutSide),
		...(isBlind && { rating: null, ratingsCount: 0 }),
		messages: example.messages,
		rewrite: example.rewrite,
		ratings: visible.map(({ person, score, at }) => ({ person, score, at })),
		rewrites: versions
	};
};
