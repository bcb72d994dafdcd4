import { expect, test } from 'vitest';
import { deal, dealing, side } from '../../../src/lib/core/splits/deal.ts';
import { numberingGroups } from '../../../src/lib/core/splits/groups.ts';
import { placeOf, summing } from '../../../src/lib/core/splits/plan.ts';
import { type Steps, atOnce } from '../../../src/lib/core/steps.ts';

const count = 100_000;
const columns = {
	groups: Int32Array.from({ length: count }, (_, at) => at),
	places: Float64Array.from({ length: count }, (_, at) => placeOf(String(at), 1)),
	strata: new Uint8Array(count).fill(9),
	sides: new Uint8Array(count).fill(side.none),
	trained: new Uint8Array(count)
};
const stepsOf = (work: Steps<unknown>) => {
	let steps = 0;
	while (!work.next().done) steps++;
	return steps;
};

test('dealing rests after every few thousand, in each of its walks', () => {
	// eight walks, and what is sorted
	expect(stepsOf(dealing(columns, 0.2))).toBeGreaterThan(8 * 24);
	expect(atOnce(dealing(columns, 0.2))).toEqual(deal(columns, 0.2));
	expect(stepsOf(summing(columns, deal(columns, 0.2)))).toBe(2 * 24);
	expect(stepsOf(numberingGroups(new Uint32Array(count * 8)))).toBe(24);
});
