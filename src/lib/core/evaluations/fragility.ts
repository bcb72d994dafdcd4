import { blockedBy, decisionOf, verdictKind } from './rules.ts';
import type { Scores } from './scores.ts';
import { judgedOf, type Tally } from './tally.ts';

/** Moves prompts, those with the highest (or lowest) score first, to another score. */
const turned = ({ votes, counts }: Scores, most: number, from: 1 | -1, to: number): Scores => {
	const next = [...counts];
	let left = most;
	for (let size = votes; size > 0 && left > 0; size--) {
		const at = votes + from * size;
		const some = Math.min(left, next[at]!);
		next[at]! -= some;
		next[votes + to]! += some;
		left -= some;
	}
	return { votes, counts: next };
};

/**
 * How many prompts would have to turn, all in the same way, to remove SHIP IT or DON'T SHIP: to the other side, to no difference, or
 * to both bad. null for the other verdicts.
 */
export const fragilityOf = (t: Tally): number | null => {
	const kind = verdictKind(t);
	if (kind !== 'ship-it' && kind !== 'dont-ship') return null;
	const from = kind === 'ship-it' ? 1 : -1;
	const isGone = (most: number) =>
		[
			{ ...t, scores: turned(t.scores, most, from, 0), bothBad: t.bothBad + most },
			{ ...t, scores: turned(t.scores, most, from, 0) },
			{ ...t, scores: turned(t.scores, most, from, -from * t.scores.votes) }
		].some((other) => blockedBy(other) !== null || decisionOf(other) !== kind);
	// the more turn, the less is left of it: so the first that is too many is between one that is not and one that is
	let [few, many] = [0, 1];
	while (!isGone(many)) {
		if (many === judgedOf(t)) return null;
		[few, many] = [many, Math.min(2 * many, judgedOf(t))];
	}
	while (many - few > 1) {
		const middle = Math.floor((few + many) / 2);
		if (isGone(middle)) many = middle;
		else few = middle;
	}
	return many;
};
