import { type SQL, and, asc, desc, eq, gt, isNull, lt, sql } from 'drizzle-orm';
import { rowsOnPage } from '../../contract/fields.ts';
import { BrowsePrompts, GetPrompt, ListPrompts, type PromptDetail, type PromptFilter } from '../../contract/prompts.ts';
import { query } from '../access/operation.ts';
import type { ProjectScope, Tx } from '../access/scope.ts';
import { among } from '../platform/db/among.ts';
import { evaluations, pairings, prompts } from '../platform/db/schema.ts';
import { promptCount } from './add.ts';
import { isComparing, promptsComparedAsFarAs } from './compare.ts';
import { askable, learntTwins, listedPrompt, noPrompt, shownRows } from './rows.ts';

/** `%` and `_` mean themselves in a search. */
const pattern = (words: string) => `%${words.replaceAll('\u0000', '').replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;

/** Words anywhere in the turns, in any case, or the number people call it by. A pool has a limit, so that all of it can be read. */
const saying = (words: string): SQL => {
	const number = /^#?(\d{1,9})$/.exec(words)?.[1];
	const said = sql`exists (select from json_array_elements(${prompts.messages}) turn where turn ->> 'content' ilike ${pattern(words)})`;
	return number === undefined ? said : sql`(${prompts.number} = ${Number(number)} or ${said})`;
};

/** A step: the ids of those that comparisons leave out. */
const leftOutIds = async (tx: Tx, projectId: string): Promise<string[]> => {
	const all = await tx
		.select({ id: prompts.id, promptHash: prompts.promptHash, near: prompts.near })
		.from(prompts)
		.where(and(eq(prompts.projectId, projectId), isNull(prompts.deletedAt)));
	const learnt = await learntTwins(tx, projectId, all);
	return all.filter((_, at) => learnt[at]).map(({ id }) => id);
};

/** A step: a page of prompts, and the ways to the pages beside it. */
const pageOf = async (tx: Tx, { project: { id: projectId } }: ProjectScope, filter: PromptFilter) => {
	const limit = filter.limit ?? rowsOnPage;
	const some = filter.leftOut ? among(prompts.id, await leftOutIds(tx, projectId)) : undefined;
	const find = (place: SQL | undefined, upwards = false) =>
		tx
			.select(listedPrompt)
			.from(prompts)
			.where(
				and(
					eq(prompts.projectId, projectId),
					isNull(prompts.deletedAt),
					some,
					filter.search ? saying(filter.search) : undefined,
					place
				)
			)
			.orderBy(upwards ? asc(prompts.number) : desc(prompts.number))
			.limit(limit + 1);
	const { after } = filter;
	const above = after === undefined ? [] : await find(gt(prompts.number, after), true);
	// the way up ends at the first page, and that one is full
	const isBackwards = above.length > limit;
	const before = after === undefined ? filter.before : undefined;
	const found = isBackwards ? above : await find(before === undefined ? undefined : lt(prompts.number, before));
	const list = isBackwards ? found.slice(0, limit).reverse() : found.slice(0, limit);
	const rows = await shownRows(tx, projectId, list);
	return {
		rows,
		older: isBackwards || found.length > limit ? rows.at(-1)!.number : null,
		newer: isBackwards || before !== undefined ? (rows[0]?.number ?? before! - 1) : null
	};
};

/** A step: one prompt with all that was done with it; undefined for none, also for a deleted one. */
const detailOf = async (tx: Tx, projectId: string, id: string): Promise<PromptDetail | undefined> => {
	const [found] = await tx
		.select(listedPrompt)
		.from(prompts)
		.where(and(eq(prompts.projectId, projectId), eq(prompts.id, id), isNull(prompts.deletedAt)));
	if (!found) return undefined;
	const [row] = await shownRows(tx, projectId, [found]);
	const asked = await tx
		.select({ number: evaluations.number })
		.from(pairings)
		.innerJoin(evaluations, eq(evaluations.id, pairings.evaluationId))
		.where(eq(pairings.promptId, id))
		.orderBy(desc(evaluations.number));
	return { ...row!, messages: found.messages, comparisons: asked.map(({ number }) => number) };
};

/** A page of the pool, the newest first. `older` and `newer` are the `before` and `after` of the pages beside it, or null. */
export const listPrompts = query(ListPrompts, (scope, filter) => scope.tx((tx) => pageOf(tx, scope, filter)));

/** One prompt as models are asked it. Throws *not found*. */
export const getPrompt = query(GetPrompt, (scope, { promptId }) =>
	scope.tx(async (tx) => {
		const found = await detailOf(tx, scope.project.id, promptId);
		if (!found) throw noPrompt();
		return found;
	})
);

/** What the page of prompts shows: the list, the counts, and the one that is open, if it is still there. */
export const browsePrompts = query(BrowsePrompts, async (scope, { selected, ...filter }) => {
	const { id: projectId } = scope.project;
	const look = () =>
		scope.look(async (tx) => {
			const { list: usable, leftOut } = await askable(tx, projectId);
			return {
				list: await pageOf(tx, scope, filter),
				open: (selected && (await detailOf(tx, projectId, selected))) || null,
				counts: {
					total: await promptCount(tx, projectId),
					usable: usable.length,
					leftOut,
					comparing: await isComparing(tx, projectId)
				}
			};
		});
	const found = await look();
	if (!found.counts.comparing) return found;
	await promptsComparedAsFarAs(scope);
	return look();
});
