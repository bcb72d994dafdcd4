import { expect, test } from 'vitest';
import { readiness } from '../../../src/lib/core/project/readiness.ts';

const at = (quality: number, validation = 40) => readiness({ quality, validation });

test('the states change at 10, 20 and 50 good examples', () => {
	expect([0, 9, 10, 19, 20, 49, 50, 100, 5000].map((quality) => at(quality).state)).toEqual([
		'blocked',
		'blocked',
		'experiment',
		'experiment',
		'minimum',
		'minimum',
		'recommended',
		'recommended',
		'recommended'
	]);
});

test('each state is told in a sentence', () => {
	expect([9, 10, 20, 50].map((quality) => at(quality).sentence)).toEqual([
		expect.stringMatching(/^Training needs at least 10 good/),
		expect.stringMatching(/^Enough for an experiment only/),
		expect.stringMatching(/^Enough to train\. 50 to 100/),
		expect.stringMatching(/^Enough for a good start/)
	]);
});

test('the title says what is missing', () => {
	expect(at(8).title).toBe('12 more good examples');
	expect(at(19).title).toBe('1 more good example');
	expect(at(20).title).toBe('Ready to train');
	expect([0, 5, 20, 80].map((quality) => at(quality).share)).toEqual([0, 0.25, 1, 1]);
	expect([0, 8, 20, 80].map((quality) => at(quality).missing)).toEqual([20, 12, 0, 0]);
});

test('validation needs 12 for a verdict and should have 35', () => {
	expect([0, 11, 12, 34, 35].map((validation) => at(50, validation).validation.state)).toEqual([
		'none',
		'none',
		'enough',
		'enough',
		'good'
	]);
	expect(at(50, 1).validation.sentence).toMatch(/^1 validation example: no verdict is possible below 12/);
	expect(at(50, 2).validation.sentence).toMatch(/^2 validation examples: no verdict/);
	expect(at(50, 20).validation.sentence).toMatch(/35 or more are advised/);
});
