import { and, desc, eq, lte, sql } from 'drizzle-orm';
import type { ExampleDetail } from '../../contract/examples.ts';
import { may } from '../../core/permissions.ts';
import { countingScore } from '../../core/ratings/counting.ts';
import { named, ratersOf } from '../access/named.ts';
import { markOf, seesScores } from '../access/own-scores.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { prepared } from '../platform/db/drizzle.ts';
import { ratings, rewrites } from '../platform/db/schema.ts';
import { type Example, findExample, rowOf, withoutSide } from './rows.ts';

/** Of a history, so much is shown. */
const newest = 50;

const ofExample = sql.placeholder('exampleId');

const given = prepared((db) => {
	const all = db.$with('given').as(
		db
			.select({
				name: sql<string>`${named.name}`.as('name'),
				personId: ratings.personId,
				voter: ratings.voter,
				score: ratings.score,
				at: ratings.createdAt,
				text: ratings.text,
				seq: ratings.seq,
				place: sql<number>`row_number() over (partition by ${ratings.voter} order by ${ratings.seq} desc)`.as('place')
			})
			.from(ratings)
			.innerJoin(ratersOf(ofExample), eq(named.id, ratings.personId))
			.where(eq(ratings.exampleId, ofExample))
	);
	return db.with(all).select().from(all).where(lte(all.place, newest)).orderBy(desc(all.seq)).prepare('scores');
});

const written = prepared((db) =>
	db
		.select({
			person: named.name,
			script: sql<boolean>`${rewrites.voter} = 'script'`,
			output: rewrites.output,
			at: rewrites.createdAt
		})
		.from(rewrites)
		.innerJoin(ratersOf(ofExample), eq(named.id, rewrites.personId))
		.where(eq(rewrites.exampleId, ofExample))
		.orderBy(desc(rewrites.seq))
		.limit(newest)
		.prepare('rewrites')
);

/** A step: the voter's own score of the text as it is; all their acts on it, which the page of the history may not reach back to. */
const ownScoreOf = async (tx: Tx, example: Example, voterId: string | null): Promise<number | null> => {
	if (voterId === null) return null;
	const given = await tx
		.select({ seq: ratings.seq, text: ratings.text, score: ratings.score, settled: ratings.settled })
		.from(ratings)
		.where(and(eq(ratings.exampleId, example.id), eq(ratings.personId, voterId)));
	return countingScore(
		given.map(({ text, ...one }) => ({ ...one, text: text.toString('hex') })),
		markOf(example.rewrite).toString('hex')
	);
};

/** A step: false when nothing of others may be shown. What the voter has said of the text so far is then their last word on it. */
const settles = async (tx: Tx, exampleId: string): Promise<boolean> => {
	const [row] = await tx.execute<{ settled: boolean }>(sql`select settle_rating(${exampleId}) as settled`);
	return row!.settled;
};

/**
 * A step: an example with its history, unless there is none or it was deleted. Others' scores, of people and of scripts, stay hidden until the voter has given their own, unless they
 * may see them; and what they have given before they are shown is what counts, whatever they give afterwards.
 */
export const detailOf = async (tx: Tx, scope: ProjectScope, id: string): Promise<ExampleDetail | undefined> => {
	const { role, voterId } = scope;
	const sent = [
		findExample(tx, scope.project.id, id),
		given(tx, { exampleId: id }),
		written(tx, { exampleId: id })
	] as const;
	if (seesScores(scope)) tx.last();
	const [example, scores, versions] = await Promise.all(sent);
	if (!example) return undefined;
	const own = seesScores(scope) ? null : await ownScoreOf(tx, example, voterId);
	// of a long history the others' may be older than what is shown, and still be in the mean; a script's own never is
	const isInMean = example.ratingsCount > (scope.key ? 0 : 1);
	const hasOthers = isInMean || scores.some(({ personId }) => personId !== voterId);
	const isBlind = !seesScores(scope) && (own === null || (hasOthers && !(await settles(tx, example.id))));
	const present = markOf(example.rewrite);
	const visible = (kind: 'person' | 'script') =>
		scores
			.filter(({ personId, voter }) => voter === kind && (!isBlind || personId === voterId))
			.map(({ name, score, at, text }) => ({ name, score, at, earlier: !text.equals(present) }));
	return {
		...rowOf(example),
		...(!may(role, 'splits:see') && withoutSide),
		...(isBlind && { rating: null, ratingsCount: 0 }),
		messages: example.messages,
		rewrite: example.rewrite,
		ratings: visible('person').map(({ name, ...given }) => ({ person: name, ...given })),
		scriptRatings: visible('script').map(({ name, ...given }) => ({ script: name, ...given })),
		rewrites: versions
	};
};
