import { expect, test } from 'vitest';
import { openaiEnds, openaiTraining } from '../../../src/lib/core/runs/openai-end.ts';
import { retirementProblem } from '../../../src/lib/core/runs/retirement.ts';

test('until the last moment of 5 January 2027 OpenAI trains, with a warning that names both days', () => {
	for (const now of ['2026-11-29T12:00:00Z', '2027-01-05T23:59:59.999Z'])
		expect(openaiTraining(new Date(now))).toEqual({
			isOver: false,
			note: expect.stringMatching(/new jobs end on 6 January 2027, tuned models on 14 January 2027/)
		});
});

test('from 6 January 2027 on it takes no order, and says where to go', () => {
	for (const now of ['2027-01-06T00:00:00Z', '2027-01-14T00:00:00Z', '2030-01-01T00:00:00Z'])
		expect(openaiTraining(new Date(now))).toEqual({
			isOver: true,
			note: expect.stringMatching(/no new training orders since 6 January 2027.*Move to another connection/)
		});
});

test('thirty days before the models end nothing is ordered any more', () => {
	expect(retirementProblem(openaiEnds.models, '2026-12-15')).toBeNull();
	expect(retirementProblem(openaiEnds.models, '2026-12-16')).toMatch(/switches it off on 14 January 2027/);
	expect(retirementProblem(openaiEnds.models, '2027-01-15')).toMatch(/has switched it off/);
});
