import { expect, test } from 'vitest';
import { readiness, trainingSentence } from '../../../src/lib/core/project/readiness.ts';

const at = (quality: number, { train = 40, validation = 40 } = {}) => readiness({ quality, train, validation });

test('the states change at 10, 20, 100 and 175 good examples', () => {
	expect([0, 9, 10, 19, 20, 99, 100, 174, 175, 5000].map((quality) => at(quality).state)).toEqual([
		'blocked',
		'blocked',
		'experiment',
		'experiment',
		'minimum',
		'minimum',
		'good',
		'good',
		'comfortable',
		'comfortable'
	]);
});

test('each state is told in a sentence, with the number that comes next', () => {
	expect([9, 10, 20, 100, 175].map(trainingSentence)).toEqual([
		'Training needs at least 10 good examples.',
		'Enough for an experiment only: expect to see the style change, not the quality. Aim for 20 or more.',
		'Enough to train; 100 good examples are a good start.',
		'Enough for a good start; with 175 a comparison usually ends in a verdict.',
		'Comfortably enough. More good examples still help.'
	]);
});

test('the title says what is missing, and ready only when the split is done', () => {
	expect(at(8).title).toBe('12 more good examples');
	expect(at(19).title).toBe('1 more good example');
	expect(at(332, { train: 0, validation: 0 })).toMatchObject({ title: 'Ready to split', isReady: false });
	expect(at(332, { train: 9 })).toMatchObject({ title: 'Ready to split', isReady: false });
	expect(at(332, { validation: 0 })).toMatchObject({ title: 'Ready to split', isReady: false });
	expect(at(20, { train: 10, validation: 1 })).toMatchObject({ title: 'Ready to train', isReady: true });
	expect(at(19, { train: 10, validation: 1 }).isReady).toBe(false);
	expect([0, 5, 20, 80].map((quality) => at(quality).share)).toEqual([0, 0.25, 1, 1]);
	expect([0, 8, 20, 80].map((quality) => at(quality).missing)).toEqual([20, 12, 0, 0]);
});

test('validation needs 12 for a verdict and should have 35', () => {
	const verdicts = [0, 11, 12, 34, 35].map((validation) => at(50, { validation }).verdict);
	expect(verdicts).toEqual(['none', 'none', 'enough', 'enough', 'good']);
});

test('one sentence says what is missing for a training, and what for a verdict', () => {
	expect(at(120, { train: 1, validation: 0 }).sentence).toBe(
		'Enough for a good start; with 175 a comparison usually ends in a verdict. Split them first: 1 is in train, and 10 have to be. 0 validation examples: no verdict is possible below 12; 35 are advised.'
	);
	expect(at(30, { validation: 12 }).sentence).toBe(
		'Enough to train; 100 good examples are a good start. 12 validation examples can show a large difference only; 35 are advised.'
	);
	expect(at(5, { train: 0, validation: 1 }).sentence).toBe(
		'Training needs at least 10 good examples. 1 validation example: no verdict is possible below 12; 35 are advised.'
	);
	expect(at(200, { validation: 35 }).sentence).toMatch(/35 validation examples can carry a verdict\.$/);
	expect(at(10, { train: 2 }).sentence).toContain(' Split them first: 2 are in train, and 10 have to be. ');
});
