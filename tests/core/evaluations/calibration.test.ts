import { describe, expect, test } from 'vitest';
import { type Labelled, calibrated } from '../../../src/lib/core/evaluations/calibration.ts';
import { randomFrom } from '../../../src/lib/core/math/hash.ts';

const both = (count: number, person: number, model: number): Labelled[] =>
	Array.from({ length: count }, () => ({ person, model }));

describe('people and a model together', () => {
	test('by hand: the mean of the model over all, corrected by what people differ', () => {
		// cov = 4.0, spread of the model = 20 about its mean of 0, so the weight is .8
		const labelled = [...both(9, 1, 1), ...both(1, -1, 1), ...both(9, -1, -1), ...both(1, 1, -1)];
		const others = Array.from({ length: 60 }, (_, at) => (at < 45 ? 1 : -1));
		const found = calibrated(labelled, others)!;
		expect(found.weight).toBeCloseTo(0.8, 12);
		// mean of the model over 80: (0 + 30) / 80; people differ by nothing in the mean
		expect(found.estimate).toBeCloseTo(0.8 * (30 / 80), 12);
		expect(found).toMatchObject({ labelled: 20, others: 60, alone: { estimate: 0 } });
		const width = ([low, high]: [number, number]) => high - low;
		expect(width(found.interval)).toBeLessThan(width(found.alone.interval));
	});

	test('a model that says the opposite, always the same, or nothing new, changes nothing', () => {
		const opposite = [...both(12, 1, -1), ...both(12, -1, 1)];
		const always = [...both(12, 1, 1), ...both(12, -1, 1)];
		for (const [labelled, others] of [
			[opposite, [1, 1, 1]],
			[always, [1, 1, 1]],
			[both(24, 1, 1), []]
		] as const) {
			const found = calibrated(labelled, others)!;
			expect(found.weight).toBe(0);
			expect(found.estimate).toBe(found.alone.estimate);
			expect(found.interval).toEqual(found.alone.interval);
		}
	});

	test('not below 20 pairs of both; nobody is certain', () => {
		expect(calibrated(both(19, 1, 1), [1, 1])).toBeNull();
		const sure = calibrated(both(20, 1, 1), [1, 1])!;
		expect(sure.estimate).toBe(1);
		expect(sure.interval[0]).toBeLessThan(0.9);
		expect(sure.interval[1]).toBeLessThanOrEqual(1);
	});
});

/**
 * Simulated with a fixed seed: people’s taste with ties, a model that says the same as they would in `sure` of the pairs and anything
 * else, and then leans to one side by `lean`. The model may be wrong in any way: the interval has to hold all the same.
 */
const cover = (
	seed: number,
	{ n, others, sure, lean, wins, ties }: Record<'n' | 'others' | 'sure' | 'lean' | 'wins' | 'ties', number>
) => {
	const random = randomFrom(seed);
	const person = () => (random() < ties ? 0 : random() < wins ? 1 : -1);
	const model = (truth: number) => (random() < sure ? truth : random() < lean ? 1 : Math.floor(3 * random()) - 1);
	const truth = (1 - ties) * (2 * wins - 1);
	const rounds = 600;
	let [covered, width, alone] = [0, 0, 0];
	for (let round = 0; round < rounds; round++) {
		const labelled = Array.from({ length: n }, () => {
			const said = person();
			return { person: said, model: model(said) };
		});
		const rest = Array.from({ length: others }, () => model(person()));
		const found = calibrated(labelled, rest)!;
		const [low, high] = found.interval;
		if (low <= truth && truth <= high) covered++;
		width += high - low;
		alone += found.alone.interval[1] - found.alone.interval[0];
	}
	return { covered: covered / rounds, width: width / alone };
};

// 92 % as for the plan's own interval, less three standard errors of 600 rounds
const least = 0.92 - 3 * Math.sqrt((0.92 * 0.08) / 600);

test.for([
	{ n: 20, others: 100, sure: 0, lean: 0, wins: 0.5, ties: 0.25 },
	{ n: 20, others: 400, sure: 0.85, lean: 0, wins: 0.65, ties: 0.25 },
	{ n: 40, others: 40, sure: 0.6, lean: 0.9, wins: 0.5, ties: 0.25 },
	{ n: 40, others: 400, sure: 0.7, lean: 1, wins: 0.35, ties: 0.6 },
	{ n: 40, others: 200, sure: 0.9, lean: 0, wins: 0.9, ties: 0.05 },
	{ n: 100, others: 100, sure: 0.5, lean: 0.5, wins: 0.95, ties: 0 },
	{ n: 20, others: 20, sure: 1, lean: 0, wins: 0.7, ties: 0.3 }
])('its interval holds the truth: %o', (cell) => {
	const { covered, width } = cover(11, cell);
	expect(covered).toBeGreaterThan(least);
	// and it is not wider than what people say alone
	expect(width).toBeLessThan(1.02);
	if (cell.sure >= 0.85 && cell.others >= 5 * cell.n) expect(width).toBeLessThan(0.8);
});
