import {
	above,
	alarms,
	alarmsWithContinue,
	anytimeCoverage,
	simulated,
	tablesOf
} from '../support/data/false-alarms.ts';
import type { Measure } from './measure.ts';

const largest = 300;
const ends = ['ship-it', 'dont-ship'] as const;
const inPercent = (share: number) => 100 * share;

/** How often equal models get a verdict, over the full grid; the small one is in the tests. Some minutes. */
export const run = async (): Promise<Measure[]> => {
	const tables = tablesOf(largest);
	const exact = ends.flatMap((end) => [0, 0.2, 0.4, 0.6].flatMap((ties) => alarms(tables, end, ties, largest)));
	const goingOn = ends.flatMap((end) =>
		[0, 0.3].flatMap((ties) =>
			[12, 20, 28, 35, 43, 52, 66, 80, 100, 130, 150, 200].map((plan) =>
				alarmsWithContinue(tables, end, ties, plan, largest)
			)
		)
	);
	let clean = 1;
	for (let attempt = 1; attempt <= 20; attempt++)
		clean *= 1 - Math.max(...alarms(attempt === 1 ? tables : tablesOf(largest, attempt), 'ship-it', 0, largest));
	const runs = 2000;
	const cells = [2, 3].flatMap((votes) =>
		[0, 1.5, 3].flatMap((taste) =>
			[0, 0.2, 0.4, 0.6].flatMap((ties) => [20, 40, 80, 150].map((prompts) => ({ votes, taste, ties, prompts, runs })))
		)
	);
	const played = cells.flatMap((cell) => ends.map((end) => simulated(cell, end)));
	const covered = [20, 60, 200].flatMap((prompts) =>
		[1, 2, 3].flatMap((votes) =>
			[0.5, 0.7, 0.95].flatMap((wins) => [0, 0.6].map((ties) => anytimeCoverage(prompts, votes, wins, ties, 1000)))
		)
	);
	const measure = (id: string, what: string, share: number, target: number): Measure => ({
		id,
		what,
		unit: '%',
		values: [inPercent(share)],
		judged: 'value',
		target: inPercent(target),
		moonshot: inPercent(target),
		better: 'lower'
	});
	return [
		measure(
			'FALSE',
			'equal models get a verdict, one vote a prompt, exact, worst of all plans to 300',
			Math.max(...exact),
			0.035
		),
		measure('FALSE', 'the same with Continue, worst of 12 plans', Math.max(...goingOn), 0.04),
		measure('FALSE', 'the same over 20 tries, each at its worst plan', 1 - clean, 0.06),
		measure(
			'FALSE',
			`2 and 3 votes a prompt, worst of ${played.length} simulated cells`,
			Math.max(...played),
			above(0.035, runs)
		),
		measure(
			'FALSE',
			'the always-valid interval misses the truth, worst cell',
			1 - Math.min(...covered),
			above(0.05, 1000)
		)
	];
};
