import * as v from 'valibot';
import { expect, test } from 'vitest';
import { MoveExamples, SplitRequest } from '../../src/lib/contract/splits.ts';
import { fromForm } from '../support/data/form.ts';

test('a request has a ratio between 60 and 95 % and a whole seed', () => {
	const read = (fields: Record<string, string>) => v.parse(SplitRequest, fromForm(SplitRequest, fields));
	expect(v.parse(SplitRequest, {})).toEqual({ ratio: 0.8, seed: 1 });
	expect(read({ ratio: '0.9', seed: '7' })).toEqual({ ratio: 0.9, seed: 7 });
	for (const wrong of [{ ratio: 0.5 }, { ratio: 0.96 }, { ratio: 'half' }, { seed: 1.5 }, { seed: -1 }]) {
		expect(v.safeParse(SplitRequest, wrong).success).toBe(false);
	}
	expect(() => read({ ratio: 'half' })).toThrow('The share of train is a number');
});

test('examples are moved to a side that there is', () => {
	const ids = ['0198f3a2-7c41-7d3e-9b1a-2f6c8d0e4b5a'];
	const { input } = MoveExamples;
	expect(v.parse(input, fromForm(input, { ids: ids[0]!, side: 'train' }))).toEqual({ ids, side: 'train' });
	const { issues } = v.safeParse(input, { ids, side: 'test' });
	expect(issues?.[0].message).toBe('Choose train, validation or unassigned');
});
