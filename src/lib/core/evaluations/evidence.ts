import { crossing, gaussLegendre, logSum } from '../math/integral.ts';
import { netPreference, type Scores } from './scores.ts';

/** Made when the first evidence is asked for: most who load this never ask. */
let made: { at: Float64Array; logWeights: Float64Array } | undefined;
const nodes = () => {
	if (made) return made;
	const { at, weight } = gaussLegendre(256);
	return (made = { at, logWeights: weight.map((each) => Math.log(each / 2)) });
};

/** ln(1 + λ·x) at every node. */
const logsOf = (x: number) => nodes().at.map((lambda) => Math.log1p(lambda * x));
const kept = new Map<number, Float64Array[]>();
const logsAtZero = (votes: number) => {
	const known = kept.get(votes);
	if (known) return known;
	const logs = Array.from({ length: 2 * votes + 1 }, (_, i) => logsOf((i - votes) / votes));
	kept.set(votes, logs);
	return logs;
};

/**
 * ln of the evidence against a net preference of `mu` that may be looked at after every prompt:
 * E(μ) = ½ ∫ Π (1 + λ·(s − μ)/(1 + |μ|)) dλ over −1 … 1. Under μ it reaches 20 at any time in at most 1 of 20 evaluations. A
 * logarithm, because a double ends near a thousand wins.
 */
export const logEvidence = ({ votes, counts }: Scores, mu = 0): number => {
	const logs = Float64Array.from(nodes().logWeights);
	const atZero = mu === 0 ? logsAtZero(votes) : null;
	counts.forEach((count, i) => {
		if (count === 0) return;
		const factor = atZero ? atZero[i]! : logsOf(((i - votes) / votes - mu) / (1 + Math.abs(mu)));
		for (let at = 0; at < logs.length; at++) logs[at]! += count * factor[at]!;
	});
	return logSum(logs);
};

/** The evidence itself, for people and files: never infinite, so that it survives JSON. */
export const evidenceOf = (scores: Scores): number => Math.min(Number.MAX_VALUE, Math.exp(logEvidence(scores)));

/**
 * The net preferences that the evidence does not speak against, valid at every look. It leaves out 0 exactly when the evidence
 * reaches `bar`.
 */
export const anytimeInterval = (scores: Scores, bar: number): [low: number, high: number] => {
	const mean = netPreference(scores);
	if (mean === null) return [-1, 1];
	const isOut = (mu: number) => logEvidence(scores, mu) >= Math.log(bar);
	const end = (limit: -1 | 1) => {
		// on the far side of the mean 0 is asked first, so that this and the verdict never disagree
		const zeroLiesBetween = Math.sign(mean) === -limit;
		if (zeroLiesBetween && isOut(0)) return crossing(mean, 0, isOut);
		const from = zeroLiesBetween ? 0 : mean;
		return isOut(limit) ? crossing(from, limit, isOut) : limit;
	};
	return [end(-1), end(1)];
};
