import { type SQL, and, asc, desc, eq, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import type { QueueRequest } from '../../contract/ratings.ts';
import { type Counted, countIn, countedOf, ownCountedIn, ownFrom } from '../access/counted.ts';
import { firstOf, lowestOf, pointsFrom } from '../access/kinds.ts';
import { mine, ownScores, seesScores } from '../access/own-scores.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { examples, projects } from '../platform/db/schema.ts';

/** So many cards are on their way before they are needed: the next one is there when a key is pressed. */
const ahead = 8;
/** Of more than so many a random order is not made: numbers are drawn until enough of them are open. */
const sortedAtMost = 20_000;
const drawn = 600;

type Filter = QueueRequest['filter'];

/** By everybody's scores. */
const byAll = ({ qualityThreshold }: ProjectScope['project']) => ({
	unrated: isNull(examples.rating),
	below: lt(examples.rating, qualityThreshold)
});

/** By the person's own: a queue of what others left out, or gave low, would tell what those gave. */
const byOwn = ({ id, qualityThreshold }: ProjectScope['project']) => ({
	unrated: sql`examples.id not in (select mine.example_id from ${mine(id)})`,
	below: scored(id, sql`where mine.score < ${qualityThreshold}`)
});

/** The same of a few examples: nothing else that the person has given is read. */
const byOwnOfFew = ({ qualityThreshold }: ProjectScope['project']): ReturnType<typeof byOwn> => ({
	unrated: sql`${ownScores} is null`,
	below: sql`${ownScores} < ${qualityThreshold}`
});

/** What the person has given a score. As an array, which is made once whatever the planner expects: a young team has no statistics. */
const scored = (projectId: string, which = sql``) =>
	sql`examples.id = any (array(select mine.example_id from ${mine(projectId)} ${which}))`;

const openIn = (scope: ProjectScope, filter: Filter, byPerson = byOwn): SQL | undefined => {
	const { unrated, below } = (seesScores(scope) ? byAll : byPerson)(scope.project);
	const filters: Record<Filter, SQL | undefined> = {
		unrated,
		// others have rated it; who may not see that gets what they have not rated themselves
		second: and(byPerson(scope.project).unrated, seesScores(scope) ? isNotNull(examples.rating) : undefined),
		all: undefined,
		below,
		// low, and nobody has written a better one yet
		'needs-rewrite': and(below, isNull(examples.rewrite))
	};
	return and(eq(examples.projectId, scope.project.id), isNull(examples.deletedAt), filters[filter]);
};

/** One array, not one parameter for each: a long sitting has seen thousands. */
const idsOf = (seen: readonly string[]) => sql`${sql.param(`{${seen.join(',')}}`)}::uuid[]`;

const unseen = (seen: readonly string[]) => (seen.length > 0 ? sql`${examples.id} <> all (${idsOf(seen)})` : undefined);

/** Whether counters say how many are open; else only the rows of one voter's scores can. What a script gives is in no rating. */
const isCounted = (scope: ProjectScope, filter: Filter): boolean =>
	seesScores(scope) ? filter !== 'second' || !scope.key : filter !== 'needs-rewrite';

/** From the counters. */
const countOpen = async (tx: Tx, scope: ProjectScope, filter: Filter): Promise<number> => {
	const { id, qualityThreshold } = scope.project;
	if (!seesScores(scope)) {
		const own = await ownCountedIn(tx, id);
		const unrated = own.total - ownFrom(own, 1);
		const below = ownFrom(own, 1) - ownFrom(own, qualityThreshold);
		// `isCounted`: never asked for those that need a rewrite
		return { unrated, second: unrated, all: own.total, below, 'needs-rewrite': below }[filter];
	}
	const [counted, own] = await Promise.all([countedOf(tx, id), filter === 'second' ? ownCountedIn(tx, id) : null]);
	const isBelow = ({ points }: Counted) => points !== null && points < qualityThreshold;
	const rated = countIn(counted, ({ points }) => points !== null);
	return {
		unrated: countIn(counted) - rated,
		second: rated - (own ? ownFrom(own, 1) : 0),
		all: countIn(counted),
		below: countIn(counted, isBelow),
		'needs-rewrite': countIn(counted, (kind) => isBelow(kind) && !kind.rewritten)
	}[filter];
};

/**
 * Whether anything is left of what the voter has not rated, from the counters; undefined where that is no question, or none that they answer.
 * Asked first and once: what is left is told apart by reading all that the voter has ever given.
 */
const isLeft = (scope: ProjectScope, filter: Filter): SQL | undefined => {
	const { id } = scope.project;
	const given = sql`(select coalesce(sum(g.count), 0) from own_scores_given() g where g.project_id = ${id})`;
	if (!seesScores(scope))
		return filter === 'unrated' || filter === 'second'
			? sql`(select sum(t.count) from examples_there() t where t.project_id = ${id}) > ${given}`
			: undefined;
	return filter === 'second' && isCounted(scope, filter)
		? sql`(select sum(c.count) from example_counts c where c.project_id = ${id} and c.points > 0) > ${given}`
		: undefined;
};

/** How many examples of a queue are left, without those that were seen. Asks all it asks at once. */
const leftIn = async (tx: Tx, scope: ProjectScope, { filter, seen }: QueueRequest): Promise<number> => {
	if (!isCounted(scope, filter)) return tx.$count(examples, and(openIn(scope, filter), unseen(seen)));
	const isSeen = and(openIn(scope, filter, byOwnOfFew), sql`${examples.id} = any (${idsOf(seen)})`);
	const [all, gone] = await Promise.all([
		countOpen(tx, scope, filter),
		seen.length === 0 ? 0 : tx.$count(examples, isSeen)
	]);
	return all - gone;
};

/** Whether a condition on examples holds for the one a standing `s` is of, looked up one after the other. */
const ofStanding = (projectId: string, condition: SQL | undefined) =>
	sql`select ${condition} from ${examples} where ${examples.projectId} = ${projectId} and ${examples.number} = s.number`;

/** Where everybody's scores decide, the newest of a queue lie along an index. */
const newestOf = ({ project }: ProjectScope, filter: Filter, seen: readonly string[]): SQL | undefined => {
	const low = pointsFrom(1, project.qualityThreshold);
	const points: Partial<Record<Filter, (number | null)[]>> = { unrated: [null], below: low, 'needs-rewrite': low };
	if (!points[filter]) return undefined;
	const withoutRewrite =
		filter === 'needs-rewrite' ? sql`and (${ofStanding(project.id, isNull(examples.rewrite))})` : sql``;
	const notSeen =
		seen.length > 0
			? sql`and s.number <> all (array(select e.number from examples e where e.id = any (${idsOf(seen)})))`
			: sql``;
	const walk = { and: sql`${withoutRewrite} ${notSeen}`, order: 'desc' as const, limit: ahead };
	return firstOf(project.id, { points: points[filter] }, walk);
};

/** Numbers of a seed's own, whether there is such an example or not. */
const drawnBy = ({ project }: ProjectScope, seed: number): SQL => sql`${examples.number} = any (array(
	select 1 + (hashint8extended(n, ${seed}) & 2147483647) % p.next_example
	from generate_series(1, ${drawn}) n, ${projects} p where p.id = ${project.id}))`;

const orders = (scope: ProjectScope, seed: number): Record<QueueRequest['sort'], SQL[]> => ({
	newest: [desc(examples.number)],
	random: [sql`hashint8extended(${examples.number}, ${seed})`, asc(examples.number)],
	rating: [sql`${seesScores(scope) ? examples.rating : ownScores} asc nulls last`, desc(examples.number)]
});

type Found = { example: typeof examples.$inferSelect; ownScore: number | null };

/** The first cards of a queue, of which so many are `left`. */
const cardsOf = async (
	tx: Tx,
	scope: ProjectScope,
	{ filter, sort, seed, seen }: QueueRequest,
	left = 0
): Promise<Found[]> => {
	const open = and(openIn(scope, filter), unseen(seen));
	const find = (condition: SQL | undefined, by = sort) =>
		tx
			.select({ example: examples, ownScore: ownScores })
			.from(examples)
			.where(and(isLeft(scope, filter), condition))
			.orderBy(...orders(scope, seed)[by])
			.limit(ahead);
	if (sort === 'random' && left > sortedAtMost) {
		const cards = await find(and(drawnBy(scope, seed), openIn(scope, filter, byOwnOfFew), unseen(seen)));
		if (cards.length === ahead) return cards;
	}
	if (sort === 'random') return find(open);
	const unrated =
		(seesScores(scope) && newestOf(scope, 'unrated', seen)) || and(openIn(scope, 'unrated'), unseen(seen));
	const isUnrated = filter === 'unrated' || (filter === 'second' && !seesScores(scope));
	if (isUnrated) return find(unrated, 'newest');
	if (sort === 'newest') return find((seesScores(scope) && newestOf(scope, filter, seen)) || open);
	// those with a score are found by it, and come first
	const { id } = scope.project;
	const lowest = () => lowestOf(id, { and: sql`and (${ofStanding(id, open)})`, limit: ahead });
	const rated = await find(seesScores(scope) ? lowest() : and(open, scored(id)));
	if (rated.length === ahead || filter !== 'all') return rated;
	return [...rated, ...(await find(unrated, 'newest'))].slice(0, ahead);
};

/** A step: the first cards of a queue, and how many are left in it. */
export const openCards = async (
	tx: Tx,
	scope: ProjectScope,
	request: QueueRequest
): Promise<{ left: number; found: Found[] }> => {
	if (request.sort === 'random') {
		const left = await leftIn(tx, scope, request);
		return { left, found: left === 0 ? [] : await cardsOf(tx, scope, request, left) };
	}
	// how many there are does not say how they are found: both leave in one packet, and by number nothing comes behind them
	const both = Promise.all([leftIn(tx, scope, request), cardsOf(tx, scope, request)]);
	if (request.sort === 'newest') tx.last();
	const [left, found] = await both;
	return { left, found };
};
