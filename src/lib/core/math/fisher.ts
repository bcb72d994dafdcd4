import { logGamma } from './binomial.ts';

const logChoose = (n: number, k: number) => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);

/** Fisher's exact two-sided test of two shares, `one` of `oneOf` against `two` of `twoOf`: how often chance tells them apart this much. */
export const fisher = (one: number, oneOf: number, two: number, twoOf: number): number => {
	const hits = one + two;
	const whole = logChoose(oneOf + twoOf, hits);
	const chance = (k: number) => Math.exp(logChoose(oneOf, k) + logChoose(twoOf, hits - k) - whole);
	const seen = chance(one) * (1 + 1e-9); // as unlikely as what was seen, whatever the last digit
	let sum = 0;
	for (let k = Math.max(0, hits - twoOf); k <= Math.min(oneOf, hits); k++) if (chance(k) <= seen) sum += chance(k);
	return Math.min(1, sum);
};
