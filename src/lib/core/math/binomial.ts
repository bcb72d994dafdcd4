const z = 1.96; // 95 %, as core/evaluations/README.md says

/** ln Γ(x) for x ≥ 1, by Stirling's series after shifting x upwards. Exact to about 13 digits. */
export const logGamma = (x: number): number => {
	let shift = 0;
	let y = x;
	for (; y < 12; y++) shift += Math.log(y);
	const r = 1 / (y * y);
	const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / y;
	return (y - 0.5) * Math.log(y) - y + 0.5 * Math.log(2 * Math.PI) + series - shift;
};

/** The Wilson 95 % interval of a share, as fractions. `null` when there is nothing to divide by. */
export const wilson = (wins: number, decisive: number): [low: number, high: number] | null => {
	if (decisive === 0) return null;
	const p = wins / decisive;
	const q = (z * z) / decisive;
	const middle = p + q / 2;
	const half = z * Math.sqrt((p * (1 - p)) / decisive + q / (4 * decisive));
	return [Math.max(0, (middle - half) / (1 + q)), Math.min(1, (middle + half) / (1 + q))];
};

/** The chance of `atLeast` or more successes in n independent tries that succeed with chance p. */
export const upperTail = (n: number, atLeast: number, p: number): number => {
	if (atLeast <= 0) return 1;
	if (atLeast > n) return 0;
	if (p >= 1) return 1;
	// Sum the smaller side: its terms fall from the first on, so nothing is lost to underflow.
	if (atLeast < n * p) return 1 - upperTail(n, n - atLeast + 1, 1 - p);
	const choose = logGamma(n + 1) - logGamma(atLeast + 1) - logGamma(n - atLeast + 1);
	// after the last success, or below what a double holds, the term is 0
	let term = Math.exp(choose + atLeast * Math.log(p) + (n - atLeast) * Math.log(1 - p));
	let sum = 0;
	for (let k = atLeast; term > 0; k++) {
		sum += term;
		term *= ((n - k) / (k + 1)) * (p / (1 - p));
	}
	return Math.min(1, sum);
};

/** The exact two-sided sign test: how often a fair coin lands at least this unevenly. 1 when nothing was decided. */
export const signTest = (wins: number, losses: number): number =>
	Math.min(1, 2 * upperTail(wins + losses, Math.max(wins, losses), 0.5));
