import { expect, test } from 'vitest';
import { centsSoFar, isAlive, longestHours, stopReason } from '../../../src/lib/core/servings/serving.ts';

const at = (minutes: number) => new Date(Date.UTC(2026, 0, 1, 0, minutes));

test('the meter runs from ready to stopped, by the hour', () => {
	expect(centsSoFar({ readyAt: at(0), stoppedAt: null, centsPerHour: 399 }, at(60))).toBe(399);
	expect(centsSoFar({ readyAt: at(0), stoppedAt: at(30), centsPerHour: 399 }, at(600))).toBe(199.5);
});

test('what is not ready yet has cost nothing, and without a price nothing is claimed', () => {
	expect(centsSoFar({ readyAt: null, stoppedAt: null, centsPerHour: 399 }, at(60))).toBe(0);
	expect(centsSoFar({ readyAt: at(0), stoppedAt: null, centsPerHour: null }, at(60))).toBeNull();
});

test('a clock that runs back costs nothing', () => {
	expect(centsSoFar({ readyAt: at(10), stoppedAt: null, centsPerHour: 399 }, at(0))).toBe(0);
});

test('it stops when nobody has used it, and after the longest time whoever uses it', () => {
	expect(stopReason({ readyAt: at(0), idleAt: at(15) }, at(14))).toBeNull();
	expect(stopReason({ readyAt: at(0), idleAt: at(15) }, at(15))).toBe('idle');
	const late = longestHours * 60;
	expect(stopReason({ readyAt: at(0), idleAt: at(late + 5) }, at(late - 1))).toBeNull();
	expect(stopReason({ readyAt: at(0), idleAt: at(late + 5) }, at(late))).toBe('too long');
	expect(stopReason({ readyAt: null, idleAt: at(late + 5) }, at(late))).toBeNull();
});

test('stopped and failed are over, everything else may be billed', () => {
	expect(
		(['starting', 'ready', 'stopping', 'stopped', 'failed'] as const).map((status) => isAlive({ status }))
	).toEqual([true, true, true, false, false]);
});
