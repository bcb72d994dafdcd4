/** One stratum: how many belong to it, and how many seats it holds already. */
export type Stratum = { key: number; size: number; taken: number };

/**
 * How many of each stratum are chosen when `share` of all are: largest remainder, so that each differs from its exact
 * proportion by less than one. A seat that is held already comes first, then the larger remainder, then the larger key.
 * From two on, at least one is chosen.
 */
export const apportion = (strata: readonly Stratum[], share: number): Map<number, number> => {
	const all = strata.reduce((sum, { size }) => sum + size, 0);
	const wanted = all < 2 ? 0 : Math.max(1, Math.round(round(all * share)));
	const rows = strata.map(({ key, size, taken }) => {
		const exact = round(size * share);
		const seats = Math.floor(exact);
		return { key, seats, rest: exact - seats, isHeld: exact > seats && taken > seats };
	});
	let left = wanted - rows.reduce((sum, { seats }) => sum + seats, 0);
	rows.sort((one, two) => Number(two.isHeld) - Number(one.isHeld) || two.rest - one.rest || two.key - one.key);
	for (const row of rows) if (left-- > 0) row.seats++;
	return new Map(rows.map(({ key, seats }) => [key, seats]));
};

const round = (x: number) => Math.round(x * 1e9) / 1e9; // 35 × 0.2 is 7.000000000000001
