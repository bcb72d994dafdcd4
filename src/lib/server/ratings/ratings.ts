import { type SQL, and, asc, desc, eq, isNull, lt, sql } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { targetOf } from '../../core/examples/example.ts';
import { type Role, authorize } from '../../core/permissions.ts';
import type { NewRating, NewRewrite, QueueRequest, UndoRewrite } from '../../core/ratings/scale.ts';
import { examples, ratings, rewrites } from '../platform/db/schema.ts';
import { type Example, exampleOf } from '../examples/browse.ts';
import { type Project, projectOf } from '../project/projects.ts';
import { announce } from '../events/relay.ts';
import type { Scope, Tx } from '../access/scope.ts';

/** So many cards are on their way before they are needed: the next one is there when a key is pressed. */
const ahead = 8;

/** What the rating page gets of an example: nobody's score but the person's own. */
const card = (example: Example, ownScore: number | null) => ({
	id: example.id,
	number: example.number,
	messages: example.messages,
	output: targetOf(example),
	rewritten: example.rewrite !== null,
	ownScore
});
export type Card = ReturnType<typeof card>;

// spelled out: drizzle leaves the table's name away when a query has one table, and `id` would mean the rating's
const ownScores = sql<number | null>`(
	select r.score from ratings r
	where r.example_id = examples.id and r.person_id = nullif(current_setting('app.user_id', true), '')::uuid
	order by r.seq desc limit 1)`;

/** What a rater gave low themselves: a queue of others' low scores would tell them what those were. */
const ownBelow = (project: Project) => sql`examples.id in (
	select mine.example_id from (
		select distinct on (r.example_id) r.example_id, r.score from ratings r
		where r.project_id = ${project.id} and r.person_id = nullif(current_setting('app.user_id', true), '')::uuid
		order by r.example_id, r.seq desc
	) mine where mine.score < ${project.qualityThreshold})`;

const filters = (project: Project, role: Role): Record<QueueRequest['filter'], SQL | undefined> => {
	const below = role === 'rater' ? ownBelow(project) : lt(examples.rating, project.qualityThreshold);
	return {
		unrated: isNull(examples.rating),
		all: undefined,
		below,
		// low, and nobody has written a better one yet
		'needs-rewrite': and(below, isNull(examples.rewrite))
	};
};

const orders = (seed: number, role: Role): Record<QueueRequest['sort'], SQL[]> => ({
	newest: [desc(examples.number)],
	random: [sql`hashint8extended(${examples.number}, ${seed})`, asc(examples.number)],
	rating: [sql`${role === 'rater' ? ownScores : examples.rating} asc nulls last`, desc(examples.number)]
});

/** The next cards for this person, without those named in `seen`, and how many are left. */
export const nextCards = (scope: Scope, slug: string, request: QueueRequest) => {
	authorize(scope, 'examples:rate');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const open = and(
			eq(examples.projectId, project.id),
			isNull(examples.deletedAt),
			filters(project, scope.role)[request.filter],
			// one array, not one parameter for each: a long sitting has seen thousands
			request.seen.length > 0
				? sql`${examples.id} <> all (${sql.param(`{${request.seen.join(',')}}`)}::uuid[])`
				: undefined
		);
		const cards = await tx
			.select({ example: examples, ownScore: ownScores })
			.from(examples)
			.where(open)
			.orderBy(...orders(request.seed, scope.role)[request.sort])
			.limit(ahead);
		const [left] = await tx
			.select({ count: sql<number>`count(*)::int` })
			.from(examples)
			.where(open);
		return { cards: cards.map(({ example, ownScore }) => card(example, ownScore)), left: left!.count };
	});
};

/** One card again: from the history strip. */
export const getCard = (scope: Scope, slug: string, id: string) => {
	authorize(scope, 'examples:rate');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const example = await exampleOf(tx, project.id, id);
		return card(example, await ownScore(tx, id));
	});
};

const ownScore = async (tx: Tx, exampleId: string) => {
	const [row] = await tx.select({ score: ownScores }).from(examples).where(eq(examples.id, exampleId));
	return row?.score ?? null;
};

/**
 * Appends this person's score of one example; null takes it back (undo). The same `clientId` twice counts once. Answers
 * with what is now this person's score.
 */
export const rateExample = (scope: Scope, slug: string, input: NewRating) => {
	authorize(scope, 'examples:rate');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const example = await exampleOf(tx, project.id, input.exampleId);
		await tx
			.insert(ratings)
			.values({
				projectId: project.id,
				exampleId: example.id,
				personId: scope.userId!,
				score: input.score,
				clientId: input.clientId
			})
			.onConflictDoNothing();
		await announce(tx, `project:${project.id}`, project.id);
		return { id: example.id, score: await ownScore(tx, example.id) };
	});
};

/** Appends a better output, which trains from now on, and the score the person gives it. Sent twice, it counts once. */
export const rewriteExample = (scope: Scope, slug: string, input: NewRewrite) => {
	authorize(scope, 'examples:rewrite');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const example = await exampleOf(tx, project.id, input.exampleId);
		const row = { projectId: project.id, exampleId: example.id, personId: scope.userId!, clientId: input.clientId };
		await tx
			.insert(rewrites)
			.values({ ...row, output: input.output })
			.onConflictDoNothing();
		await tx
			.insert(ratings)
			.values({ ...row, score: input.score })
			.onConflictDoNothing();
		await announce(tx, `project:${project.id}`, project.id);
		return card(await exampleOf(tx, project.id, example.id), await ownScore(tx, example.id));
	});
};

/**
 * Takes one of the person's rewrites back, named by the `clientId` it was sent with: the one before it counts again, or the
 * original. Throws *conflict* when somebody has rewritten it since. The score is taken back by `rateExample`.
 */
export const undoRewrite = (scope: Scope, slug: string, input: UndoRewrite) => {
	authorize(scope, 'examples:rewrite');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const example = await exampleOf(tx, project.id, input.exampleId);
		const history = await tx
			.select({ clientId: rewrites.clientId, personId: rewrites.personId, output: rewrites.output })
			.from(rewrites)
			.where(eq(rewrites.exampleId, example.id))
			.orderBy(desc(rewrites.seq));
		const at = history.findIndex((one) => one.clientId === input.rewrite && one.personId === scope.userId);
		if (at < 0) throw new AppError('not_found', 'There is no such rewrite of yours.');
		if (!history.some((one) => one.clientId === input.clientId)) {
			if (history[at]!.output !== example.rewrite) {
				throw new AppError('conflict', `Example ${example.number} has been rewritten since; that stays.`);
			}
			await tx.insert(rewrites).values({
				projectId: project.id,
				exampleId: example.id,
				personId: scope.userId!,
				output: history[at + 1]?.output ?? null,
				clientId: input.clientId
			});
			await announce(tx, `project:${project.id}`, project.id);
		}
		return card(await exampleOf(tx, project.id, example.id), await ownScore(tx, example.id));
	});
};

/** The person's last ten decisions in this project, the newest first. */
export const recentRatings = (scope: Scope, slug: string) => {
	authorize(scope, 'examples:rate');
	return scope.tx(async (tx) => {
		const project = await projectOf(tx, slug);
		const mine = and(eq(ratings.projectId, project.id), eq(ratings.personId, scope.userId!));
		const rows = await tx
			.select({ id: ratings.exampleId, score: ratings.score, number: examples.number })
			.from(ratings)
			.innerJoin(examples, eq(examples.id, ratings.exampleId))
			.where(mine)
			.orderBy(desc(ratings.seq))
			.limit(100);
		const latest = new Map<string, (typeof rows)[number]>();
		for (const row of rows) if (!latest.has(row.id)) latest.set(row.id, row);
		return [...latest.values()].filter((row) => row.score !== null).slice(0, 10);
	});
};
