import { expect, test } from 'vitest';
import { type Course, teach } from '../../../src/sandbox/learning/lessons.ts';
import { shippingPairs } from '../shipping-examples.ts';

const all = shippingPairs(60);
const course: Course = { epochs: 3, batch: 4, steps: 30, learningRate: 1e-5, warmupRatio: 0, evals: 6, seed: 1 };
const go = async () => {};
const study = async (more: Partial<Course> = {}, count = 40) => {
	const lessons = await teach(all.slice(0, count), all.slice(48), { ...course, ...more }, go);
	const of = (series: string) => lessons.points.filter((point) => point.series === series);
	return { ...lessons, train: of('train'), validation: of('validation') };
};
const mean = (list: { loss: number }[]) => list.reduce((sum, { loss }) => sum + loss, 0) / list.length;

test('the losses fall from step to step and from epoch to epoch', async () => {
	const { train, validation } = await study();
	expect(train.map((point) => point.step)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
	const epochs = [0, 10, 20].map((from) => mean(train.slice(from, from + 10)));
	expect(epochs[1]!).toBeLessThan(epochs[0]! * 0.7);
	expect(epochs[2]!).toBeLessThan(epochs[1]!);
	expect(validation.map((point) => point.step)).toEqual([5, 10, 15, 20, 25, 30]);
	expect(validation.at(-1)!.loss).toBeLessThan(validation[0]!.loss);
	// what was trained on is known better than what was not
	expect(mean(train.slice(20))).toBeLessThan(validation.at(-1)!.loss);
});

test('the same seed gives the same numbers, another one others', async () => {
	expect(await study()).toEqual(await study());
	expect((await study({ seed: 2 })).train).not.toEqual((await study()).train);
});

test('more examples, more epochs and larger steps each learn more', async () => {
	const end = async (more: Partial<Course>, count?: number) => (await study(more, count)).validation.at(-1)!.loss;
	const usual = await end({});
	expect(await end({ steps: 6 }, 8)).toBeGreaterThan(usual);
	expect(await end({ epochs: 1, steps: 10 })).toBeGreaterThan(usual);
	expect(await end({ learningRate: 1e-4 })).toBeLessThan(usual);
	expect((await study({ learningRate: 1e-7, epochs: 1 })).strength).toBeLessThan(0.35);
	expect((await study()).strength).toBeGreaterThan(0.8);
});

test('the learning rate warms up, then falls', async () => {
	const rates = (await study({ warmupRatio: 0.2 })).train.map((point) => point.learningRate);
	const highest = rates.indexOf(Math.max(...rates));
	expect(highest).toBeGreaterThan(2);
	expect(highest).toBeLessThan(10);
	expect(rates.at(-1)!).toBeLessThan(rates[highest]! / 10);
});

test('a large file is learnt from in part, and others get their turn between the batches', async () => {
	let pauses = 0;
	const many = Array.from({ length: 200 }, () => all).flat();
	const { points } = await teach(many, [], { ...course, steps: 9_000, epochs: 3 }, async () => void (pauses += 1));
	expect(points.length).toBeLessThanOrEqual(120);
	expect(points.at(-1)!.step).toBe(9_000);
	expect(new Set(points.map((point) => point.step)).size).toBe(points.length);
	expect(pauses).toBe(points.length);
});

test('a file without anything to learn ends all the same', async () => {
	const { points } = await teach([], [], { ...course, steps: 1 }, go);
	expect(points.every((point) => Number.isFinite(point.loss))).toBe(true);
});
