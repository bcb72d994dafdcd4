/** Where a function is looked at between −1 and 1, and how much each look weighs. */
export type Nodes = { at: Float64Array; weight: Float64Array };

/** Gauss–Legendre: the integral over −1 … 1 of every polynomial up to degree 2n − 1, exactly. */
export const gaussLegendre = (n: number): Nodes => {
	const at = new Float64Array(n);
	const weight = new Float64Array(n);
	for (let i = 0; i < n; i++) {
		// Newton's method on the Legendre polynomial, from a guess that is close to its i-th root
		let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
		let slope = 1;
		for (let step = 0; step < 8; step++) {
			let [one, two] = [1, 0];
			for (let j = 1; j <= n; j++) [one, two] = [((2 * j - 1) * x * one - (j - 1) * two) / j, one];
			slope = (n * (x * one - two)) / (x * x - 1);
			x -= one / slope;
		}
		at[i] = x;
		weight[i] = 2 / ((1 - x * x) * slope * slope);
	}
	return { at, weight };
};

/** ln of a sum whose terms are given by their logarithms: what no double could hold is added all the same. */
export const logSum = (logs: Float64Array): number => {
	let most = -Infinity;
	for (const log of logs) if (log > most) most = log;
	if (most === -Infinity) return most;
	let sum = 0;
	for (const log of logs) sum += Math.exp(log - most);
	return most + Math.log(sum);
};

/** Where a function that falls from above `level` at `high` to below it at `low` crosses it; the ends may be either way round. */
export const crossing = (low: number, high: number, isAbove: (x: number) => boolean): number => {
	let [under, over] = [low, high];
	for (let step = 0; step < 60; step++) {
		const middle = (under + over) / 2;
		if (isAbove(middle)) over = middle;
		else under = middle;
	}
	return under;
};
