import { and, asc, desc, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import type { ExampleFilter } from '../../contract/examples.ts';
import { rowsOnPage } from '../../contract/fields.ts';
import { may } from '../../core/permissions.ts';
import { ownScores, seesScores } from '../access/own-scores.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { prepared } from '../platform/db/drizzle.ts';
import { sendTimeouts } from '../platform/db/timeouts.ts';
import { examples } from '../platform/db/schema.ts';
import { wanted } from './conditions.ts';
import { type Listed, listed, rowOf, withoutSide } from './rows.ts';
import { whileWanted } from './searching.ts';

/** Only what others found good is dealt out: a filter by either would tell what they gave. */
const allowed = (scope: ProjectScope, filter: ExampleFilter): ExampleFilter => ({
	...filter,
	band: seesScores(scope) ? filter.band : undefined,
	split: may(scope.role, 'splits:see') ? filter.split : undefined
});

const place = sql.placeholder('place');
const beyond = { newest: undefined, before: lt(examples.number, place), after: gt(examples.number, place) };
type Way = keyof typeof beyond;

/** The pages of the whole list, which every walk of a script asks for. */
const whole = (way: Way) =>
	prepared((db) =>
		db
			.select(listed)
			.from(examples)
			.where(and(eq(examples.projectId, sql.placeholder('projectId')), isNull(examples.deletedAt), beyond[way]))
			.orderBy(way === 'after' ? asc(examples.number) : desc(examples.number))
			.limit(sql.placeholder('limit'))
			.prepare(way)
	);
const wholePages = { newest: whole('newest'), before: whole('before'), after: whole('after') };

const find = (tx: Tx, projectId: string, filter: ExampleFilter, limit: number): Promise<Listed[]> => {
	const { band, split, search, before, after } = filter;
	if (!band && !split && !search) {
		const way: Way = after ? 'after' : before ? 'before' : 'newest';
		return wholePages[way](tx, { projectId, place: after ?? before, limit });
	}
	return tx
		.select(listed)
		.from(examples)
		.where(wanted(projectId, filter, limit))
		.orderBy(after ? asc(examples.number) : desc(examples.number))
		.limit(limit);
};

/** A step: a page of examples as the acting person may see them, and the ways to the pages beside it. */
export const pageOf = async (tx: Tx, scope: ProjectScope, given: ExampleFilter) => {
	// an address may name both ways: up wins
	const filter = allowed(scope, given.after ? { ...given, before: undefined } : given);
	const limit = given.limit ?? rowsOnPage;
	// for some minutes a large import has no signatures, and all of it is read
	if (filter.search) sendTimeouts(tx.$client, 'long');
	const look = (some: ExampleFilter) => {
		const looking = () => find(tx, scope.project.id, some, limit + 1);
		return some.search ? whileWanted(tx, scope.request?.left, looking) : looking();
	};
	const sent = look(filter);
	// nothing comes behind it where there is no way up, and no score to be put in another's place
	if (!filter.after && seesScores(scope)) tx.last();
	let found = await sent;
	// the way up ends at the first page, and that one is full
	const isFirst = !filter.before && (!filter.after || found.length <= limit);
	if (filter.after && isFirst) found = await look({ ...filter, after: undefined });
	const isBackwards = filter.after && !isFirst;
	const list = isBackwards ? found.slice(0, limit).reverse() : found.slice(0, limit);
	const rows = (await withOwnScores(tx, scope, list.map(sideless(scope)))).map(rowOf);
	return {
		rows,
		older: isBackwards || found.length > limit ? rows.at(-1)!.number : null,
		newer: isFirst ? null : (rows[0]?.number ?? filter.before! - 1)
	};
};

const sideless =
	({ role }: ProjectScope) =>
	(example: Listed): Listed =>
		may(role, 'splits:see') ? example : { ...example, ...withoutSide };

/** Who may not see others' scores gets their own: what others thought pulls the judgement towards it. */
const withOwnScores = async (tx: Tx, scope: ProjectScope, list: Listed[]): Promise<Listed[]> => {
	if (seesScores(scope) || list.length === 0) return list;
	const ids = list.map(({ id }) => id);
	const own = await tx.select({ id: examples.id, score: ownScores }).from(examples).where(among(examples.id, ids));
	const scores = new Map(own.map(({ id, score }) => [id, score]));
	return list.map((example) => {
		const rating = scores.get(example.id) ?? null;
		return { ...example, rating, ratingsCount: rating === null ? 0 : 1 };
	});
};
