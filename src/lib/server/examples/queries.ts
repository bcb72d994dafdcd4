import {
	BrowseExamples,
	CountExamples,
	FindTwin,
	GetExample,
	GetImport,
	ListExamples,
	RatingHistogram
} from '../../contract/examples.ts';
import { toMessages } from '../../core/examples/conversation.ts';
import { and, eq } from 'drizzle-orm';
import { AppError } from '../../core/errors.ts';
import { query } from '../access/operation.ts';
import { goingOn } from '../access/scope.ts';
import { imports } from '../platform/db/schema.ts';
import { countsOf, histogramOf } from './counts.ts';
import { detailOf, seeing } from './detail.ts';
import { pageOf } from './list.ts';
import { likeThis } from './guard.ts';
import { factsOf, noExample } from './rows.ts';
import { inShare } from './searching.ts';

/**
 * A page of examples, the newest first. `older` and `newer` are the `before` and `after` of the pages beside it, or null.
 * Who may not see others' scores, or the split, cannot filter by them and gets their own score.
 */
export const listExamples = query(ListExamples, (scope, filter) => {
	const look = () => scope.tx((tx) => pageOf(tx, scope, filter));
	return filter.search ? inShare(scope, look) : look();
});

/** One example with its history. Throws *not found*. */
export const getExample = query(GetExample, (scope, { exampleId }) =>
	seeing(scope)(async (tx) => {
		const found = await detailOf(tx, scope, exampleId);
		if (!found) throw noExample();
		return found;
	})
);

/** A chunk takes seconds; after so long nobody is at work on it any more: its server has died. */
const silentForMs = 10 * 60_000;
const stateOf = ({ endedAt, brokeOff, seenAt }: typeof imports.$inferSelect) => {
	if (endedAt) return brokeOff ? 'broken_off' : 'done';
	return Date.now() - seenAt.getTime() > silentForMs ? 'broken_off' : 'running';
};

/** An import, with what it has come to so far. Throws *not found*. */
export const getImport = query(GetImport, (scope, { importId }) =>
	scope.tx(async (tx) => {
		const [found] = await tx
			.select()
			.from(imports)
			.where(and(eq(imports.projectId, scope.project.id), eq(imports.id, importId)));
		if (!found) throw new AppError('not_found', 'There is no such import in this project.');
		const { id, added, duplicates, refused, warned, warnings, fileName, createdAt } = found;
		// those of before twins were refused say nothing of them
		const refusals = found.refusals.map((refusal) => ({ ...refusal, twin: refusal.twin ?? null }));
		return { id, added, duplicates, refused, refusals, warned, warnings, state: stateOf(found), fileName, createdAt };
	})
);

/** What the page of examples shows, as of one moment: the list, the counts, and the example that is open, if it is still there. */
export const browseExamples = query(BrowseExamples, (scope, { selected, ...filter }) => {
	const begin = selected ? seeing(scope) : scope.look;
	const look = () =>
		begin(async (tx) => {
			const list = await pageOf(goingOn(tx), scope, filter);
			const open = selected ? await detailOf(goingOn(tx), scope, selected) : undefined;
			return { list, open: open ?? null, counts: await countsOf(tx, scope) };
		});
	return filter.search ? inShare(scope, look) : look();
});

/** Counts for the facets and badges of the project. */
export const countExamples = query(CountExamples, (scope) => scope.tx((tx) => countsOf(tx, scope)));

/** How many examples have each rating from 1 to 10. */
export const ratingHistogram = query(RatingHistogram, (scope) => scope.tx((tx) => histogramOf(tx, scope)));

/** The example that already says the same, or one that measures what is asked, so that a page can show it. */
export const findTwin = query(FindTwin, (scope, { messages: given }) => {
	const messages = toMessages(given);
	return likeThis(scope, messages, factsOf(messages, null));
});
