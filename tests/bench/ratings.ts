import os from 'node:os';
import type { Bench } from './environment.ts';
import { type Measure, median } from './measure.ts';
import { openRatedApp } from './rated-app.ts';

const rounds = 6;
const roundMs = 10_000;
const warmUpMs = 3_000;
const load = { raters: 8, streams: 20 };
/** Two runs of one version differ by as much, on a machine that has nothing else to do. */
const noise = 0.05;

/** Half of what the rounds of one side differ by, as a share of it; beyond the noise it is no excuse. */
const spread = (values: number[]) => Math.min(noise, (Math.max(...values) - Math.min(...values)) / 2 / median(values));

/**
 * RATE: ratings a second over HTTP with live updates on, the raters each in a closed loop. `BEFORE=<checkout>`, built, takes
 * turns with this one in the same run, on a database of its own; the ratio is to be 1, less what the rounds differ by.
 * Without it the floor is what the database alone can do: the same rows by bare inserts.
 */
export const run = async (bench: Bench): Promise<Measure[]> => {
	const { BEFORE: checkout } = process.env;
	const busy = os.loadavg()[0]!;
	const values: number[] = [];
	const floor: number[] = [];
	const after = await openRatedApp(bench, '.', 'rate_after', load);
	let before: typeof after | undefined;
	try {
		before = checkout ? await openRatedApp(bench, checkout, 'rate_before', load) : undefined;
		const other = before?.rate ?? after.insert;
		await after.rate(warmUpMs);
		await other(warmUpMs);
		for (let round = 0; round < rounds; round++) {
			const inTurn = [async () => values.push(await after.rate(roundMs)), async () => floor.push(await other(roundMs))];
			// who comes first changes, so that neither always meets the fuller disk
			for (const one of round % 2 ? inTurn.reverse() : inTurn) await one();
		}
	} finally {
		await before?.close();
		await after.close();
	}
	const ratios = values.map((value, round) => (value / floor[round]!).toFixed(2)).join(' ');
	return [
		{
			id: 'RATE',
			what: `ratings, ${load.raters} raters, ${load.streams} streams`,
			unit: 'a second',
			values,
			floor: { what: before ? 'before' : 'bare inserts', values: floor },
			judged: 'value over floor',
			// against bare inserts nobody has measured it on a quiet machine yet: a first guess
			target: before ? Number((1 - spread(floor)).toFixed(3)) : 0.1,
			moonshot: before ? 1.1 : 0.5,
			better: 'higher',
			note: `${Math.min(...floor).toFixed(1)}–${Math.max(...floor).toFixed(1)} ${before ? 'before' : 'bare'}, by round ${ratios}, load ${busy.toFixed(2)}`
		}
	];
};
