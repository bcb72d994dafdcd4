import type { Method } from '../../core/runs/method.ts';
import { noPairs } from '../../core/runs/pairs.ts';
import type { Recipe } from '../../core/runs/recipe.ts';
import type { Project, Tx } from '../access/scope.ts';
import { sha256 } from '../platform/crypto.ts';
import type { ProviderId } from '../providers/provider.ts';
import { type DataFacts, readFacts } from './facts.ts';
import type { Kept } from './kept.ts';
import { differenceFrom, lastRunOf } from './last-run.ts';
import { countLeftOut, pairsFor } from './pairs.ts';
import { countLearnt, walking } from './walked.ts';

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
	const last = await lastRunOf(tx, project);
	const walk = walking(tx, last?.id ?? null);
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
	const { alike, learnt } = await walk.end();
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
			duplicates: alike,
			thoughtful,
			answerThoughts,
			weighted
		},
		leaks: 0,
		contested: 0,
		flawed: [],
		lastRun: last
			? differenceFrom(last, {
					...{ project, method: 'dpo', recipe, added: trainCount - learnt },
					removed: (await countLearnt(tx, last.id)) - learnt
				})
			: null
	};
};
