import { expect, test } from 'vitest';
import { withMeasures, worseThan } from './last.ts';

const ratio = { id: 'P1', what: 'import', judged: 'floor over value', better: 'higher' } as const;
const overhead = { id: 'P4', what: 'policies', judged: 'value over floor', better: 'lower' } as const;
const plain = { id: 'P13', what: 'recovery', judged: 'value', better: 'lower' } as const;
const about = { commit: 'abc1234', at: '2026-11-29T12:00:00.000Z' };
const last = withMeasures(
	{},
	[
		{ ...ratio, figure: 0.2 },
		{ ...overhead, figure: 1 },
		{ ...plain, figure: 10 }
	],
	false,
	about
);

test('a ratio that is more than 15 % worse is said, with where it was better', () => {
	expect(worseThan(last, [{ ...ratio, figure: 0.16 }], false)).toEqual([
		'P1 import: 20 % worse, 0.16 after 0.20 at abc1234 (2026-11-29).'
	]);
	expect(worseThan(last, [{ ...overhead, figure: 1.2 }], false)).toEqual([
		'P4 policies: 20 % worse, 1.20 after 1.00 at abc1234 (2026-11-29).'
	]);
});

test('what is better, nearly as good, no ratio, smaller or new is not', () => {
	const figures = [
		{ ...ratio, figure: 0.4 },
		{ ...ratio, figure: 0.171 },
		{ ...overhead, figure: 1.15 },
		{ ...overhead, figure: 0.5 },
		{ ...plain, figure: 100 },
		{ ...ratio, what: 'another', figure: 0.01 }
	];
	expect(worseThan(last, figures, false)).toEqual([]);
	expect(worseThan(last, [{ ...ratio, figure: 0.01 }], true)).toEqual([]);
});

test('what is measured anew takes the place of the last, and the rest stays', () => {
	const next = withMeasures(last, [{ ...ratio, figure: 0.3 }], false, { ...about, commit: 'def5678' });
	expect(next['P1 import']).toMatchObject({ figure: 0.3, commit: 'def5678' });
	expect(next['P4 policies']).toEqual(last['P4 policies']);
	expect(Object.keys(withMeasures(next, [{ ...ratio, figure: 0.3 }], true, about))).toContain('P1 import (quick)');
});
