import { sql } from 'drizzle-orm';
import type { Method } from '../../core/runs/method.ts';
import { noPairs } from '../../core/runs/pairs.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import type { Project, Tx } from '../access/scope.ts';
import { sha256 } from '../platform/crypto.ts';
import type { ProviderId } from '../providers/provider.ts';
import { type DataFacts, readFacts } from './facts.ts';
import type { Kept } from './kept.ts';
import { differenceFrom, lastRunOf, learntIn } from './last-run.ts';
import { countLeftOut, pairsFor } from './pairs.ts';
import { walked, walking } from './walked.ts';

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
	const walk = await walking(tx);
	let [trainCount, tokens, longestTokens, thoughtful, answerThoughts, weighted] = [0, 0, 0, 0, 0, 0];
	for await (const page of pairsFor(tx, project, 'train', provider))
		for (const pair of page) {
			if (!pair) {
				counts.unusable++;
				continue;
			}
			counts[pair.source]++;
			trainCount++;
			tokens += pair.tokens;
			longestTokens = Math.max(longestTokens, pair.longestTokens);
			if (pair.beside.isWeighted) weighted++;
			if (pair.beside.isThoughtful) thoughtful++;
			if (pair.beside.isThought) answerThoughts++;
			const { weight: _, ...said } = pair.parts;
			await walk.add(pair, sha256(JSON.stringify(said)));
		}
	await walk.end();
	const [alike] = await tx.execute<{ n: number }>(
		sql`select (count(*) - count(distinct said))::int as n from ${walked}`
	);
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
			duplicates: alike!.n,
			thoughtful,
			answerThoughts,
			weighted
		},
		leaks: 0,
		contested: 0,
		flawed: [],
		lastRun: await readDifference(tx, project, recipe)
	};
};

/** Of what was walked through: what the last run did not learn, and what it did and would not be learnt now. */
const readDifference = async (tx: Tx, project: Project, recipe: Recipe): Promise<DataFacts['lastRun']> => {
	const last = await lastRunOf(tx, project);
	if (!last) return null;
	const [row] = await tx.execute<{ added: number; removed: number }>(sql`
		select (count(*) filter (where l.id is null))::int as added, (count(*) filter (where w.id is null))::int as removed
		from ${walked} w full join ${learntIn(last.id, 'train')} l on l.id = w.id`);
	return differenceFrom(last, { project, method: 'dpo', recipe, ...row! });
};
