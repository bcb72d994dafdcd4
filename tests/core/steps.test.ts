import { expect, test } from 'vitest';
import { atOnce, isRest } from '../../src/lib/core/steps.ts';

test('what rests after its steps comes to the same end at once', () => {
	const done: number[] = [];
	function* work() {
		for (let step = 1; step <= 3; step++) {
			done.push(step);
			yield;
		}
		return 'the end';
	}
	expect(atOnce(work())).toBe('the end');
	expect(done).toEqual([1, 2, 3]);
});

test('a loop rests after each 4,096 turns, and not before', () => {
	const rests = Array.from({ length: 12_288 }, (_, at) => at).filter(isRest);
	expect(rests).toEqual([4095, 8191, 12_287]);
});
