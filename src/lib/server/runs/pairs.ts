// What a training with preferences takes: one walk for the checklist, the preview and the file, so that all three say the same.
import { and, asc, eq, gt, isNotNull, isNull, lt, sql } from 'drizzle-orm';
import type { Rewritten } from '../../core/examples/formats/preference.ts';
import { type Pair as PairParts, pairOf } from '../../core/runs/pair.ts';
import type { PairSource } from '../../core/runs/pairs.ts';
import type { Project, Tx } from '../access/scope.ts';
import { choiceMeasures, choicesAfter, exampleOfChoice, standingChoices } from '../examples/rows.ts';
import { examples, playgroundPairs } from '../platform/db/schema.ts';
import type { ProviderId } from '../providers/provider.ts';

/** One look at the database reads so many. */
const atOnce = 500;

export type Pair = PairParts & {
	source: PairSource;
	/** Of the example, or of the choice. */
	id: string;
	/** The number of the example. */
	number: number | null;
	/** The models that answered, as people call them. */
	preferredBy: string | null;
	rejectedBy: string | null;
};

/** A step: of an example whether its rewrite came with it, in the same file. */
const isImported = sql<boolean>`exists (select from rewrites w where w.example_id = ${examples.id} and w.created_at = ${examples.createdAt}
	and w.output = ${examples.rewrite})`;

/** The rewritten examples of a side that a training takes: in train those that nobody has rated below the threshold. */
export const inPairs = (
	{ id, qualityThreshold }: Pick<Project, 'id' | 'qualityThreshold'>,
	side: 'train' | 'validation'
) =>
	and(
		eq(examples.projectId, id),
		eq(examples.split, side),
		isNull(examples.deletedAt),
		isNotNull(examples.rewrite),
		side === 'train' ? sql`coalesce(${examples.rating} >= ${qualityThreshold}, true)` : undefined
	);

type Found = Pick<Pair, 'source' | 'id' | 'number' | 'preferredBy' | 'rejectedBy'> & { example: Rewritten };
/** What of a project a pair is made of. */
type From = Pick<Project, 'id' | 'qualityThreshold' | 'systemPrompt'>;
/** null stands for a pair that a provider would refuse. `last`: where the next page begins. */
type Page = { pairs: (Pair | null)[]; last: number; isOver: boolean };

/** A choice was made with the system prompt that was shown, or without one. */
const sentAs = ({ example, ...found }: Found, { systemPrompt }: From, provider: ProviderId | null): Pair | null => {
	const pair = pairOf(example, found.source === 'playground' ? null : systemPrompt, provider);
	return pair && { ...found, ...pair };
};

/** A step: the pairs of the rewritten examples of a side, from a number on; `before` ends them. */
export const rewrittenPage = async (
	tx: Tx,
	project: From,
	side: 'train' | 'validation',
	provider: ProviderId | null,
	after: number,
	before?: number
): Promise<Page> => {
	const rows = await tx
		.select({
			id: examples.id,
			number: examples.number,
			messages: examples.messages,
			rewrite: examples.rewrite,
			line: examples.source,
			isImported
		})
		.from(examples)
		.where(
			and(
				inPairs(project, side),
				gt(examples.number, after),
				before === undefined ? undefined : lt(examples.number, before)
			)
		)
		.orderBy(asc(examples.number))
		.limit(atOnce);
	const found = rows.map(({ id, number, messages, rewrite, line, isImported: imported }): Found => ({
		source: imported ? 'import' : 'rewrite',
		...{ id, number, preferredBy: null, rejectedBy: null },
		example: { messages, rewrite: rewrite!, source: line }
	}));
	const pairs = found.map((each) => sentAs(each, project, provider));
	return { pairs, last: rows.at(-1)?.number ?? after, isOver: rows.length < atOnce };
};

/** A step: the pairs of the choices in the playground, from a place on. */
export const chosenPage = async (tx: Tx, project: From, provider: ProviderId | null, after: number): Promise<Page> => {
	const rows = await choicesAfter(tx, project.id, after, atOnce);
	const found = rows.map(({ id, chosenBy, rejectedBy, ...choice }): Found => ({
		source: 'playground',
		...{ id, number: null, preferredBy: chosenBy, rejectedBy },
		example: exampleOfChoice(choice)
	}));
	const pairs = found.map((each) => sentAs(each, project, provider));
	return { pairs, last: rows.at(-1)?.seq ?? after, isOver: rows.length < atOnce };
};

async function* pagesOf(page: (after: number) => Promise<Page>): AsyncGenerator<(Pair | null)[]> {
	for (let last = 0; ;) {
		const { pairs, ...next } = await page(last);
		yield pairs;
		if (next.isOver) return;
		last = next.last;
	}
}

/**
 * A step: the pairs of a side, page by page, as a training takes them; null stands for one that a provider would refuse. Those of
 * validation measure the loss and train nothing; a choice of the playground never measures.
 */
export async function* pairsFor(
	tx: Tx,
	project: From,
	side: 'train' | 'validation',
	provider: ProviderId | null
): AsyncGenerator<(Pair | null)[]> {
	yield* pagesOf((after) => rewrittenPage(tx, project, side, provider, after));
	if (side === 'train') yield* pagesOf((after) => chosenPage(tx, project, provider, after));
}

/** A step: how many are left out, by reason; `unusable` is known only when they were walked through. */
export const countLeftOut = async (tx: Tx, { id, qualityThreshold }: Project) => {
	const there = and(eq(examples.projectId, id), isNull(examples.deletedAt), isNotNull(examples.rewrite));
	const [row] = await tx
		.select({
			measures: sql<number>`(count(*) filter (where ${examples.split} = 'validation'))::int`,
			unassigned: sql<number>`(count(*) filter (where ${examples.split} is null))::int`,
			poor: sql<number>`(count(*) filter (where ${examples.split} = 'train' and ${examples.rating} < ${qualityThreshold}))::int`
		})
		.from(examples)
		.where(there);
	const measured = await tx.$count(playgroundPairs, and(standingChoices(id), choiceMeasures(id)));
	const [judged] = await tx.execute<{ n: number }>(sql`
		select count(distinct v.pairing_id)::int as n from votes v join evaluations e on e.id = v.evaluation_id
		where e.project_id = ${id} and e.revealed_at is not null and v.voter = 'person' and v.choice in ('first', 'second')`);
	return { ...row!, measures: row!.measures + measured, judged: judged!.n };
};
