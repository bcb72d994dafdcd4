import { expect, test } from 'vitest';
import { standstill } from '../../../src/lib/core/runs/standstill.ts';

const startedAt = new Date('2026-11-28T10:00:00Z');
const after = (minutes: number) => new Date(startedAt.getTime() + minutes * 60_000);
const at40 = { status: 'training', startedAt, stepsDone: 12, stepsTotal: 30, steps: [after(5), after(10)] } as const;

test('a training that makes no step for half an hour is said to stand, and where', () => {
	expect(standstill(at40, after(39))).toBeNull();
	expect(standstill(at40, after(40))).toMatch(/no step for more than 30 minutes\. It stands at 12 of 30 steps\./);
});

test('so is one that has never made a step', () => {
	const first = { ...at40, stepsDone: 0, steps: [] };
	expect(standstill(first, after(29))).toBeNull();
	expect(standstill(first, after(30))).toMatch(/no step/);
});

test('nothing is said of what does not train, or whose steps have no time', () => {
	expect(standstill({ ...at40, status: 'queued' }, after(99))).toBeNull();
	expect(standstill({ ...at40, startedAt: null }, after(99))).toBeNull();
	expect(standstill({ ...at40, steps: [new Date(0)] }, after(99))).toBeNull();
});
