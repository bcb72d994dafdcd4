import { and, eq } from 'drizzle-orm';
import type { Method } from '../../core/runs/method.ts';
import { noPairs } from '../../core/runs/pairs.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import type { Project, Tx } from '../access/scope.ts';
import { sha256 } from '../platform/crypto.ts';
import { runExamples, runPairs } from '../platform/db/schema.ts';
import type { ProviderId } from '../providers/provider.ts';
import { type DataFacts, readFacts } from './facts.ts';
import type { Kept } from './kept.ts';
import { differenceFrom, lastRunOf } from './last-run.ts';
import { countLeftOut, pairsFor } from './pairs.ts';

/** A step: what the data of a project says before a training by this method, with this recipe, there. */
export const readFactsFor = (
	tx: Tx,
	project: Project,
	{ method, recipe, provider, kept }: { method: Method; recipe: Recipe; provider: ProviderId | null; kept?: Kept }
): Promise<DataFacts> =>
	method === 'dpo' ? readPairFacts(tx, project, recipe, provider) : readFacts(tx, project, recipe, kept);

/** The same pair by pair. */
const readPairFacts = async (
	tx: Tx,
	project: Project,
	recipe: Recipe,
	provider: ProviderId | null
): Promise<DataFacts> => {
	const counts = { ...noPairs, ...(await countLeftOut(tx, project)) };
	const seen = new Set<string>();
	const ids = new Set<string>();
	let [trainCount, tokens, longestTokens, duplicates, thoughtful, answerThoughts, weighted] = [0, 0, 0, 0, 0, 0, 0];
	for await (const page of pairsFor(tx, project, 'train', provider))
		for (const pair of page) {
			if (!pair) {
				counts.unusable++;
				continue;
			}
			counts[pair.source]++;
			ids.add(pair.id);
			trainCount++;
			tokens += pair.tokens;
			longestTokens = Math.max(longestTokens, pair.longestTokens);
			if (pair.beside.isWeighted) weighted++;
			if (pair.beside.isThoughtful) thoughtful++;
			if (pair.beside.isThought) answerThoughts++;
			const { weight: _, ...said } = pair.parts;
			const text = JSON.stringify(said);
			const digest = sha256(text).toString('base64');
			if (seen.has(digest)) duplicates++;
			seen.add(digest);
		}
	let [validationCount, validationTokens] = [0, 0];
	for await (const page of pairsFor(tx, project, 'validation', provider))
		for (const pair of page) {
			if (!pair) continue;
			validationCount++;
			validationTokens += pair.tokens;
			longestTokens = Math.max(longestTokens, pair.longestTokens);
		}
	return {
		method: 'dpo',
		pairs: counts,
		threshold: project.qualityThreshold,
		qualityCount: trainCount,
		...{
			trainCount,
			validationCount,
			tokens,
			validationTokens,
			longestTokens,
			duplicates,
			thoughtful,
			answerThoughts,
			weighted
		},
		leaks: 0,
		contested: 0,
		flawed: [],
		lastRun: await readDifference(tx, project, recipe, ids)
	};
};

const readDifference = async (
	tx: Tx,
	project: Project,
	recipe: Recipe,
	ids: ReadonlySet<string>
): Promise<DataFacts['lastRun']> => {
	const last = await lastRunOf(tx, project);
	if (!last) return null;
	const learnt = new Set(await learntBy(tx, last.id));
	const [added, removed] = [ids.difference(learnt).size, learnt.difference(ids).size];
	return differenceFrom(last, { project, method: 'dpo', recipe, added, removed });
};

/** A step: the examples and choices that a run learnt from, by their ids. */
const learntBy = async (tx: Tx, runId: string): Promise<string[]> => {
	const examples = await tx
		.select({ id: runExamples.exampleId })
		.from(runExamples)
		.where(and(eq(runExamples.runId, runId), eq(runExamples.kind, 'train')));
	const chosen = await tx.select({ id: runPairs.pairId }).from(runPairs).where(eq(runPairs.runId, runId));
	return [...examples, ...chosen].map(({ id }) => id);
};
