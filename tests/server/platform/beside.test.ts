import { expect, test } from 'vitest';
import { besideOthers } from '../../../src/lib/server/platform/beside.ts';

/** A clock of its own: a step takes `step`, and of the turns each takes as long as it says. */
const world = (turns: number[]) => {
	let at = 0;
	const taken: number[] = [];
	const rest = besideOthers({
		now: () => at,
		turn: async () => {
			const ms = turns.shift() ?? 0;
			taken.push(ms);
			at += ms;
		}
	});
	return { taken, step: async (ms: number) => ((at += ms), rest()) };
};

test('work goes on while nobody has waited long, and then gives one turn where nobody has anything to do', async () => {
	const { taken, step } = world([]);
	for (let at = 0; at < 4; at++) await step(1);
	expect(taken).toHaveLength(0);
	await step(1);
	expect(taken).toHaveLength(1);
	for (let at = 0; at < 4; at++) await step(1);
	expect(taken).toHaveLength(1);
	await step(1000);
	expect(taken).toHaveLength(2);
});

test('others come first while they are busy, but not for ever', async () => {
	const busy = world([3, 3, 3, 0]);
	await busy.step(5);
	expect(busy.taken).toEqual([3, 3, 3, 0]);
	const always = world(Array(1000).fill(9));
	await always.step(5);
	expect(always.taken).toHaveLength(20);
});
