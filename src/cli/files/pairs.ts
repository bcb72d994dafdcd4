import { type Pair, pairOf } from '../../lib/core/runs/pair.ts';
import { type PairCounts, noPairs } from '../../lib/core/runs/pairs.ts';
import type { gatherUnreadable } from '../unreadable.ts';
import { type Side, eachExample } from './examples.ts';
import type { Project } from './project.ts';

/**
 * What a training with preferences takes of the file: each rewrite preferred to the answer it improves. One walk for the checklist and the
 * files, so that both say the same; who is left out is counted by the reason. The rules are the app's (server/runs/pairs.ts).
 */
export const eachPair = (
	project: Project,
	provider: string,
	visit: (side: Side, pair: Pair) => void,
	unreadable: ReturnType<typeof gatherUnreadable>
): PairCounts => {
	const { systemPrompt = null, qualityThreshold } = project.config;
	const counts = { ...noPairs };
	eachExample(
		project,
		({ messages, rewrite, source, split, rating }) => {
			if (rewrite === null) return;
			if (split === null) counts.unassigned++;
			else if (split === 'val') counts.measures++;
			else if (rating !== null && rating < qualityThreshold) counts.poor++;
			const isTaken = split === 'val' || (split === 'train' && (rating === null || rating >= qualityThreshold));
			if (!isTaken) return;
			const pair = pairOf({ messages, rewrite, source }, systemPrompt, provider);
			if (pair && split === 'train') counts.rewrite++;
			else if (!pair) counts.unusable++;
			if (pair) visit(split, pair);
		},
		unreadable.add
	);
	return counts;
};
